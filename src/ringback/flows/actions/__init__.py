"""One file per Architect action; `ACTIONS` is the registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ringback.flows.actions.base import ActionType, Builder, Field, Step
from ringback.flows.actions.call_data import CALL_DATA
from ringback.flows.actions.call_task import CALL_TASK
from ringback.flows.actions.collect_input import COLLECT_INPUT
from ringback.flows.actions.data_table_lookup import DATA_TABLE_LOOKUP
from ringback.flows.actions.decision import DECISION
from ringback.flows.actions.disconnect import DISCONNECT, MENU_DISCONNECT
from ringback.flows.actions.end_task import END_TASK
from ringback.flows.actions.get_external_contact import GET_EXTERNAL_CONTACT
from ringback.flows.actions.get_participant_data import GET_PARTICIPANT_DATA
from ringback.flows.actions.jump_to_menu import JUMP_TO_MENU, MENU_SUB_MENU, MENU_TASK
from ringback.flows.actions.jump_to_task import JUMP_TO_TASK, MENU_JUMP_TO_TASK
from ringback.flows.actions.loop import LOOP, LOOP_EXIT, LOOP_NEXT
from ringback.flows.actions.menu import MENU
from ringback.flows.actions.plain_choice import PLAIN_CHOICE
from ringback.flows.actions.plain_lookup import PLAIN_CONTACT_LOOKUP, PLAIN_LOOKUP
from ringback.flows.actions.play_audio import PLAY_AUDIO
from ringback.flows.actions.search_external_contacts import SEARCH_EXTERNAL_CONTACTS
from ringback.flows.actions.set_language import SET_LANGUAGE
from ringback.flows.actions.set_participant_data import SET_PARTICIPANT_DATA
from ringback.flows.actions.switch import SWITCH
from ringback.flows.actions.transfer_to_acd import MENU_TRANSFER_TO_ACD, TRANSFER_TO_ACD
from ringback.flows.actions.transfer_to_number import MENU_TRANSFER_TO_NUMBER, TRANSFER_TO_NUMBER
from ringback.flows.actions.transfer_to_user import MENU_TRANSFER_TO_USER, TRANSFER_TO_USER
from ringback.flows.actions.update_data import UPDATE_DATA
from ringback.flows.actions.wait import WAIT

_ALL = (
    CALL_DATA,
    CALL_TASK,
    COLLECT_INPUT,
    DATA_TABLE_LOOKUP,
    DECISION,
    DISCONNECT,
    END_TASK,
    GET_EXTERNAL_CONTACT,
    GET_PARTICIPANT_DATA,
    JUMP_TO_MENU,
    JUMP_TO_TASK,
    LOOP,
    LOOP_EXIT,
    LOOP_NEXT,
    MENU,
    MENU_DISCONNECT,
    MENU_JUMP_TO_TASK,
    MENU_SUB_MENU,
    MENU_TASK,
    MENU_TRANSFER_TO_ACD,
    MENU_TRANSFER_TO_NUMBER,
    MENU_TRANSFER_TO_USER,
    PLAIN_CHOICE,
    PLAIN_CONTACT_LOOKUP,
    PLAIN_LOOKUP,
    PLAY_AUDIO,
    SEARCH_EXTERNAL_CONTACTS,
    SET_LANGUAGE,
    SET_PARTICIPANT_DATA,
    SWITCH,
    TRANSFER_TO_ACD,
    TRANSFER_TO_NUMBER,
    TRANSFER_TO_USER,
    UPDATE_DATA,
    WAIT,
)
ACTIONS: Mapping[str, ActionType] = MappingProxyType({action.key: action for action in _ALL})

__all__ = ["ACTIONS", "ActionType", "Builder", "Field", "Step"]

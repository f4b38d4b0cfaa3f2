"""One file per Architect action; `ACTIONS` is the registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ringback.flows.actions.ask_for_boolean import ASK_FOR_BOOLEAN
from ringback.flows.actions.ask_for_intent import ASK_FOR_INTENT
from ringback.flows.actions.ask_for_slot import ASK_FOR_SLOT
from ringback.flows.actions.base import ActionType, Builder, Field, Step
from ringback.flows.actions.bots import CLEAR_ACTIVE_INTENT, CLEAR_SLOT, COMMUNICATE, SET_INTENT
from ringback.flows.actions.call_data import CALL_DATA
from ringback.flows.actions.call_task import CALL_TASK
from ringback.flows.actions.called_flows import (
    CALL_BOT_FLOW,
    CALL_COMMON_MODULE,
    CALL_DIGITAL_BOT_FLOW,
    CALL_VOICE_FLOW,
)
from ringback.flows.actions.change_state import CHANGE_STATE
from ringback.flows.actions.collect_input import COLLECT_INPUT
from ringback.flows.actions.conversation_data import GET_CONVERSATION_DATA, SET_CONVERSATION_DATA
from ringback.flows.actions.data_table_lookup import DATA_TABLE_LOOKUP
from ringback.flows.actions.decision import DECISION
from ringback.flows.actions.declared import CALL_DATA_SECURE, DECLARED
from ringback.flows.actions.dial_by_extension import DIAL_BY_EXTENSION, MENU_DIAL_BY_EXTENSION
from ringback.flows.actions.digital_menu import DIGITAL_MENU
from ringback.flows.actions.disconnect import DISCONNECT, MENU_DISCONNECT
from ringback.flows.actions.encrypt_data import DECRYPT_DATA, ENCRYPT_DATA
from ringback.flows.actions.end_task import END_TASK
from ringback.flows.actions.ends import ENDS
from ringback.flows.actions.evaluate_schedule import EVALUATE_SCHEDULE
from ringback.flows.actions.evaluate_schedule_group import EVALUATE_SCHEDULE_GROUP
from ringback.flows.actions.external_lookups import (
    ASSOCIATE_EXTERNAL_CONTACT,
    GET_EXTERNAL_ORGANIZATION,
    PROMOTE_EXTERNAL_CONTACT,
)
from ringback.flows.actions.finds import FIND_USERS_BY_ID, FINDS
from ringback.flows.actions.get_external_contact import GET_EXTERNAL_CONTACT
from ringback.flows.actions.get_participant_data import GET_PARTICIPANT_DATA
from ringback.flows.actions.jump_to_menu import JUMP_TO_MENU, MENU_JUMP_TO_MENU, MENU_SUB_MENU, MENU_TASK
from ringback.flows.actions.jump_to_task import JUMP_TO_TASK, MENU_JUMP_TO_TASK
from ringback.flows.actions.loop import LOOP, LOOP_EXIT, LOOP_NEXT
from ringback.flows.actions.loop_anything_else import LOOP_ANYTHING_ELSE
from ringback.flows.actions.loop_until import LOOP_UNTIL
from ringback.flows.actions.menu import MENU
from ringback.flows.actions.menus_around import (
    MENU_PREVIOUS_MENU,
    MENU_REPEAT_MENU,
    PREVIOUS_MENU,
    REPEAT_MENU,
)
from ringback.flows.actions.plain_choice import PLAIN_CHOICE
from ringback.flows.actions.plain_lookup import PLAIN_CONTACT_LOOKUP, PLAIN_LOOKUP
from ringback.flows.actions.platform_actions import ANALYTICS, MESSAGES, ROUTING, VOICE, WORKITEMS
from ringback.flows.actions.play_audio import PLAY_AUDIO
from ringback.flows.actions.queue_audio import HOLD_MUSIC, PLAY_ESTIMATED_WAIT_TIME, PLAY_POSITION_IN_QUEUE
from ringback.flows.actions.search_external_contacts import SEARCH_EXTERNAL_CONTACTS
from ringback.flows.actions.set_language import SET_LANGUAGE
from ringback.flows.actions.set_participant_data import SET_PARTICIPANT_DATA
from ringback.flows.actions.set_screen_pop import SET_SCREEN_POP
from ringback.flows.actions.silence import DETECT_SILENCE, PLAY_AUDIO_ON_SILENCE
from ringback.flows.actions.switch import SWITCH
from ringback.flows.actions.transfer_to_acd import MENU_TRANSFER_TO_ACD, TRANSFER_TO_ACD
from ringback.flows.actions.transfer_to_flow import (
    MENU_TRANSFER_TO_FLOW,
    MENU_TRANSFER_TO_FLOW_SECURE,
    TRANSFER_TO_FLOW,
    TRANSFER_TO_FLOW_SECURE,
)
from ringback.flows.actions.transfer_to_group import MENU_TRANSFER_TO_GROUP, TRANSFER_TO_GROUP
from ringback.flows.actions.transfer_to_number import MENU_TRANSFER_TO_NUMBER, TRANSFER_TO_NUMBER
from ringback.flows.actions.transfer_to_user import MENU_TRANSFER_TO_USER, TRANSFER_TO_USER
from ringback.flows.actions.transfer_to_voicemail import MENU_TRANSFER_TO_VOICEMAIL, TRANSFER_TO_VOICEMAIL
from ringback.flows.actions.update_data import EXTRACT_SECURE_DATA, UPDATE_DATA
from ringback.flows.actions.wait import WAIT
from ringback.flows.actions.wait_for_input import WAIT_FOR_INPUT

_ALL = (
    ASK_FOR_BOOLEAN,
    ASK_FOR_INTENT,
    ASK_FOR_SLOT,
    ASSOCIATE_EXTERNAL_CONTACT,
    CALL_BOT_FLOW,
    CALL_COMMON_MODULE,
    CALL_DATA,
    CALL_DATA_SECURE,
    CALL_DIGITAL_BOT_FLOW,
    CALL_TASK,
    CALL_VOICE_FLOW,
    CHANGE_STATE,
    CLEAR_ACTIVE_INTENT,
    CLEAR_SLOT,
    COLLECT_INPUT,
    COMMUNICATE,
    DATA_TABLE_LOOKUP,
    DECISION,
    DECRYPT_DATA,
    DETECT_SILENCE,
    DIAL_BY_EXTENSION,
    DIGITAL_MENU,
    DISCONNECT,
    ENCRYPT_DATA,
    END_TASK,
    EVALUATE_SCHEDULE,
    EVALUATE_SCHEDULE_GROUP,
    EXTRACT_SECURE_DATA,
    FIND_USERS_BY_ID,
    GET_CONVERSATION_DATA,
    GET_EXTERNAL_CONTACT,
    GET_EXTERNAL_ORGANIZATION,
    GET_PARTICIPANT_DATA,
    HOLD_MUSIC,
    JUMP_TO_MENU,
    JUMP_TO_TASK,
    LOOP,
    LOOP_ANYTHING_ELSE,
    LOOP_EXIT,
    LOOP_NEXT,
    LOOP_UNTIL,
    MENU,
    MENU_DIAL_BY_EXTENSION,
    MENU_DISCONNECT,
    MENU_JUMP_TO_MENU,
    MENU_JUMP_TO_TASK,
    MENU_PREVIOUS_MENU,
    MENU_REPEAT_MENU,
    MENU_SUB_MENU,
    MENU_TASK,
    MENU_TRANSFER_TO_ACD,
    MENU_TRANSFER_TO_FLOW,
    MENU_TRANSFER_TO_FLOW_SECURE,
    MENU_TRANSFER_TO_GROUP,
    MENU_TRANSFER_TO_NUMBER,
    MENU_TRANSFER_TO_USER,
    MENU_TRANSFER_TO_VOICEMAIL,
    PLAIN_CHOICE,
    PLAIN_CONTACT_LOOKUP,
    PLAIN_LOOKUP,
    PLAY_AUDIO,
    PLAY_AUDIO_ON_SILENCE,
    PLAY_ESTIMATED_WAIT_TIME,
    PLAY_POSITION_IN_QUEUE,
    PREVIOUS_MENU,
    PROMOTE_EXTERNAL_CONTACT,
    REPEAT_MENU,
    SEARCH_EXTERNAL_CONTACTS,
    SET_CONVERSATION_DATA,
    SET_INTENT,
    SET_LANGUAGE,
    SET_PARTICIPANT_DATA,
    SET_SCREEN_POP,
    SWITCH,
    TRANSFER_TO_ACD,
    TRANSFER_TO_FLOW,
    TRANSFER_TO_FLOW_SECURE,
    TRANSFER_TO_GROUP,
    TRANSFER_TO_NUMBER,
    TRANSFER_TO_USER,
    TRANSFER_TO_VOICEMAIL,
    UPDATE_DATA,
    WAIT,
    WAIT_FOR_INPUT,
    *ANALYTICS,
    *DECLARED,
    *ENDS,
    *FINDS,
    *MESSAGES,
    *ROUTING,
    *VOICE,
    *WORKITEMS,
)
ACTIONS: Mapping[str, ActionType] = MappingProxyType({action.key: action for action in _ALL})

__all__ = ["ACTIONS", "ActionType", "Builder", "Field", "Step"]

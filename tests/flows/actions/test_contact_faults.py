"""A contact search that fails: no scripted world does that, a live one may."""

import pytest

from ringback.engine.interaction import Interaction
from ringback.engine.session import Session
from ringback.engine.world import World
from ringback.flows.effects import ContactsReply, FindContacts
from tests.engine.driving import cases_of, program_of
from tests.flows.actions.test_fixtures import _DATA


@pytest.mark.parametrize(
    ("stem", "end", "error"),
    [
        ("plainContactLookup", "Failed", False),
        ("searchExternalContacts", "Error handling", True),
        ("getExternalContact", "Error handling", True),
    ],
)
def test_a_failed_search_takes_failure_or_is_a_flow_error(stem: str, end: str, *, error: bool) -> None:
    case = next(iter(cases_of(_DATA / f"{stem}.yaml")))
    program = program_of(case.flow, case.file)
    values = tuple((slot.name, "x") for slot in program.slots.values() if slot.type == "str")
    session = Session(program, World(), Interaction("+12125550123", variables=values))
    effect = session.advance()
    assert isinstance(effect, FindContacts)
    effect = session.advance(ContactsReply(error="the service is down"))
    codes = [getattr(event, "code", "") for event in session.events or []]
    assert ("CONTACT_SEARCH_FAILED" in codes) is error
    assert error or (session.end is not None and session.end.action == end)

"""docs/contacts.md is complete, and its examples run."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ringback.contacts import load_rules, parse_contact
from ringback.contacts.lifecycle import CONTACT_STEPS, ROW_STEPS
from ringback.contacts.numbers import number_types
from ringback.contacts.payload import FIELDS, Fault
from tests.cli.helpers import ROOT
from tests.contacts.test_numbers import BAD as BAD_NUMBERS
from tests.contacts.test_payload import FAULTS
from tests.contacts.test_rows import BAD_ROWS

PAGE = (ROOT / "docs" / "contacts.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs(code: str) -> None:
    exec(compile(code, "contacts.md", "exec"), {})


def test_the_payload_of_the_page() -> None:
    body: dict[str, Any] = json.loads(blocks("json")[0])
    assert parse_contact(body).to_dict() == body
    assert set(body) == set(FIELDS)


def test_the_rules_of_the_page() -> None:
    (text,) = blocks("yaml")
    rules = load_rules(text, file="contacts.md")
    sections = (
        rules.do_not_contact,
        rules.blocked_regions,
        rules.consent,
        rules.channel_checks,
        rules.quiet_hours,
    )
    assert all(sections)


def test_every_code_of_a_fault() -> None:
    tested = {code for _, faults in FAULTS for _, code in faults} | {code for *_, code in BAD_NUMBERS}
    tested |= {code for _, faults in BAD_ROWS for _, code in faults}
    for code in tested | {"impossible", "duplicate_in_file"}:
        assert f"`{code}`" in PAGE, code
    assert Fault("a", "b", "c").to_dict() == {"field": "a", "code": "b", "reason": "c"}


def test_every_state_and_kind_of_line() -> None:
    for name in (*CONTACT_STEPS, *ROW_STEPS, *number_types()):
        assert f"`{name}`" in PAGE, name

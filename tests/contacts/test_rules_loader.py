"""The rules document: what it may say, and every mistake with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.contacts import load_rules
from ringback.contacts.rules import BlockedRegions, Consent
from ringback.core.errors import DefinitionError
from ringback.documents import DocumentErrors

MISTAKES = [
    ("- a", 1, "rules are a mapping of sections"),
    ("quiethours: []", 1, "unknown key 'quiethours' in the rules"),
    ("quietHours: {}", 1, "quietHours must be a list of rules"),
    ("quietHours: [x]", 1, "a rule must be a mapping"),
    ("quietHours:\n  - {name: n, from: 21:00, to: 08:00, zone: x}", 2, "unknown key 'zone' in the rule 'n'"),
    ("quietHours:\n  - {from: 21:00}", 2, "quiet hours need `to`"),
    ("quietHours:\n  - {from: 9pm, to: 08:00}", 2, "'9pm' is no time of day"),
    ("quietHours:\n  - {from: 24:00, to: 08:00}", 2, "'24:00' is no time of day"),
    ("quietHours:\n  - {from: 21:00, to: 08:00, days: [Monday]}", 2, "'Monday' is none of the days"),
    ("quietHours:\n  - {from: 21:00, to: 08:00, days: MO}", 2, "days must be a list"),
    (
        "quietHours:\n  - {from: 21:00, to: 08:00, zones: {x: Mars}}",
        2,
        "'x' is not the beginning of a number",
    ),
    ('quietHours:\n  - {from: 21:00, to: 08:00, zones: {"+1": Mars}}', 2, "'Mars' is no time zone"),
    ("quietHours:\n  - {from: 21:00, to: 08:00, channels: []}", 2, "the rule holds on no channel"),
    ("consent:\n  - {channels: [fax]}", 2, "'fax' is none of the channels"),
    ("doNotContact:\n  - {name: n}", 2, "the list 'n' has no values"),
    ("doNotContact:\n  - {numbers: [555]}", 2, "has no country"),
    ("doNotContact:\n  - {emails: [bob]}", 2, "'bob' is no e-mail address"),
    ("doNotContact:\n  - {scope: all, emails: []}", 2, "'all' is none of the values of scope"),
    ("blockedRegions:\n  - {name: n}", 2, "the rule 'n' blocks nothing"),
    (
        "blockedRegions:\n  - {regions: [North Korea]}",
        2,
        "'North Korea' is no country with telephone numbers",
    ),
    ("blockedRegions:\n  - {callingCodes: [999]}", 2, "'999' is no calling code"),
    ("blockedRegions:\n  - {channels: [email], regions: [KP]}", 2, "'email' is none of the channels"),
    ("channelChecks:\n  - {name: n, closed: false}", 2, "the rule 'n' refuses nothing"),
    ("channelChecks:\n  - {closed: maybe}", 2, "closed must be true or false"),
    ("channelChecks:\n  - {refuseTypes: [landline]}", 2, "'landline' is none of the kinds of line"),
    ("country: Germany", 1, "'Germany' is no country with telephone numbers"),
    ("consent:\n  - name: a\n  - name: a", 3, "two rules have the name 'a'"),
    ("consent: [", 1, ""),
]


@pytest.mark.parametrize(("text", "line", "message"), MISTAKES)
def test_mistakes(text: str, line: int, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_rules(text, file="rules.yaml")
    assert message in caught.value.message
    assert caught.value.span is not None
    assert (caught.value.span.file, caught.value.span.line) == ("rules.yaml", line)
    assert caught.value.hint


def test_every_mistake_at_once() -> None:
    with pytest.raises(DocumentErrors) as caught:
        load_rules(
            "country: XX\nconsent:\n  - {chanels: [sms]}\nquietHours:\n  - {from: 1, to: 2}", file="r.yaml"
        )
    assert [(error.span.line if error.span else 0, error.message) for error in caught.value.errors] == [
        (1, "'XX' is no country with telephone numbers"),
        (3, "unknown key 'chanels' in the rule 'consent 1'"),
        (5, "'1' is no time of day"),
        (5, "'2' is no time of day"),
    ]


def test_json_is_taken_too() -> None:
    text = '{"blockedRegions": [{"name": "s", "regions": ["kp"], "callingCodes": ["+53", 850]}]}'
    rule = load_rules(text, file="rules.json").blocked_regions[0]
    assert rule == BlockedRegions("s", frozenset({"KP"}), frozenset({53, 850}), ("voice", "sms"))


def test_what_a_rule_says_when_it_says_little() -> None:
    rules = load_rules("consent: [{}]", file="r.yaml")
    accepted = frozenset({"yes", "true", "1", "granted", "given", "opted-in"})
    channels = ("voice", "sms", "email", "chat")
    assert rules.consent == (
        Consent("consent 1", channels, "consent", accepted, frozenset({"pending", "asked"})),
    )


@given(st.text(max_size=200))
def test_any_text_is_rules_or_an_error_with_a_place(text: str) -> None:
    try:
        rules = load_rules(text, file="r.yaml")
    except DefinitionError:
        return  # every other exception fails
    assert rules.source == "r.yaml"

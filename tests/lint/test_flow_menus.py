"""Checks of menus, languages and texts in tables."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ringback.lint import lint


def choice(name: str, **more: Any) -> dict[str, Any]:
    return {"menuDisconnect": {"name": name, **more}}


def menus(*lists: list[dict[str, Any]], **more: Any) -> str:
    """A flow whose menus have these choices; the first choice of each leads to the next menu."""
    found = [
        {
            "menu": {
                "name": f"M{number}",
                "refId": f"M{number}",
                "audio": {"tts": "Press a key."},
                "choices": [
                    {
                        "menuJumpToMenu": {
                            "name": "Next",
                            "dtmf": "digit_star",
                            "targetMenuRef": f"./menus/menu[M{(number + 1) % len(lists)}]",
                        }
                    },
                    *choices,
                ],
            }
        }
        for number, choices in enumerate(lists)
    ]
    body = {"name": "F", "startUpRef": "./menus/menu[M0]", "menus": found, **more}
    return str(yaml.safe_dump({"inboundCall": body}, sort_keys=False))


def codes(text: str) -> list[str]:
    return [report.rule.code for report in lint(text, file="a.yaml").reports]


WORDS = {"en-us": ["sales"]}
CHOICES: list[tuple[str, list[list[dict[str, Any]]], list[str]]] = [
    ("different keys", [[choice("A", dtmf="digit_1"), choice("B", dtmf="digit_2")]], []),
    ("the same key", [[choice("A", dtmf="digit_1"), choice("B", dtmf="digit_1")]], ["RB380"]),
    ("the same key, written otherwise", [[choice("A", dtmf="digit_1"), choice("B", dtmf=1)]], ["RB380"]),
    ("the same word", [[choice("A", speechRecTerms=WORDS), choice("B", speechRecTerms=WORDS)]], ["RB380"]),
    ("one word twice in one choice", [[choice("A", speechRecTerms={"en-us": ["a", "a"]})]], []),
    ("the same key in two menus", [[choice("A", dtmf="digit_1")], [choice("B", dtmf="digit_1")]], []),
    (
        "a key for all menus",
        [[choice("A", dtmf="digit_1", globalDtmf=True)], [choice("B", dtmf="digit_1")]],
        ["RB380"],
    ),
    ("neither key nor word", [[choice("A")]], ["RB381"]),
    ("only a word", [[choice("A", speechRecTerms=WORDS)]], []),
]


@pytest.mark.parametrize(("lists", "found"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_choices(lists: list[list[dict[str, Any]]], found: list[str]) -> None:
    assert [code for code in codes(menus(*lists)) if code in ("RB380", "RB381")] == found


@pytest.mark.parametrize(
    ("languages", "terms", "is_found"),
    [
        (["en-us"], {"en-us": ["a"]}, False),
        (["en-us", "de-de"], {"en-us": ["a"]}, True),
        (["en-us", "de-de"], {"en-us": ["a"], "DE-de": ["b"]}, False),
        (["en-us", "de-de"], {}, False),
    ],
)
def test_words_in_every_language(languages: list[str], terms: dict[str, Any], is_found: bool) -> None:
    supported = {tag: {"none": True} for tag in languages}
    text = menus([choice("A", dtmf="digit_1", speechRecTerms=terms)], supportedLanguages=supported)
    assert ("RB382" in codes(text)) is is_found


TEXTS: list[tuple[dict[str, str], list[str]]] = [
    ({"lit": "8d1b7a52-0c1f-4a86-9f0e-6f3f1d2c9b7a"}, ["RB370"]),
    ({"exp": '"8d1b7a52-0c1f-4a86-9f0e-6f3f1d2c9b7a"'}, ["RB370"]),
    ({"lit": "00000000-0000-0000-0000-000000000000"}, []),
    ({"lit": "+49 30 901820"}, ["RB371"]),
    ({"lit": "order 4711-2003-0815"}, []),
    ({"lit": "https://crm.acme.io/x"}, ["RB372"]),
    ({"lit": "https://crm.example.com/x"}, ["RB372"]),
    ({"lit": "http://127.0.0.1:8080/x"}, []),
    ({"lit": "Basic dXNlcjpwYXNzd29yZDEyMw=="}, ["RB373"]),
    ({"lit": "password: correct-horse"}, ["RB373"]),
    ({"exp": 'Append("token=", Flow.Text)'}, []),
    ({"lit": "your password is not needed"}, []),
]


@pytest.mark.parametrize(("value", "found"), TEXTS)
def test_texts(value: dict[str, str], found: list[str]) -> None:
    set_it = {
        "updateData": {"name": "S", "statements": [{"string": {"variable": "Flow.Text", "value": value}}]}
    }
    body = {
        "name": "F",
        "startUpRef": "./tasks/task[Main]",
        "variables": [{"stringVariable": {"name": "Flow.Text", "initialValue": {"lit": "a"}}}],
        "tasks": [
            {"task": {"name": "Main", "refId": "Main", "actions": [set_it, {"disconnect": {"name": "D"}}]}}
        ],
    }
    assert [code for code in codes(yaml.safe_dump({"inboundCall": body})) if code.startswith("RB37")] == found


def test_a_name_without_a_value_is_no_error_of_the_expression() -> None:
    text = menus([choice("A", dtmf="digit_1")]) + "  initialGreeting:\n    exp: Call.{{part}}.x\n"
    assert "RB310" not in codes(text)
    assert "RB310" in codes(text.replace("{{part}}", "Ani"))

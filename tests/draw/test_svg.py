"""The SVG is well-formed whatever the names are, readable on its own, and stays as it was approved."""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings

from ringback.draw import draw
from ringback.draw.text import clean, cut, width_of, wrap
from ringback.flows.model import Flow
from tests.draw.flows import EVIL, archy, call, decide, jump, say, wild_flows

DATA = Path(__file__).parent / "testdata"
SVG = "{http://www.w3.org/2000/svg}"
# To accept a new drawing: RINGBACK_UPDATE=1 pytest tests/draw
UPDATE = bool(os.environ.get("RINGBACK_UPDATE"))

SMALL = {
    "straight": lambda: archy({"main": [say("Hello"), say("Goodbye"), {"disconnect": {"name": "End"}}]}),
    "branches": lambda: archy(
        {
            "main": [decide("Open?", [say("Welcome")], [say("Closed"), jump("bye")]), call("bye")],
            "bye": [say("Bye")],
        }
    ),
    "names": lambda: archy({"main": [say('<b> & "quotes"'), say("x" * 500)]}, name="A < B & C"),
}


@pytest.mark.parametrize("form", ["svg", "mmd"])
@pytest.mark.parametrize("name", SMALL)
def test_golden(name: str, form: str) -> None:
    found = draw(SMALL[name](), form)  # type: ignore[arg-type]  # the forms are listed above
    path = DATA / f"{name}.{form}"
    if UPDATE:
        path.write_text(found, encoding="utf-8", newline="\n")
    assert found == path.read_text(encoding="utf-8")


@given(flow=wild_flows())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_well_formed_whatever_the_names(flow: Flow) -> None:
    ElementTree.fromstring(draw(flow))


def test_names_are_escaped_and_cut_and_whole_in_the_title() -> None:
    root = ElementTree.fromstring(draw(archy({"t": [say(EVIL, "Words & more")]}, name=EVIL)))
    assert not any(element.tag.endswith(("script", "b")) for element in root.iter())
    box = next(g for g in root.iter(f"{SVG}g") if g.get("data-id") == "t#1")
    title = box.findtext(f"{SVG}title") or ""
    assert "<b>&amp; \"quoted\" 'single' ]]> </script>" in title
    assert "x" * 500 in title
    assert "flow.yaml:" in title
    shown = [text.text or "" for text in box.iter(f"{SVG}text")]
    assert all(len(line) < 40 for line in shown)
    assert shown[1].endswith("…")


def test_it_stands_alone() -> None:
    svg = draw(archy({"t": [say("A")]}))
    assert not re.search(
        r"(href|src|@import|url\((?!#))", svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    )
    assert "prefers-color-scheme:dark" in svg
    assert "system-ui" in svg


def test_colours_are_the_same_in_both_schemes_by_name() -> None:
    svg = draw(archy({"t": [say("A")]}))
    light, dark = re.findall(r":root\{([^}]*)\}", svg)
    assert re.findall(r"--[\w-]+", light) == re.findall(r"--[\w-]+", dark)
    used = set(re.findall(r"var\((--[\w-]+)\)", svg))
    assert used <= {*re.findall(r"--[\w-]+", light), "--edge", "--fill", "--line"}


@pytest.mark.parametrize(
    ("text", "room", "lines", "wanted"),
    [
        ("short", 100, 2, ["short"]),
        ("one two three", 50, 2, ["one two", "three"]),
        ("one two three four five six", 50, 2, ["one two", "three…"]),
        ("unbreakable" * 3, 60, 2, ["unbreaka", "bleunbr…"]),
        ("", 50, 2, []),
        ("a\n b\x00c", 100, 1, ["a b c"]),
    ],
)
def test_wrapping(text: str, room: float, lines: int, wanted: list[str]) -> None:
    found = wrap(text, room, size=12, lines=lines)
    assert found == wanted
    assert all(width_of(line, 12) <= room + 0.01 for line in found)


def test_cutting_and_cleaning() -> None:
    assert cut("日本語のとても長い名前", 60, size=12) == "日本語…"
    assert clean("a\tb\r\nc\u202ed") == "a b c d"

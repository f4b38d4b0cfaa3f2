"""The HTML page is one file, well-formed, and shows texts as texts."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings

from ringback.core.span import Span
from ringback.draw import draw
from ringback.draw.excerpts import excerpts
from ringback.flows.loaders import load_flow
from ringback.flows.model import Flow
from tests.cli.helpers import EXAMPLE
from tests.draw.flows import EVIL, archy, drawn, event, say, wild_flows


def parsed(page: str) -> ElementTree.Element:
    return ElementTree.fromstring(page)


def data(page: str) -> dict[str, Any]:
    found = parsed(page).find(".//script[@id='data']")
    assert found is not None
    facts: dict[str, Any] = json.loads(found.text or "")
    return facts


@given(flow=wild_flows())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_well_formed_whatever_the_names(flow: Flow) -> None:
    page = draw(flow, "html", source=EVIL)
    assert len(data(page)["boxes"]) == len(drawn(flow).boxes)


def test_hostile_names_stay_texts() -> None:
    page = draw(archy({"t": [say("</script><script>alert(1)</script>", "<!-- <script>")]}), "html")
    assert [script.get("id") for script in parsed(page).iter("script")] == ["data", None]
    assert page.lower().count("<script") == page.lower().count("</script") == 2
    assert data(page)["boxes"]["n2"]["name"] == "</script><script>alert(1)</script>"


def test_it_needs_nothing_from_elsewhere() -> None:
    page = draw(archy({"t": [say("A")]}), "html")
    assert "default-src 'none'" in page
    assert not re.search(
        r"<(link|img|iframe)|\bsrc=|@import|url\((?!#)|fetch\(|XMLHttpRequest|innerHTML", page
    )
    assert set(re.findall(r"https?://[^\s\"']+", page)) == {"http://www.w3.org/2000/svg"}


def test_it_is_usable_by_keyboard_and_named_for_readers() -> None:
    page = draw(archy({"t": [say("A")]}), "html")
    for wanted in (
        'aria-label="search actions"',
        'aria-live="polite"',
        "tabindex",
        "ArrowDown",
        "Escape",
        ":focus-visible",
    ):
        assert wanted in page
    for button in parsed(page).iter("button"):
        assert button.get("title")


def test_source_fields_and_words_to_search() -> None:
    path = EXAMPLE / "flow.yaml"
    source = path.read_text(encoding="utf-8")
    page = draw(load_flow(source, file="flow.yaml"), "html", source=source)
    box = next(box for box in data(page)["boxes"].values() if box["name"] == "Lookup Customer")
    assert box["source"].splitlines()[:2] == ["- callData:", "    name: Lookup Customer"]
    assert "…" in box["source"]
    assert "Known customer?" not in box["source"]
    assert ["timeout.lit.seconds", "1"] in box["fields"]
    assert box["place"].startswith("flow.yaml:")
    assert "call data action" in box["text"]


def test_steps_of_a_run() -> None:
    flow = archy({"t": [say("A"), say("B")]})
    graph = drawn(flow)
    events = [event(graph, "action_ran", "A"), event(graph, "action_ran", "B", at_ms=1500)]
    facts = data(draw(flow, "html", events=events))
    assert facts["steps"] == [{"box": "n2", "at": 0, "output": ""}, {"box": "n3", "at": 1500, "output": ""}]
    assert facts["boxes"]["n3"]["steps"] == [2]
    assert 'id="after"' in draw(flow, "html", events=events)
    assert 'id="after"' not in draw(flow, "html")


YAML = """\
tasks:
  - decision:
      name: A
      outputs:
        yes:
          actions:
            - playAudio:
                name: B
                audio: x
            - playAudio:
                name: C
      condition: d
  - disconnect:
      name: D
"""


def test_excerpts() -> None:
    spans = {name: Span("f", line, 5) for name, line in (("A", 2), ("B", 7), ("C", 10), ("D", 13), ("Z", 99))}
    found = excerpts(YAML, spans)
    assert found["A"] == (
        2,
        (
            "- decision:\n    name: A\n    outputs:\n      yes:\n        actions:\n          …\n          …\n"
            "    condition: d"
        ),
    )
    assert found["B"] == (7, "- playAudio:\n    name: B\n    audio: x")
    assert found["D"] == (13, "- disconnect:\n    name: D")
    assert "Z" not in found


def test_long_excerpts_are_cut() -> None:
    text = "a:\n" + "\n".join(f"  k{n}: {'x' * 400}" for n in range(100))
    shown = excerpts(text, {"a": Span("f", 1, 1)})["a"][1].splitlines()
    assert len(shown) == 61
    assert len(shown[1]) == 200
    assert shown[-1] == "…"

"""The Mermaid text is of a form that Mermaid reads; goldens stand in test_svg."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings

from ringback.draw import draw
from ringback.flows.model import Flow
from tests.draw.flows import EVIL, archy, call, decide, drawn, event, jump, say, wild_flows

_TEXT = r'"[^"]*"'
_LINES = (
    r"flowchart TD",
    rf"  subgraph lane\d+\[{_TEXT}\]",
    r"  end",
    (
        rf"    n\d+(\({_TEXT}\)|\[/{_TEXT}[/\\]\]|{{{{{_TEXT}}}}}|\[\[{_TEXT}\]\]|\[{_TEXT}\]"
        rf"|\(\[{_TEXT}\]\)|>{_TEXT}\]):::\w+"
    ),
    r'    lane\d+empty\["nothing"\]',
    rf"  n\d+ (-->|-\.->)(\|{_TEXT}\|)? (n|lane)\d+",
    r"  classDef \w+ [\w:,#.-]+",
    r"  linkStyle [\d,]+ stroke:#[0-9a-f]{6}(,stroke-width:4px)?",
)
LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _LINES))


@given(flow=wild_flows())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_line_is_of_a_known_form(flow: Flow) -> None:
    lines = draw(flow, "mmd").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert sum(line.startswith("  subgraph") for line in lines) == lines.count("  end")


def test_no_class_is_a_keyword() -> None:
    text = draw(archy({"t": [{"disconnect": {"name": "Bye"}}]}), "mmd")
    assert ":::is_end" in text
    assert not re.search(r":::end\b|classDef end\b", text)


def test_texts_hold_nothing_that_mermaid_reads() -> None:
    text = draw(archy({"t": [say(EVIL)]}, name=EVIL), "mmd")
    for quoted in re.findall(r'"([^"]*)"', text):
        assert not re.search(r"[<>&`\\{}|]", quoted.replace("<br/>", ""))
        assert len(re.sub(r"#\d+;", "x", quoted)) < 150


def test_links() -> None:
    flow = archy({"one": [decide("Which?", [jump("two")], [call("two")])], "two": [say("Here")]})
    lines = draw(flow, "mmd").splitlines()
    assert '  n2 -->|"yes"| n3' in lines
    assert "  n3 -.-> lane2" in lines
    assert "  n4 -.-> lane2" in lines


def test_a_run_is_numbered_and_the_rest_is_dim() -> None:
    flow = archy({"t": [decide("Which?", [say("Yes")], [say("No")])]})
    graph = drawn(flow)
    events = [event(graph, "action_ran", "Which?", output="yes"), event(graph, "action_ran", "Yes")]
    text = draw(flow, "mmd", events=events)
    assert '"1. Which?' in text
    assert re.search(r'"2\. Yes.*:::is_says$', text, re.MULTILINE)
    assert re.search(r'"No.*:::is_says_dim$', text, re.MULTILINE)
    assert "stroke-width:4px" in text

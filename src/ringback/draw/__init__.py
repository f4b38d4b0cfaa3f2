"""Diagrams of flows: SVG, one self-contained HTML page, Mermaid text.

    Flow ──diagram──▶ Diagram ──layout──▶ Picture ──▶ SVG, HTML
                         └──────────────────────────▶ Mermaid

Everything is computed here, without a layout engine, and the same flow always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ringback.draw.graph import diagram
from ringback.draw.lit import TraceEvent, light, read_trace
from ringback.draw.mermaid import to_mermaid
from ringback.draw.page import to_html
from ringback.draw.sheet import layout
from ringback.draw.svg import to_svg
from ringback.flows.model import Flow

Form = Literal["svg", "html", "mmd"]

__all__ = ["Form", "TraceEvent", "draw", "read_trace"]


def draw(
    flow: Flow,
    form: Form = "svg",
    *,
    source: str = "",
    events: Iterable[TraceEvent] | None = None,
    trace: str = "the trace",
) -> str:
    """The drawing of a flow as the text of a file.

    Args:
        flow: what to draw.
        form: "svg", "html" or "mmd" (Mermaid).
        source: the text of the flow's document, for excerpts in the HTML page.
        events: of a run whose path is lit; None lights nothing.
        trace: where they come from, for messages.

    Raises:
        UsageError: the events are of another flow.
    """
    graph = diagram(flow)
    lit = light(graph, events, file=trace) if events is not None else None
    if form == "mmd":
        return to_mermaid(graph, lit)
    picture = layout(graph)
    svg = to_svg(graph, picture, lit=lit)
    return svg if form == "svg" else to_html(graph, svg, source=source, lit=lit)

"""One HTML page around the SVG: zoom, search, and for each action its source and fields.

The page needs nothing from elsewhere, and its content security policy lets it load nothing. Texts of the flow
reach the page as JSON and are set as text, never as markup. It is well-formed XML as well.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from ringback.draw.excerpts import excerpts
from ringback.draw.graph import Diagram
from ringback.draw.lit import Lit
from ringback.draw.svg import text

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_HELP = "drag to move, wheel to zoom, / to search, arrows to follow the flow, 0 to see all"
# JSON inside a script element, in ASCII: no tag may end it, and no XML reader may stumble over it.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


_RUN = """<span class="group"><button id="before" title="step before (p)">◀</button>
<button id="after" title="next step (n)">▶</button><output id="step"></output></span>
"""
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="@POLICY@"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>@NAME@</title>
<style>
@CSS@</style>
</head>
<body>
<header>
<h1>@NAME@</h1>
<label><input id="search" type="search" placeholder="Search" aria-label="search actions"/></label>
<output id="count" aria-live="polite"></output>
<span class="spring"></span>
@RUN@<span class="group"><button id="out" title="smaller (-)">&#8722;</button>
<button id="fit" title="see all (0)">fit</button><button id="in" title="larger (+)">+</button></span>
</header>
<main aria-label="diagram">
@SVG@<p class="help">@HELP@</p>
</main>
<aside hidden="hidden" aria-label="action"></aside>
<script type="application/json" id="data">@DATA@</script>
<script>/*<![CDATA[*/
@JS@/*]]>*/</script>
</body>
</html>
"""
_HOLE = re.compile("@(?P<name>[A-Z]+)@")


def to_html(diagram: Diagram, svg: str, *, source: str = "", lit: Lit | None = None) -> str:
    """The page.

    Args:
        diagram: what is drawn.
        svg: its drawing.
        source: text of the flow's document; "" gives no excerpts.
        lit: the run whose steps can be walked.
    """
    parts = {
        "NAME": text(diagram.name),
        "POLICY": _POLICY,
        "CSS": _asset("page.css"),
        "RUN": _RUN if lit is not None else "",
        "HELP": _HELP + (", n and p for the steps of the run" if lit is not None else ""),
        "SVG": svg,
        "DATA": _data(diagram, source, lit=lit),
        "JS": _asset("page.js"),
    }
    # In one pass, so that nothing is replaced inside what was put in.
    return _HOLE.sub(lambda hole: parts[hole["name"]], _PAGE)


def _asset(name: str) -> str:
    return files("ringback.draw").joinpath(name).read_text(encoding="utf-8")


def _data(diagram: Diagram, source: str, *, lit: Lit | None) -> str:
    ids = {box: f"n{index}" for index, box in enumerate(diagram.boxes)}
    spans = {box.id: box.span for box in diagram.boxes.values() if box.span is not None}
    shown = excerpts(source, spans)
    numbers = lit.numbers() if lit is not None else {}
    lanes = {lane.id: lane.name for lane in diagram.lanes}
    boxes: dict[str, Any] = {}
    for name, box in diagram.boxes.items():
        facts = {
            "name": box.name,
            "title": box.title,
            "detail": box.detail,
            "lane": lanes[box.lane],
            "place": box.place,
            "source": shown.get(name, (0, ""))[1],
            "fields": box.fields,
            "text": _searched(box.name, box.title, box.type, box.detail, *(value for _, value in box.fields)),
        }
        boxes[ids[name]] = facts | ({"steps": numbers[name]} if numbers.get(name) else {})
    steps = [
        {"box": ids[step.box], "at": step.at_ms, "output": step.output} for step in (lit.steps if lit else ())
    ]
    return json.dumps({"boxes": boxes, "steps": steps}, separators=(",", ":")).translate(_IN_SCRIPT)


def _searched(*texts: str) -> str:
    return " ".join(texts).lower()

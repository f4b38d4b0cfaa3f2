"""A picture as one SVG file that needs nothing else: styled for light and dark, full texts in titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from ringback.draw.families import ABOUT
from ringback.draw.graph import Box, Diagram, Lane, Link
from ringback.draw.lane import BOX_HEIGHT, HEAD, Point
from ringback.draw.layers import BOX_WIDTH
from ringback.draw.lit import Lit, badge
from ringback.draw.shapes import marks_of, rounded, shape_of
from ringback.draw.sheet import Frame, Picture
from ringback.draw.style import LINK_ABOUT, LINK_COLOURS, stylesheet
from ringback.draw.text import clean, cut, width_of, wrap

# Font sizes: that of names counts as a tenth more than it is, because they are bold.
_NAME, _SMALL = 13.8, 10.5
_INSET = 17.0
_LEGEND = 62.0
# Painted in this order, so that what matters lies on top where lines share a stretch.
_PAINT = ("timeout", "failure", "error", "call", "jump", "entry", "flow")
_KINDS = {"menuTask": "inline task", "loopTask": "loop task"}


def to_svg(diagram: Diagram, picture: Picture, *, lit: Lit | None = None) -> str:
    """The drawing as one SVG document; with `lit`, what a run took stands out."""
    return "\n".join(_Writer(diagram, picture, lit=lit).lines()) + "\n"


class _Writer:
    def __init__(self, diagram: Diagram, picture: Picture, *, lit: Lit | None) -> None:
        self.diagram = diagram
        self.picture = picture
        self.lit = lit
        self.numbers = lit.numbers() if lit is not None else {}
        self.ids = {box: f"n{index}" for index, box in enumerate(diagram.boxes)}

    def lines(self) -> Iterator[str]:
        width = max(self.picture.width, 1040.0)
        height = self.picture.height + _LEGEND
        traced = " traced" if self.lit is not None else ""
        name = text(self.diagram.name)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="ringback{traced}" width="{number(width)}" '
            f'height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}" role="img" '
            f'aria-label="{attribute(self.diagram.name)}">'
        )
        yield f"<title>{name}</title>"
        yield f"<style>{escape(stylesheet())}</style>"
        yield f"<defs>{''.join(_tips())}</defs>"
        yield f'<rect class="paper" width="{number(width)}" height="{number(height)}"/>'
        yield '<g class="sheet">'
        yield from self._heading(width)
        for lane in self.diagram.lanes:
            yield from self._lane(lane, self.picture.lanes[lane.id])
        yield from self._links()
        yield from self._labels()
        for box in self.diagram.boxes.values():
            yield from self._box(box, self.picture.boxes[box.id])
        yield from _legend(self.picture.height)
        yield "</g>\n</svg>"

    def _heading(self, width: float) -> Iterator[str]:
        shown = cut(clean(self.diagram.name), width - 60, size=20)
        steps = f" · {len(self.lit.steps)} steps of a run" if self.lit is not None else ""
        count = sum(1 for box in self.diagram.boxes.values() if not box.id.startswith("#"))
        about = clean(f"{self.diagram.type} · {self.diagram.source} · {count} actions{steps}")
        yield f'<text class="heading" x="24" y="34">{text(shown)}</text>'
        yield f'<text class="soft" x="24" y="52">{text(cut(about, width - 60, size=_SMALL))}</text>'

    def _lane(self, lane: Lane, frame: Frame) -> Iterator[str]:
        classes = ["lane", "begins" if lane.is_start else "", "inline" if lane.parent else ""]
        lit = any(box in self.numbers for box in lane.boxes)
        classes.append("lit" if lit else "")
        x, y, w, h = (number(value) for value in (frame.x, frame.y, frame.width, frame.height))
        kind = _KINDS.get(lane.kind, lane.kind) + (" · the flow begins here" if lane.is_start else "")
        yield f'<g class="{" ".join(part for part in classes if part)}" data-lane="{attribute(lane.id)}">'
        yield f"<title>{text(f'{lane.name} ({lane.kind}) {lane.place}')}</title>"
        yield f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="10"/>'
        yield f'<path d="{_head(frame)}"/>'
        name = cut(clean(lane.name), frame.width - 60, size=14)
        yield f'<text class="name" x="{number(frame.x + 42)}" y="{number(frame.y + 19)}">{text(name)}</text>'
        yield f'<text class="soft" x="{number(frame.x + 42)}" y="{number(frame.y + 34)}">{text(kind)}</text>'
        yield "</g>"

    # ---- links

    def _links(self) -> Iterator[str]:
        taken = self.lit.links if self.lit is not None else frozenset[int]()
        ordered = sorted(
            self.diagram.links,
            key=lambda link: (link.number in taken, _PAINT.index(link.kind), -link.rank, link.number),
        )
        for link in ordered:
            points = self.picture.paths.get(link.number)
            if points is not None:
                yield self._link(link, points, lit=link.number in taken)

    def _link(self, link: Link, points: Sequence[Point], *, lit: bool) -> str:
        source = self.ids.get(link.source, "")
        target = self.ids.get(link.target, "")
        title = self._link_title(link)
        return (
            f'<g class="link {link.kind}{" lit" if lit else ""}" data-link="{link.number}" '
            f'data-from="{source}" data-to="{target}" data-lane="{attribute(link.lane)}">'
            f"<title>{text(title)}</title>"
            f'<path d="{rounded(points)}" marker-end="url(#tip-{link.kind})"/></g>'
        )

    def _link_title(self, link: Link) -> str:
        lanes = {lane.id: lane.name for lane in self.diagram.lanes}
        source = self.diagram.boxes[link.source].name if link.source else lanes[link.lane]
        target = self.diagram.boxes[link.target].name if link.target else lanes[link.lane]
        return f"{source} → {target}" + (f"\n{link.full}" if link.full else "")

    def _labels(self) -> Iterator[str]:
        taken = self.lit.links if self.lit is not None else frozenset[int]()
        for label in self.picture.labels:
            link = self.diagram.links[label.link]
            lit = " lit" if link.number in taken else ""
            x, y = number(label.x - label.width / 2), number(label.y - 8)
            yield (
                f'<g class="label {link.kind}{lit}" data-link="{link.number}">'
                f"<title>{text(link.full)}</title>"
                f'<rect x="{x}" y="{y}" width="{number(label.width)}" height="16" rx="8"/>'
                f'<text x="{number(label.x)}" y="{number(label.y + 3.6)}">{text(label.text)}</text></g>'
            )

    # ---- boxes

    def _box(self, box: Box, corner: Point) -> Iterator[str]:
        lit = " lit" if box.id in self.numbers else ""
        x, y = (number(value) for value in corner)
        yield (
            f'<g class="box {box.family}{lit}" id="{self.ids[box.id]}" data-id="{attribute(box.id)}" '
            f'transform="translate({x},{y})">'
        )
        yield f"<title>{text(box.full)}</title>"
        yield f'<path d="{shape_of(box.family)}"/>'
        marks = marks_of(box.family)
        if marks:
            yield f'<path class="mark" d="{marks}"/>'
        yield from _words(box)
        numbers = self.numbers.get(box.id)
        if numbers:
            yield _badge(badge(numbers))
        yield "</g>"


def _words(box: Box) -> Iterator[str]:
    """Three lines: the name, what it is about where there is room, and the kind if the name is another."""
    room = BOX_WIDTH - 2 * _INSET
    lines = [("name", line) for line in wrap(box.name or box.title, room, size=_NAME, lines=2)]
    named = clean(box.name).lower() == box.title.lower()
    kind = [] if named else [("kind", cut(box.title, room, size=_SMALL))]
    free = 3 - len(lines) - len(kind)
    lines += [("detail", line) for line in wrap(box.detail, room, size=_SMALL, lines=free) if free > 0]
    lines += kind
    first = BOX_HEIGHT / 2 + 4.4 - (len(lines) - 1) * 7.5
    for index, (style, line) in enumerate(lines):
        y = number(first + index * 15)
        yield f'<text class="{style}" x="{number(_INSET)}" y="{y}">{text(line)}</text>'


def _badge(shown: str) -> str:
    width = width_of(shown, 11) + 12
    x = BOX_WIDTH - width + 6
    return (
        f'<g class="badge"><rect x="{number(x)}" y="-9" width="{number(width)}" height="18" rx="9"/>'
        f'<text x="{number(x + width / 2)}" y="4">{text(shown)}</text></g>'
    )


def _head(frame: Frame) -> str:
    """The top of a lane with its rounded corners."""
    x, y, w = frame.x, frame.y, frame.width
    return (
        f"M{number(x + 1)},{number(y + HEAD)}v{number(10 - HEAD)}a9,9 0 0 1 9,-9h{number(w - 20)}"
        f"a9,9 0 0 1 9,9v{number(HEAD - 10)}z"
    )


def _tips() -> Iterator[str]:
    for kind in LINK_COLOURS:
        yield (
            f'<marker id="tip-{kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
            f'markerUnits="userSpaceOnUse" orient="auto">'
            f'<path class="tip-{kind}" d="M0,0.5L8,4L0,7.5z"/></marker>'
        )


def _legend(top: float) -> Iterator[str]:
    x, y = 24.0, top + 10
    for family, about in ABOUT.items():
        yield (
            f'<g class="box {family} key" transform="translate({number(x)},{number(y)}) scale(.12 .24)">'
            f'<path d="{shape_of(family)}" vector-effect="non-scaling-stroke"/></g>'
        )
        yield f'<text class="soft" x="{number(x + 29)}" y="{number(y + 11)}">{text(about)}</text>'
        x += 40 + width_of(about, _SMALL)
    x = 24.0
    for kind, about in LINK_ABOUT.items():
        yield (
            f'<g class="link {kind} key"><path d="M{number(x)},{number(y + 31)}h24" '
            f'marker-end="url(#tip-{kind})"/></g>'
            f'<text class="soft" x="{number(x + 29)}" y="{number(y + 35)}">{text(about)}</text>'
        )
        x += 40 + width_of(about, _SMALL)


def number(value: float) -> str:
    """A number with at most one decimal.

    >>> number(3.0), number(2.55)
    ('3', '2.5')
    """
    return f"{value:.1f}".removesuffix(".0")


def text(value: str) -> str:
    """A text for between tags; characters that XML cannot hold become spaces."""
    return escape("".join(c if c in "\n\t" or _is_xml(c) else " " for c in value))


def attribute(value: str) -> str:
    """A text for between double quotes."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;")


def _is_xml(letter: str) -> bool:
    return letter >= " " and letter not in "\ufffe\uffff" and not "\ud800" <= letter <= "\udfff"

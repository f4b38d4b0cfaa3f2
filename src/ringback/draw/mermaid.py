"""A diagram as Mermaid flowchart text, for pages that draw it themselves (GitHub, GitLab, wikis)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringback.draw.families import Family
from ringback.draw.graph import Box, Diagram, Lane, Link
from ringback.draw.lit import Lit, badge
from ringback.draw.style import FAMILY_COLOURS, LINK_COLOURS
from ringback.draw.text import clean

# What stands around a node's text.
_SHAPES: Mapping[Family, tuple[str, str]] = {
    "says": ("(", ")"),
    "asks": ("[/", "/]"),
    "decides": ("{{", "}}"),
    "data": ("[[", "]]"),
    "sets": ("[", "]"),
    "transfer": ("[/", "\\]"),
    "end": ("([", "])"),
    "jump": (">", "]"),
    "start": ("([", "])"),
}
_LONGEST = 60
# `end` alone is a keyword of Mermaid, whatever it names.
_CLASS = "is_"
# Mermaid reads these characters as its own syntax or as HTML, even between quotes.
_ENTITIES = str.maketrans({c: f"#{ord(c)};" for c in '"#<>&`\\{}[]|;'})


def to_mermaid(diagram: Diagram, lit: Lit | None = None) -> str:
    """The flowchart; with `lit`, steps of a run carry their numbers and stand out."""
    return "\n".join(_Writer(diagram, lit).lines()) + "\n"


class _Writer:
    def __init__(self, diagram: Diagram, lit: Lit | None) -> None:
        self.diagram = diagram
        self.lit = lit
        self.numbers = lit.numbers() if lit is not None else {}
        self.ids = {box: f"n{index}" for index, box in enumerate(diagram.boxes)}
        self.lanes = {lane.id: f"lane{index}" for index, lane in enumerate(diagram.lanes)}

    def lines(self) -> Iterator[str]:
        yield "flowchart TD"
        for lane in self.diagram.lanes:
            yield from self._lane(lane)
        links = [link for link in self.diagram.links if link.source]
        for link in links:
            yield f"  {self._link(link)}"
        yield from self._styles(links)

    def _lane(self, lane: Lane) -> Iterator[str]:
        yield f'  subgraph {self.lanes[lane.id]}["{words(f"{lane.name} ({lane.kind})")}"]'
        for box in lane.boxes:
            yield f"    {self._box(self.diagram.boxes[box])}"
        if not lane.boxes:
            yield f'    {self.lanes[lane.id]}empty["nothing"]'
        yield "  end"

    def _box(self, box: Box) -> str:
        opening, closing = _SHAPES[box.family]
        numbers = self.numbers.get(box.id)
        step = f"{badge(numbers)}. " if numbers else ""
        detail = f"<br/>{words(box.detail)}" if box.detail else ""
        state = "" if self.lit is None or box.id in self.numbers else "_dim"
        shown = f'{opening}"{words(step + box.name)}{detail}"{closing}'
        return f"{self.ids[box.id]}{shown}:::{_CLASS}{box.family}{state}"

    def _link(self, link: Link) -> str:
        source = self.ids[link.source]
        target = self.ids[link.target] if link.target else self.lanes[link.lane]
        arrow = "-.->" if link.kind in ("jump", "call", "error") else "-->"
        label = f'|"{words(link.label)}"|' if link.label else ""
        return f"{source} {arrow}{label} {target}"

    def _styles(self, links: list[Link]) -> Iterator[str]:
        for family, (line, fill, _, _) in FAMILY_COLOURS.items():
            yield f"  classDef {_CLASS}{family} stroke:{line},fill:{fill},color:#17202b"
            if self.lit is not None:
                yield f"  classDef {_CLASS}{family}_dim stroke:{line},fill:{fill},color:#17202b,opacity:0.5"
        taken = self.lit.links if self.lit is not None else frozenset[int]()
        styles: dict[str, list[str]] = {}
        for index, link in enumerate(links):
            # A later linkStyle of the same link would replace the earlier one.
            width = ",stroke-width:4px" if link.number in taken else ""
            if width or link.kind != "flow":
                style = f"stroke:{LINK_COLOURS[link.kind][0]}{width}"
                styles.setdefault(style, []).append(str(index))
        for style, of in styles.items():
            yield f"  linkStyle {','.join(of)} {style}"


def words(text: str) -> str:
    """A text between Mermaid's quotes: one line, at most 60 characters, nothing that means something.

    >>> words('say "<b>"')
    'say #34;#60;b#62;#34;'
    """
    line = clean(text)
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return line.translate(_ENTITIES)

"""`{{name}}` in Archy YAML: replaced in the text, before it is YAML.

Archy does the same, so a name may stand for a key, a part of an expression or a whole value. A name
without a value is replaced by itself: the flow can then be read and run, and a warning says what to give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ringback.documents import Edit, Positions, Problems

_NAME = re.compile(r"\{\{[ \t]*([A-Za-z0-9_][A-Za-z0-9_.\-]*)[ \t]*\}\}")


class Options(dict[str, str]):
    """Values that several flows share: one that a flow does not name is a mistake only among `single`."""

    def __init__(self, values: Mapping[str, str], *, single: Iterable[str]) -> None:
        super().__init__(values)
        self.single = frozenset(single)


@dataclass(frozen=True, slots=True)
class Substituted:
    """A text with its names replaced, and the places of its parts in the user's own text."""

    text: str
    positions: Positions


def substitute(text: str, file: str, *, values: Mapping[str, str], problems: Problems) -> Substituted:
    """Replace every `{{name}}`; warn once for each name without a value and each value without a name."""
    edits: list[Edit] = []
    parts: list[str] = []
    missing: dict[str, int] = {}
    used: set[str] = set()
    end = size = 0
    for match in _NAME.finditer(text):
        name = match[1]
        used.add(name)
        if name not in values:
            missing.setdefault(name, match.start())
        value = values.get(name, name)
        before = text[end : match.start()]
        parts += (before, value)
        start = size + len(before)
        size = start + len(value)
        end = match.end()
        edits.append(Edit(start, size, match.start(), end))
    positions = Positions(text, file, edits=edits)
    _warn(problems, Positions(text, file), missing=missing)
    _warn_unused(problems, set(values.single if isinstance(values, Options) else values) - used)
    return Substituted("".join((*parts, text[end:])), positions)


def _warn(problems: Problems, positions: Positions, *, missing: Mapping[str, int]) -> None:
    for name, offset in missing.items():
        problems.warn(
            "RB029",
            f"{{{{{name}}}}} has no value, so the text {name!r} stands for it",
            span=positions.span(offset),
            hint=f"--substitute {name}=VALUE",
        )


def _warn_unused(problems: Problems, names: set[str]) -> None:
    for name in sorted(names):
        problems.warn("RB030", f"a value is given for {name!r}, but {{{{{name}}}}} does not occur", span=None)

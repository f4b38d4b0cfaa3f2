"""The lines of the source that an action is written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ringback.core.span import Span

_LINES, _COLUMNS = 60, 200


def excerpts(source: str, spans: Mapping[str, Span]) -> dict[str, tuple[int, str]]:
    """Number of the first line and the text for each action; lines of nested actions become one with `…`.

    An action ends before the next line that is indented no deeper than its own, in YAML as in JSON that is
    laid out in lines. Where a document has no lines, there is no excerpt.
    """
    lines = source.splitlines()
    ends = {name: _end(lines, span.line) for name, span in spans.items() if 0 < span.line <= len(lines)}
    starts = sorted({spans[name].line for name in ends})
    last = {spans[name].line: end for name, end in ends.items()}
    return {
        name: (
            spans[name].line,
            _text(lines, spans[name].line, nested=_nested(starts, last, start=spans[name].line)),
        )
        for name in ends
    }


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))


def _end(lines: Sequence[str], start: int) -> int:
    """The last line of what begins at a line, both counted from 1."""
    depth = _indent(lines[start - 1])
    for number in range(start, len(lines)):
        line = lines[number]
        if line.strip() and _indent(line) <= depth:
            return number + 1 if line.strip() in ("}", "},", "]", "],") else number
    return len(lines)


def _nested(starts: Sequence[int], last: Mapping[int, int], *, start: int) -> dict[int, int]:
    """First line -> last line of the actions that are nested directly in one."""
    found: dict[int, int] = {}
    reached = start
    for other in starts:
        if reached < other <= last[start]:
            found[other] = reached = last[other]
    return found


def _text(lines: Sequence[str], start: int, *, nested: Mapping[int, int]) -> str:
    shown: list[str] = []
    depth = len(lines[start - 1]) - len(lines[start - 1].lstrip())
    number = start
    end = _end(lines, start)
    while number <= end and len(shown) < _LINES:
        line = lines[number - 1][depth:]
        if number in nested:
            shown.append(" " * (len(line) - len(line.lstrip())) + "…")
            number = nested[number]
        else:
            shown.append(line if len(line) <= _COLUMNS else line[: _COLUMNS - 1] + "…")
        number += 1
    return "\n".join([*shown, "…"] if number <= end else shown)

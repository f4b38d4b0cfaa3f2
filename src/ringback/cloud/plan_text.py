"""A plan for people: lines of at most 100 columns, or Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ringback.cloud.apply import Report
from ringback.cloud.compare import Change
from ringback.cloud.plan import Plan, Step
from ringback.core.diagnostics import Diagnostic
from ringback.trace.layout import WIDTH, Line, Segment, Style, clean, columns, cut, fitted

_MARKS: Mapping[str, tuple[str, Style]] = {
    "create": ("+", "good"),
    "change": ("~", "warning"),
    "publish": ("^", "warning"),
    "none": ("=", "dim"),
}
_CHANGE_MARKS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
_WORDS = {"create": "create", "change": "change", "publish": "publish its draft", "none": "as it should be"}
# Words of a path that say nothing to a reader.
_BETWEEN = frozenset(("actions", "outputs", "choices", "lit", "exp"))
_MOST_CHANGES = 30  # of one step, in text and Markdown; JSON has them all
_MOST_FOUND = 20


def lines_of(plan: Plan, *, width: int = WIDTH, every: bool = False) -> Iterator[Line]:
    """The plan as lines.

    Args:
        plan: what to show.
        width: columns.
        every: also things that are as they should be.
    """
    yield from _findings(plan, width)
    yield fitted([Segment(f"Plan for {clean(plan.organisation)}", "heading")], width=width)
    for step in plan.steps:
        if step.acts or every:
            yield from _step(step, width)
    for code, reason in plan.unchecked.items():
        yield fitted([Segment(f"not looked up: {code}: {clean(reason)}", "dim")], width=width)
    yield fitted([Segment(summary(plan), "heading")], width=width)


def summary(plan: Plan) -> str:
    """One line: how many of each."""
    counts = plan.counts
    said = f"{counts['create']} to create, {counts['change']} to change, {counts['none']} as they should be"
    return said + (f", {counts['blocked']} blocked" if counts["blocked"] else "")


def _findings(plan: Plan, width: int) -> Iterator[Line]:
    errors = [found for found in plan.found if found.severity == "error"]
    for found in errors[:_MOST_FOUND]:
        yield from problem_lines(found, width)
    if len(errors) > _MOST_FOUND:
        yield fitted([Segment(f"… and {len(errors) - _MOST_FOUND} more errors", "error")], width=width)
    warnings = len(plan.found) - len(errors)
    if warnings:
        text = f"{warnings} warning{'' if warnings == 1 else 's'} of lint (ringback lint shows them)"
        yield fitted([Segment(text, "dim")], width=width)


def problem_lines(found: Diagnostic, width: int = WIDTH) -> Iterator[Line]:
    """A finding with its place, wrapped."""
    place = f"{found.file}:{found.line}: " if found.file and found.line else ""
    yield from wrapped(f"{place}{found.severity} {found.code}: {found.message}", "error", width=width)
    if found.hint:
        yield from wrapped(found.hint, "dim", width=width, indent="  hint: ")


def _step(step: Step, width: int) -> Iterator[Line]:
    mark, style = _MARKS[step.verb]
    if step.acts and step.blocks:
        mark, style = "!", "error"
    kind = f"{step.item.kind}{f' ({step.item.type})' if step.item.type else ''}"
    version = f" over version {step.version}" if step.version and step.acts else ""
    words = f"{_WORDS[step.verb]}{version}"
    head = [Segment(f" {mark} ", style), Segment(f"{kind} "), Segment(clean(step.item.name), "name")]
    yield fitted([*head, Segment(f"  {words}", "dim")], right=cut(step.item.file, width // 3), width=width)
    for block in step.blocks:
        yield from wrapped(block.message, "error", width=width, indent="     ! ")
        if block.hint:
            yield from wrapped(block.hint, "dim", width=width, indent="       hint: ")
    for change in step.changes[:_MOST_CHANGES]:
        yield from _change(change.shown(), width)
    if len(step.changes) > _MOST_CHANGES:
        more = f"     … and {len(step.changes) - _MOST_CHANGES} more changes (JSON has them all)"
        yield fitted([Segment(more, "dim")], width=width)
    for note in step.notes:
        yield from wrapped(note, "dim", width=width, indent="     note: ")


def _change(change: Change, width: int) -> Iterator[Line]:
    where = short_path(change)
    old, new = clean(change.old), clean(change.new)
    mark = _CHANGE_MARKS[change.kind]
    value = f"{old} → {new}" if change.kind in ("changed", "moved") else old or new
    one = f"     {mark} {where}: {value}" if value else f"     {mark} {where}"
    if columns(one) <= width:
        yield fitted(
            [Segment(f"     {mark} {where}"), Segment(f": {value}" if value else "", "value")], width=width
        )
        return
    yield fitted([Segment(f"     {mark} {where}")], width=width)
    for sign, text in (("-", old), ("+", new)):
        if text:
            yield from wrapped(text, "value", width=width, indent=f"         {sign} ")


def short_path(change: Change) -> str:
    """The path without words between things, cut in its middle when it is deep.

    >>> short_path(Change("added", ("task Main", "actions", "Look up", "timeout")))
    'task Main > Look up > timeout'
    """
    parts = [part for part in change.path if part not in _BETWEEN] or list(change.path)
    if len(parts) > 5:
        parts = [*parts[:2], "…", *parts[-2:]]
    return clean(" > ".join(parts))


def wrapped(text: str, style: Style, *, width: int = WIDTH, indent: str = "") -> Iterator[Line]:
    """Text over several lines, each below the beginning of the first."""
    room = max(20, width - columns(indent))
    start, rest = indent, clean(text)
    while rest:
        piece = rest if columns(rest) <= room else _piece(rest, room)
        yield (Segment(start, "dim"), Segment(piece.rstrip(), style)) if start else (Segment(piece, style),)
        rest, start = rest[len(piece) :].lstrip(), " " * columns(indent)


def _piece(text: str, room: int) -> str:
    """As much of a text as fits, up to a blank where there is one."""
    end, used = 0, 0
    for character in text:
        used += columns(character)
        if used > room:
            break
        end += 1
    blank = text.rfind(" ", 1, end + 1)
    return text[:blank] if blank > room // 3 else text[:end]


# ---- Markdown


def markdown_of(plan: Plan) -> str:
    """The plan for a comment of a pull request."""
    out = [f"## Plan for {_cell(plan.organisation)}", "", summary(plan), ""]
    errors = [found for found in plan.found if found.severity == "error"]
    if errors:
        out += [
            "### Errors",
            "",
            *(f"- `{e.file}:{e.line}` {e.code}: {_cell(e.message)}" for e in errors),
            "",
        ]
    if plan.todo:
        out += ["| | kind | name | what | file |", "|---|---|---|---|---|"]
        out += [_row(step) for step in plan.todo]
        out.append("")
    for step in plan.todo:
        out += _details(step)
    return "\n".join(out).rstrip() + "\n"


def _row(step: Step) -> str:
    mark = "!" if step.blocks else _MARKS[step.verb][0]
    words = "blocked" if step.blocks else _WORDS[step.verb]
    version = f" over {step.version}" if step.version else ""
    cells = (f"`{mark}`", step.item.kind, step.item.name, words + version, step.item.file)
    return f"| {' | '.join(map(_cell, cells))} |"


def _details(step: Step) -> list[str]:
    lines = [f"- **{_cell(block.message)}** {_cell(block.hint)}" for block in step.blocks]
    for change in (each.shown() for each in step.changes[:_MOST_CHANGES]):
        value = (
            f"{change.old} → {change.new}"
            if change.kind in ("changed", "moved")
            else change.old or change.new
        )
        lines.append(f"- {change.kind} {_cell(short_path(change))}: `{clean(value).replace('`', chr(39))}`")
    if len(step.changes) > _MOST_CHANGES:
        lines.append(f"- … and {len(step.changes) - _MOST_CHANGES} more")
    lines += [f"- {_cell(note)}" for note in step.notes]
    if not lines:
        return []
    name = _cell(f"{step.item.kind} {step.item.name}")
    return [f"<details><summary>{name}</summary>", "", *lines, "", "</details>", ""]


def _cell(text: str) -> str:
    return clean(text).replace("|", "\\|").replace("<", "&lt;")


# ---- the end of apply


def report_lines(report: Report, *, width: int = WIDTH) -> Iterator[Line]:
    """What became of a plan: what was done is on the screen already; what went wrong, what was not begun."""
    error = report.error
    if report.failed is None or error is None:
        count = len(report.done)
        yield fitted([Segment(f"Done: {count} change{'' if count == 1 else 's'}.", "good")], width=width)
        return
    yield from wrapped(f"Stopped at the {report.failed.item.label}: {error.message}", "error", width=width)
    for found in getattr(error, "problems", ()):
        yield from problem_lines(found, width)
    if error.hint:
        yield from wrapped(error.hint, "dim", width=width, indent="  hint: ")
    yield fitted([Segment(f"Done before: {len(report.done)}. Not begun: {len(report.left)}")], width=width)
    for step in report.left[:_MOST_FOUND]:
        yield fitted([Segment(f"   {step.item.label}", "dim")], width=width)
    if len(report.left) > _MOST_FOUND:
        yield fitted([Segment(f"   … and {len(report.left) - _MOST_FOUND} more", "dim")], width=width)
    text = "Apply again goes on from here: what is done already is left as it is."
    yield fitted([Segment(text)], width=width)

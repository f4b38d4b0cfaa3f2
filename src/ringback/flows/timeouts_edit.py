"""A new timeout in the text of a document: only the lines of the step change.

The text is edited at the places that the reader noted, in the step's own style: block or flow YAML, JSON,
its indentation and quotes, its line ends. `{{names}}` stay as they are. What comes out is read again and
compared: everything but the timeouts must be as it was, or the change is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NoReturn

from ringback.core.errors import DefinitionError, UsageError
from ringback.core.span import Span
from ringback.documents import Node
from ringback.flows.timeouts import TimedStep, Timeouts
from ringback.flows.timeouts_choice import in_words

_PLACEHOLDER = re.compile(r"\{\{[ \t]*[A-Za-z0-9_]")
_QUOTES = "\"'"
# Where a new timeout goes: behind the first of these that the step has (Archy YAML: before `category`).
_BEHIND = ("url", "dataAction", "type", "name")
_STEP = 2


@dataclass(frozen=True, slots=True)
class Edit:
    """`[start, end)` of the text becomes `new`."""

    start: int
    end: int
    new: str


def with_timeouts(found: Timeouts, changes: Mapping[str, int]) -> str:
    """The text of a document with new timeouts.

    Args:
        found: the document.
        changes: id of a step -> milliseconds.

    Raises:
        UsageError: the form cannot be changed (an export).
        DefinitionError: a step is written in a way that cannot be changed safely; names its place.
    """
    if found.form == "export":
        hint = "export the flow as Archy YAML (archy export --exportType yaml) and change that"
        raise UsageError(f"{found.file} is an export; its timeouts cannot be set in the file", hint=hint)
    steps = [step for step in found.steps if step.id in changes]
    writer = _Writer(found)
    text = found.text
    edits = sorted((writer.edit(step, changes[step.id]) for step in steps), key=lambda edit: -edit.start)
    for edit in edits:
        text = text[: edit.start] + edit.new + text[edit.end :]
    _check(found, text, changes=changes)
    return text


def _check(found: Timeouts, text: str, *, changes: Mapping[str, int]) -> None:
    """Read the changed text again: the new timeouts hold, and nothing else is different."""
    changed = [step for step in found.steps if step.id in changes]
    try:
        again = found.again(text)
    except DefinitionError as error:
        raise _unsafe(changed[0], f"the changed file would not load: {error.message}") from error
    now = {step.id: step for step in again.steps}
    for step in changed:
        if (other := now.get(step.id)) is None or other.timeout_ms != changes[step.id]:
            raise _unsafe(step, "the change would not take effect")
    same = _without(found.document, {id(step.holder) for step in changed})
    if same != _without(again.document, {id(now[step.id].holder) for step in changed}):
        raise _unsafe(changed[0], "the change would touch more than the timeout")


def _unsafe(step: TimedStep, why: str) -> DefinitionError:
    return DefinitionError(
        f"the timeout of {step.name!r} cannot be set here: {why}",
        span=step.span,
        hint="set it by hand",
    )


def _without(node: Node, holders: Collection[int]) -> object:
    """A document as plain Python, without the timeouts of some steps."""
    if node.is_map:
        members = {key: _without(member, holders) for key, member in node.items()}
        if id(node) in holders:
            members.pop("timeout", None)
            settings = members.get("settings")
            if isinstance(settings, dict):
                members["settings"] = {key: member for key, member in settings.items() if key != "timeout"}
            members["settings"] = members.get("settings") or None
        return members
    if node.is_list:
        return [_without(member, holders) for member in node]
    return (node.value, node.text)


class _Writer:
    """Finds the edit of a step."""

    def __init__(self, found: Timeouts) -> None:
        self._form = found.form
        self._text = found.text
        self._starts = [0]
        for line in found.text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def edit(self, step: TimedStep, milliseconds: int) -> Edit:
        """The edit that gives a step its timeout."""
        if not step.holder.is_map:
            self._refuse(step, "it has no fields")
        if self._text[self._at(step.holder.span)] in "*&":
            self._refuse(step, "it is written with an anchor or alias")
        edit = self._archy(step, milliseconds) if self._form == "archy" else self._plain(step, milliseconds)
        replaced = self._text[edit.start : edit.end]
        if _PLACEHOLDER.search(replaced):
            self._refuse(step, f"it is a placeholder, {replaced.strip()}; give its value with --substitute")
        return edit

    def _refuse(self, step: TimedStep, why: str) -> NoReturn:
        raise _unsafe(step, why)

    # ---- Archy YAML: a wrapped Duration

    def _archy(self, step: TimedStep, milliseconds: int) -> Edit:
        unit, amount = ("ms", milliseconds) if milliseconds % 1000 else ("seconds", milliseconds // 1000)
        own = step.holder.get("timeout")
        if own is None:
            return self._insert_archy(step, unit, amount=amount)
        key = step.holder.key_span("timeout")
        start = self._at(own.span)
        if own.value is None or not own.is_map:
            after = self._text.index(":", self._at(key) + 7) + 1
            if own.value is not None and self._text[start] in "*&!":
                self._refuse(step, "it is written with an anchor, alias or tag")
            if self._text[self._at(step.holder.span)] == "{":
                return self._scalar_in_flow(own, self._at(key), unit=unit, amount=amount)
            return Edit(after, self._block_end(key), self._block(step, unit, amount=amount))
        if self._text[start] == "{":
            return Edit(start, self._closing(start), self._flow(start, unit=unit, amount=amount))
        if self._text[start] in "*&!":
            self._refuse(step, "it is written with an anchor, alias or tag")
        return self._inside(step, own, unit=unit, amount=amount)

    def _inside(self, step: TimedStep, own: Node, *, unit: str, amount: int) -> Edit:
        """The edit of a timeout that stands as a block below its key."""
        literal = own.get("lit")
        if literal is not None and literal.is_map and len(dict(own.items())) == 1:
            start = self._at(literal.span)
            if self._text[start] == "{":
                space = " " if self._text[start + 1 : start + 2] == " " else ""
                new = f"{{{space}{self._word(unit, start + 1 + len(space))}: {amount}{space}}}"
                return Edit(start, self._closing(start), new)
            end = max(self._end(member.span) for _, member in literal.items())
            return Edit(start, end, f"{self._word(unit, start)}: {amount}")
        start, key = self._at(own.span), step.holder.key_span("timeout")
        below = " " * (own.span.column - 1 + own.span.column - key.column)
        new = f"{self._word('lit', start)}:{self._newline}{below}{self._word(unit, start)}: {amount}"
        return Edit(start, self._block_end(key), new)

    def _scalar_in_flow(self, own: Node, key: int, *, unit: str, amount: int) -> Edit:
        """The edit of a scalar (or of nothing) inside braces."""
        start = self._at(own.span)
        new = f"{{{self._word('lit', key)}: {{{self._word(unit, key)}: {amount}}}}}"
        return Edit(start, start if own.value is None else self._end(own.span), new)

    def _flow(self, start: int, *, unit: str, amount: int) -> str:
        """`{lit: {seconds: 10}}` in the spacing and quotes of what stands there."""
        space = " " if self._text[start + 1 : start + 2] == " " else ""
        sample = start + 1 + len(space)
        literal, word = self._word("lit", sample), self._word(unit, sample)
        return f"{{{space}{literal}: {{{space}{word}: {amount}{space}}}{space}}}"

    def _block(self, step: TimedStep, unit: str, *, amount: int) -> str:
        """The lines below `timeout:`."""
        key = self._any_key(step)
        sample, indent = self._at(key), key.column - 1
        width = self._step_width(step.holder)
        return (
            f"{self._newline}{' ' * (indent + width)}{self._word('lit', sample)}:"
            f"{self._newline}{' ' * (indent + 2 * width)}{self._word(unit, sample)}: {amount}"
        )

    def _insert_archy(self, step: TimedStep, unit: str, *, amount: int) -> Edit:
        before = step.holder.keys.get("category") or self._any_key(step)
        place = self._at(before)
        if self._text[self._at(step.holder.span)] == "{":
            literal, word = self._word("lit", place), self._word(unit, place)
            new = f"{self._word('timeout', place)}: {{{literal}: {{{word}: {amount}}}}}, "
            return Edit(place, place, new)
        start = self._above(before)
        indent = " " * (before.column - 1)
        new = (
            f"{indent}{self._word('timeout', place)}:{self._block(step, unit, amount=amount)}{self._newline}"
        )
        return Edit(start, start, new)

    def _above(self, key: Span) -> int:
        """Where the line of a key begins, or the comments right above it."""
        line = key.line
        while line > 1 and self._line(line - 1).lstrip(" \t").startswith("#"):
            line -= 1
        return self._starts[line - 1]

    def _any_key(self, step: TimedStep) -> Span:
        return next(iter(step.holder.keys.values()), step.holder.span)

    def _step_width(self, holder: Node) -> int:
        """How much deeper the file indents what stands below a key of the step."""
        for key, member in holder.items():
            column = holder.key_span(key).column
            if member.is_map and member.span.line > holder.key_span(key).line:
                return max(1, member.span.column - column)
        return _STEP

    # ---- JSON and the plain form in YAML: a number

    def _plain(self, step: TimedStep, milliseconds: int) -> Edit:
        in_seconds = self._form == "steps"
        number = in_words(milliseconds).removesuffix(" s") if in_seconds else str(milliseconds)
        if step.own is not None:
            start = self._at(step.own.span)
            if self._text[start] in "*&!":
                self._refuse(step, "it is written with an anchor, alias or tag")
            end = self._closing(start) if self._text[start] == "{" else self._end(step.own.span)
            if step.own.is_map and self._text[start] != "{":
                self._refuse(step, "it is written as a block")
            return Edit(start, end, number)
        if in_seconds:
            return self._insert_setting(step, number)
        return self._insert_behind(step.holder, "timeout", new=number)

    def _insert_setting(self, step: TimedStep, number: str) -> Edit:
        settings = step.holder.get("settings")
        if settings is None:
            timeout = f"{{{self._word('timeout', self._at(self._any_key(step)))}: {number}}}"
            return self._insert_behind(step.holder, "settings", new=timeout)
        if not settings.is_map:
            self._refuse(step, "its `settings` are no object")
        if settings.keys:
            return self._insert_before(settings, number)
        start = self._at(settings.span) + 1
        return Edit(start, start, f"{self._word('timeout', self._at(self._any_key(step)))}: {number}")

    def _insert_before(self, settings: Node, number: str) -> Edit:
        """A member before the first one of `settings`."""
        key = next(iter(settings.keys.values()))
        place = self._at(key)
        between = ", " if self._text[self._at(settings.span)] == "{" else ""
        if not between or self._line(key.line)[: key.column - 1].isspace():
            between = ("," if between else "") + self._newline + self._line(key.line)[: key.column - 1]
        return Edit(place, place, f"{self._word('timeout', place)}: {number}{between}")

    def _insert_behind(self, holder: Node, name: str, *, new: str) -> Edit:
        """A member behind the step's URL, data action, type or name."""
        anchor = next((key for key in _BEHIND if (member := holder.get(key)) and not member.is_map), "")
        member = holder.get(anchor)
        if member is None:
            span = holder.span
            raise DefinitionError("the step has no place for a timeout", span=span)
        key = holder.key_span(anchor)
        end, word = self._end(member.span), self._word(name, self._at(key))
        comma = "," if self._text[self._at(holder.span)] == "{" else ""
        lead = self._line(key.line)[: key.column - 1]
        if comma and not lead.isspace():
            return Edit(end, end, f", {word}: {new}")
        if not comma:
            end = self._starts[member.span.line - 1] + len(self._line(member.span.line))
        indent = " " * (key.column - 1)
        return Edit(end, end, f"{comma}{self._newline}{indent}{word}: {new}")

    # ---- the text

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self._text else "\n"

    def _at(self, span: Span) -> int:
        return self._starts[span.line - 1] + span.column - 1

    def _end(self, span: Span) -> int:
        """The end of a scalar, which stands on one line."""
        return self._at(span) + span.length

    def _line(self, number: int) -> str:
        return self._text[self._starts[number - 1] : self._starts[number] - 1].rstrip("\r")

    def _word(self, word: str, sample: int) -> str:
        """A key in the quotes that the key at `sample` has."""
        quote = self._text[sample] if self._text[sample] in _QUOTES else ""
        return f"{quote}{word}{quote}"

    def _block_end(self, key: Span) -> int:
        """The end of the last line that belongs to a key: those that are indented deeper."""
        last = line = key.line
        while line < len(self._starts) - 1:
            line += 1
            text = self._line(line)
            bare = text.lstrip(" ")
            if bare and len(text) - len(bare) < key.column:
                break
            if bare and not bare.startswith("#"):
                last = line
        return self._starts[last - 1] + len(self._line(last))

    def _closing(self, start: int) -> int:
        """The place behind the bracket that closes the one at `start`."""
        depth, at, quote = 0, start, ""
        while at < len(self._text):
            char = self._text[at]
            if quote:
                if char == "\\" and quote == '"':
                    at += 1
                elif char == quote:
                    quote = ""
            elif char in _QUOTES:
                quote = char
            elif char in "{[":
                depth += 1
            elif char in "}]":
                depth -= 1
                if depth == 0:
                    return at + 1
            at += 1
        return at

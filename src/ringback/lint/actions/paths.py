"""Checks of the translation map and its defaults."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ringback.core.errors import DefinitionError, RingbackError
from ringback.dataactions import jsontext
from ringback.lang import jsonpath
from ringback.lang.jsonpath import tree
from ringback.lint.actions.matching import Meeting, kind_name, meetings, type_names, wants
from ringback.lint.model import Finding, Fix
from ringback.lint.pieces import Hole, Kind, fixed_text
from ringback.lint.subject import RESPONSE, Subject
from ringback.lint.walk import Use

_MAP = (*RESPONSE, "translationMap")
_DEFAULTS = (*RESPONSE, "translationMapDefaults")
_BARE = re.compile(r"[^\"{}\[\]\\\x00-\x1f]*")
_SINGULAR = re.compile(
    r"(?:^|[a-z_])(?:id|Id|ID|name|Name|status|Status|state|State|email|Email|code|Code|type|Type)$"
)


def illegal_path(subject: Subject) -> Iterator[Finding]:
    """A translation map entry that is no JSONPath."""
    for name, path in subject.paths.items():
        if isinstance(path, DefinitionError):
            at, length = (path.span.column - 1, path.span.length) if path.span else (0, 1)
            text = subject.action.response.translation[name]
            yield Finding(
                subject.places.value(*_MAP, name).span(at, length),
                f"the path {text!r} of {name!r} is no legal JSONPath: {path.message}",
                path.hint or "a path looks like $.entities[0].id",
            )


def unused_variable(subject: Subject) -> Iterator[Finding]:
    """The success template does not use a translated variable."""
    if subject.success.tree is None:
        return
    used = {use.reference.root for use in subject.success.uses}
    for name in subject.action.response.translation:
        if name not in used:
            span = subject.places.key(*_MAP, name).span()
            message = f"the success template does not use the variable {name!r}: its value is lost"
            yield Finding(span, message, f"put ${{{name}}} into the success template, or remove the entry")


def default_without_path(subject: Subject) -> Iterator[Finding]:
    """A default for a variable that the translation map does not have."""
    known = subject.action.response.translation
    for name in subject.action.response.defaults:
        if name not in known:
            span = subject.places.key(*_DEFAULTS, name).span()
            message = f"there is a default for {name!r}, but the translation map has no such variable"
            yield Finding(span, message, f"the map has {', '.join(known) or 'no variables'}")


def default_not_json(subject: Subject) -> Iterator[Finding]:
    """A default that is no JSON text where the template needs one."""
    found = meetings(subject)
    for name, default in subject.action.response.defaults.items():
        if _is_json(default) or not _printed_bare(subject, found, name=name):
            continue
        place = subject.places.value(*_DEFAULTS, name)
        wanted = {kind for meeting in found if meeting.name == name for kind in type_names(meeting.schema)}
        text = json.dumps(default, ensure_ascii=False)
        fits = wanted == {"string"} and _BARE.fullmatch(default)
        edit = place.edit(0, len(default), text=text) if fits else None
        yield Finding(
            place.span(),
            f"the default of {name!r} is no JSON: {_shown(default)} is printed as it is",
            f"write {json.dumps(text, ensure_ascii=False)}, a JSON text" if fits else _json_hint(wanted),
            Fix("write the default as a JSON text", (edit,)) if edit else None,
        )


def _printed_bare(subject: Subject, found: tuple[Meeting, ...], *, name: str) -> bool:
    """Whether the variable is printed as a JSON value; yes when the template cannot be followed."""
    if name not in subject.action.response.translation:
        return False
    if not any(outcome.shape for outcome in subject.answers):
        return any(use.reference.root == name for use in subject.success.uses)
    return any(meeting.name == name for meeting in found)


def _shown(default: str) -> str:
    return repr(default) if default else "nothing"


def _json_hint(wanted: set[str]) -> str:
    examples = {"array": '"[]"', "object": '"{}"', "integer": '"0"', "number": '"0"', "boolean": '"false"'}
    example = next((examples[kind] for kind in sorted(wanted) if kind in examples), '"\\"\\""')
    return f"for example {example}" if wanted else 'a JSON text, for example "\\"\\"", "0" or "[]"'


def _is_json(text: str) -> bool:
    try:
        jsontext.decode(text)
    except RingbackError:
        return False
    return True


def default_breaks_contract(subject: Subject) -> Iterator[Finding]:
    """A default of another type than the output contract wants."""
    seen = set()
    for meeting in meetings(subject):
        text, place = _default_of(subject, meeting)
        if text is None or not _is_json(text) or (meeting.hole.at, meeting.name, meeting.path) in seen:
            continue
        value = jsontext.decode(text)
        seen.add((meeting.hole.at, meeting.name, meeting.path))
        if not wants(meeting.schema, value):
            yield Finding(
                place,
                f"the default {text} is {kind_name(value)}, but the output contract wants "
                f"{' or '.join(type_names(meeting.schema))} at {meeting.path}: using it fails",
                _json_hint(set(type_names(meeting.schema))),
            )


def _default_of(subject: Subject, meeting: Meeting) -> tuple[str | None, Any]:
    """The default that may stand at a place of the output, and where it is written."""
    hole = meeting.hole
    if hole.kind is Kind.ITEM:
        text = None if hole.default is None else fixed_text(hole.default)
        length = len(hole.reference.source) if hole.reference else 1
        return text, subject.success.span(hole.at, length)
    if hole.scope != "variable":
        return None, None
    default = subject.action.response.defaults.get(meeting.name)
    return default, subject.places.value(*_DEFAULTS, meeting.name).span()


def default_missing(subject: Subject) -> Iterator[Finding]:
    """A variable that may not be found has no default, and the template prints it all the same."""
    printed = {
        use.reference.root: use for use in subject.success.uses if not use.asked and not use.reference.quiet
    }
    guarded = {use.reference.root for use in subject.success.uses if use.asked}
    guarded |= {hole for use in subject.success.uses for hole in _with_fallback(use)}
    for name, path in subject.paths.items():
        if isinstance(path, DefinitionError) or name in subject.action.response.defaults:
            continue
        if name not in printed or name in guarded or not path.definite or not path.tree.steps:
            continue
        indexed = any(isinstance(step, tree.Indexes) for step in path.tree.steps)
        when = "when the list is empty" if indexed else "when the answer lacks it"
        yield Finding(
            subject.places.key(*_MAP, name).span(),
            f"{name!r} has no default: {when}, {printed[name].reference.source} in the template fails",
            f"add {name!r} to translationMapDefaults, {_json_hint(_wanted(subject, name))}",
            severity="warning" if indexed else "info",
        )


def _wanted(subject: Subject, name: str) -> set[str]:
    return {
        kind for meeting in meetings(subject) if meeting.name == name for kind in type_names(meeting.schema)
    }


def _with_fallback(use: Use) -> Iterator[str]:
    """Variables that a reference prints with an alternative: `${x|'d'}`."""
    if use.reference.alternate is not None:
        yield use.reference.root


def no_first_item(subject: Subject) -> Iterator[Finding]:
    """`firstFromArray` without a default fails on an empty list."""
    seen = set()
    for outcome in subject.answers:
        for piece in outcome.way.pieces:
            if isinstance(piece, Hole) and _may_be_empty(subject, piece) and piece.at not in seen:
                seen.add(piece.at)
                assert piece.reference is not None
                yield Finding(
                    subject.success.span(piece.at, len(piece.reference.source)),
                    f"the list {piece.name!r} may be empty, and firstFromArray has no default: "
                    "the action gives no JSON then",
                    'give a second argument: "0", or "$esc.quote$esc.quote" for an empty text',
                )


def _may_be_empty(subject: Subject, hole: Hole) -> bool:
    return hole.kind is Kind.ITEM and hole.default is None and subject.kinds.get(hole.name) is Kind.LIST


def path_never_meets(subject: Subject) -> Iterator[Finding]:
    """A path whose kind of value the output contract never accepts."""
    seen = set()
    for meeting in meetings(subject):
        problem = _mismatch(subject, meeting)
        if problem and (meeting.name, meeting.path) not in seen:
            seen.add((meeting.name, meeting.path))
            yield Finding(subject.places.value(*_MAP, meeting.name).span(), *problem)


def _mismatch(subject: Subject, meeting: Meeting) -> tuple[str, str] | None:
    kinds = type_names(meeting.schema)
    if meeting.hole.scope != "variable" or not kinds or meeting.name not in subject.paths:
        return None
    path = subject.action.response.translation[meeting.name]
    wanted = f"but the output contract wants {' or '.join(kinds)} at {meeting.path}"
    if meeting.hole.kind is Kind.LIST and "array" not in kinds:
        hint = f'print one item: ${{successTemplateUtils.firstFromArray("${{{meeting.name}}}", …)}}'
        return f"the path {path!r} always gives a list, {wanted}", hint
    if meeting.hole.kind is Kind.NUMBER and not {"integer", "number"} & set(kinds):
        return f"the path {path!r} gives a number, {wanted}", "change the contract, or the path"
    if meeting.hole.kind is Kind.JSON and kinds == ("array",) and _is_singular(subject.paths[meeting.name]):
        return f"the path {path!r} gives one value, {wanted}", "write a path with [*], or change the contract"
    return None


def _is_singular(path: jsonpath.Path | DefinitionError) -> bool:
    """Whether a definite path ends in a key that names one text: `id`, `userName`, `status`."""
    if isinstance(path, DefinitionError) or not path.tree.steps:
        return False
    last = path.tree.steps[-1]
    return isinstance(last, tree.Keys) and len(last.names) == 1 and bool(_SINGULAR.search(last.names[0]))

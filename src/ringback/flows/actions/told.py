"""Actions that only tell the platform something: what is told is in the trace, in friendly JSON.

The declared fields say what is told, so a table row is a whole action. One with outputs asks which of them is
taken: the scenario's, else Success.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ringback.flows.actions.base import ActionType, Builder, Exit, Field, Getter, Next, Step
from ringback.flows.actions.bindings import Binding, bindings, types, write
from ringback.flows.actions.walk import Found, fields_of
from ringback.flows.effects import Tell, Told
from ringback.lang.expr.values import plain, speech_text
from ringback.trace.events import PlatformTold

# Sees the facts before they are told, and may change them.
Then = Callable[[Any, dict[str, Any]], None]
_SPOKEN = ("aud", "com", "pmt")
ERROR_FIELDS = (
    Field("failureOutputs.errorType", "str", "writes", about="Kind of failure."),
    Field("failureOutputs.errorMessage", "str", "writes", about="Text of the failure."),
)


def _label(found: Found) -> str:
    """The name of a fact: a user's name where the path has one, else the first key that tells it apart."""
    parts = found.field.path.split(".")
    if parts[-1] == "*" and found.name:
        return found.name
    return parts[0] if parts[-1] == "name" else parts[-1]


def _getter(b: Builder, found: Found) -> Getter:
    """The fact of one place, as friendly JSON."""
    if found.field.role != "value":
        text = _named(found)
        return lambda _run: text
    type_ = found.field.type
    read = b.compile(found.node, None if type_ == "any" else type_)
    if type_ in _SPOKEN:
        return lambda run: speech_text(raw) if (raw := read(run)) is not None else None
    type_ = b.type_of(found.node) if type_ == "any" else type_
    return lambda run: plain(type_, read(run))


def _named(found: Found) -> Any:
    node = found.node
    if node.is_map:
        return next((name for name, _ in node.items()), "")
    return node.value


def facts(b: Builder, fields: Iterable[Field]) -> Callable[[Any], dict[str, Any]]:
    """A function that gives what the fields say at run time; what is NOT_SET is left out."""
    given = [
        (_label(found), _getter(b, found))
        for found in fields_of(b.action, tuple(fields))
        if found.field.role in ("value", "name", "word")
    ]

    def read(run: Any) -> dict[str, Any]:
        values = [(label, get(run)) for label, get in given]
        return {label: value for label, value in values if value is not None}

    return read


def written_by(b: Builder, fields: Iterable[Field]) -> tuple[Binding, ...]:
    """The bindings of the fields that name variables, other than failure outputs."""
    found = []
    for place in fields_of(b.action, tuple(fields)):
        if place.field.role == "writes" and not place.field.path.startswith("failureOutputs"):
            assign = b.setter(place.node)
            if assign is not None:
                found.append(Binding(_label(place), b.variable_type(place.node), assign))
    return tuple(found)


def names_of(b: Builder, *called: str) -> tuple[str, ...]:
    """By which names a scenario may speak of the action."""
    return (b.action.name, *called, b.action.type)


def error_of(reply: Told) -> dict[str, Any]:
    """Failure outputs: what the scenario says, else that it said so."""
    words = {"errorType": "Failed", "errorMessage": "the scenario makes this action fail"}
    return words | reply.values


def exits_of(b: Builder, outputs: tuple[str, ...]) -> dict[str, Exit]:
    """The exits of declared outputs and of those that the document writes, by lower-case name."""
    named = [name for name in outputs if "*" not in name]
    return {name.lower(): b.exit(name) for name in (*named, *b.action.outputs)}


def _possible(outputs: tuple[str, ...], written: tuple[str, ...]) -> tuple[str, ...]:
    """The outputs that an action can take, in the order of the declaration.

    Outputs of any name (`*`) are those that the document writes. Where they come first, as the intents of a
    bot do, and the document writes none, the way on below is the first, so that Failure is not what happens
    when nobody says anything.

    >>> _possible(("*", "failure"), ("failure", "Balance")), _possible(("*", "failure"), ())
    (('Balance', 'failure', '*'), ('default', 'failure', '*'))
    """
    known = {name.lower() for name in outputs}
    own = [name for name in written if name.lower() not in known]
    found: list[str] = []
    for position, name in enumerate(outputs):
        if name != "*":
            found.append(name)
        else:
            found += own or ([] if position else ["default"])
    rest = () if "*" in outputs else own
    return tuple(dict.fromkeys((*found, *rest, *(("*",) if "*" in outputs else ()))))


def building(
    fields: tuple[Field, ...],
    outputs: tuple[str, ...],
    *,
    policy: str = "platform_accepts",
    says: str = "",
    then: Then | None = None,
) -> Callable[[Builder], Step]:
    """The `build` of an action that tells; `says` is the field whose text the customer gets."""
    return lambda b: (
        _asking(b, fields, outputs=outputs, policy=policy, says=says)
        if outputs
        else _telling(b, fields, then=then)
    )


def _telling(b: Builder, fields: tuple[Field, ...], *, then: Then | None = None) -> Step:
    read, down, kind = facts(b, fields), b.down(), b.action.type

    def begin(run: Any) -> Next:
        told = read(run)
        if then is not None:
            then(run, told)
        run.emit(PlatformTold(kind=kind, facts=told))
        return down

    return Step(begin)


def _asking(
    b: Builder, fields: tuple[Field, ...], *, outputs: tuple[str, ...], policy: str, says: str
) -> Step:
    read, exits, below = facts(b, fields), exits_of(b, outputs), b.down().target
    keeps, failed = written_by(b, fields), bindings(b, b.node("failureOutputs"))
    possible = _possible(outputs, tuple(b.action.outputs))
    names, wanted = names_of(b), types(keeps)

    def begin(run: Any) -> Next:
        told = read(run)
        text = str(told.get(says) or "") if says else ""
        return Tell(b.action.type, names, told, possible, wanted, text, policy)

    def resume(run: Any, reply: Told) -> Next:
        if reply.output == "failure":
            write(run, failed, outputs=error_of(reply))
        else:
            given = tuple(item for item in keeps if item.output in reply.values)
            write(run, given, outputs=reply.values)
        return exits.get(reply.output.lower()) or Exit(reply.output, below)

    return Step(begin, resume)


def telling(
    key: str,
    title: str,
    *,
    about: str,
    tells: tuple[Field, ...] = (),
    then: Then | None = None,
    policies: tuple[str, ...] = (),
) -> ActionType:
    """An action without outputs that tells the platform something; `then` sees what, before it is told."""
    return ActionType(
        key,
        title,
        about,
        building(tells, (), then=then),
        tells,
        policies=policies,
        source=f"scripting SDK: {title}",
    )


def attempting(
    key: str, title: str, *, about: str, tells: tuple[Field, ...] = (), says: str = ""
) -> ActionType:
    """An action with Success and Failure that tells the platform something."""
    fields, outputs = (*tells, *ERROR_FIELDS), ("success", "failure")
    return ActionType(
        key,
        title,
        about,
        building(fields, outputs, says=says),
        fields,
        outputs,
        policies=("platform_accepts",),
        source=f"scripting SDK: {title}",
    )

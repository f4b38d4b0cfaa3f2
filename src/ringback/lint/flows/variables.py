"""Checks of variables: never set, never read, never used; names of the platform."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.flows.builtins import BUILT_INS
from ringback.flows.loaders.shapes import is_empty
from ringback.flows.model import Container, Variable
from ringback.lang.expr.typed import Reference, walk
from ringback.lang.expr.types import is_collection
from ringback.lint.flows.subject import FlowSubject
from ringback.lint.flows.uses import VARIABLE
from ringback.lint.model import Finding

_WORD = re.compile(r"\b(?:flow|task|state|common|slot|session)\.\w+", re.IGNORECASE)
_FILLED = ("slot.", "session.")


def _declared(subject: FlowSubject) -> Iterator[tuple[Variable, Container | None]]:
    yield from ((variable, None) for variable in subject.flow.variables)
    for container in subject.flow.containers.values():
        yield from ((variable, container) for variable in container.variables)


def _key(name: str, container: Container | None) -> tuple[str, str]:
    return container.id if container is not None else "", name.strip().lower()


def _own(name: str, container: Container | None) -> tuple[str, str]:
    """The key of the declaration that a name means in a container."""
    lowered = name.strip().lower()
    is_own = container is not None and any(each.name.lower() == lowered for each in container.variables)
    return _key(name, container if is_own else None)


def _read(subject: FlowSubject) -> frozenset[tuple[str, str]]:
    """Variables that something reads: an expression, or any text that is not set there."""
    found: set[tuple[str, str]] = set()
    for located in subject.located:
        if located.use.writes:
            continue
        root = subject.typed(located)
        names = _WORD.findall(located.use.text)
        if not isinstance(root, DefinitionError):
            names += [node.variable.name for node in walk(root) if isinstance(node, Reference)]
        found |= {_own(name, located.container) for name in names}
    return frozenset(found)


def _set(subject: FlowSubject) -> frozenset[tuple[str, str]]:
    """Variables that an action sets, or a caller of the task or flow."""
    found = {
        _own(str(located.use.node.value), located.container)
        for located in subject.located
        if located.use.writes
    }
    return frozenset(found)


def _kept(subject: FlowSubject) -> frozenset[tuple[str, str]]:
    """Variables that are set for their value: not a loop's index, not what a failed step says of itself."""
    found = {
        _own(str(located.use.node.value), located.container)
        for located in subject.located
        if located.use.writes and not {"currentIndex", "failureOutputs"} & set(located.use.path)
    }
    return frozenset(found)


def _mentions(subject: FlowSubject) -> Counter[str]:
    """How often the document names each variable, for what no rule of the language explains."""
    return Counter(found.lower() for found in _WORD.findall(subject.text))


def _is_mentioned(subject: FlowSubject, variable: Variable) -> bool:
    """Whether the document names it more often than its declaration and the actions that set it explain."""
    name = variable.name.strip().lower()
    writes = sum(
        located.use.writes and str(located.use.node.value).strip().lower() == name
        for located in subject.located
    )
    declarations = sum(each.name.lower() == name for each, _ in _declared(subject))
    return subject.flow.form != "export" and subject.once(_mentions)[name] > writes + declarations


def _is_authors(variable: Variable) -> bool:
    """Whether the author made it; a plain flow has `$names` of its own."""
    return not variable.name.startswith("$")


def _span(subject: FlowSubject, variable: Variable) -> Span:
    return variable.span or subject.whole


def never_set(subject: FlowSubject) -> Iterator[Finding]:
    """A variable is read, but it has no initial value and nothing sets it: it is always NOT_SET."""
    for variable, container in _declared(subject):
        key = _key(variable.name, container)
        if variable.is_input or variable.name.lower().startswith(_FILLED) or not is_empty(variable.initial):
            continue
        if key in subject.once(_read) and key not in subject.once(_set) and not _outside(subject, variable):
            what = "an empty collection" if is_collection(variable.type) else "NOT_SET"
            yield Finding(
                _span(subject, variable),
                f"{variable.name} is read, but nothing sets it: it is always {what}",
                "give it an initial value, or set it before it is read",
            )


def _outside(subject: FlowSubject, variable: Variable) -> bool:
    """Whether the variable was only taken from an assignment, or something sets it in an unknown way."""
    return (
        variable.span is None
        or (VARIABLE.fullmatch(variable.name.strip()) is None)
        or _sets_by_name(subject, variable)
    )


def _sets_by_name(subject: FlowSubject, variable: Variable) -> bool:
    """Whether a bare text of an action is the variable's name."""
    name = variable.name.strip().lower()
    return any(
        str(node.value).strip().lower() == name
        for action in subject.actions.values()
        for node in subject.texts(action)
    )


def never_read(subject: FlowSubject) -> Iterator[Finding]:
    """A variable is set, but nothing reads it."""
    for variable, container in _declared(subject):
        key = _key(variable.name, container)
        if variable.is_output or key in subject.once(_read) or key not in subject.once(_kept):
            continue
        if not _is_mentioned(subject, variable) and variable.span is not None:
            yield Finding(
                _span(subject, variable),
                f"{variable.name} is set, but nothing reads it",
                "read it, or remove it",
            )


def never_used(subject: FlowSubject) -> Iterator[Finding]:
    """A variable that nothing reads or sets."""
    for variable, container in _declared(subject):
        key = _key(variable.name, container)
        used = key in subject.once(_read) or key in subject.once(_set)
        if used or variable.is_output or variable.is_input or variable.name.lower().startswith(_FILLED):
            continue
        quiet = _is_mentioned(subject, variable) or _sets_by_name(subject, variable)
        if not quiet and _is_authors(variable):
            yield Finding(_span(subject, variable), f"nothing uses {variable.name}", "remove it")


_LONGEST_NAME = 200


def flow_name(subject: FlowSubject) -> Iterator[Finding]:
    """A name that the platform refuses for a flow."""
    name = subject.flow.name
    if len(name) > _LONGEST_NAME:
        reason = f"has {len(name)} characters, at most {_LONGEST_NAME} are allowed"
    elif "/" in name:
        reason = "holds a slash"
    elif name.lower().endswith("-debug"):
        reason = "ends in -debug, which is how debug versions are dialled"
    else:
        return
    yield Finding(subject.whole, f"the flow's name {reason}", "choose another name")


def name_clash(subject: FlowSubject) -> Iterator[Finding]:
    """Two things of one name: a variable and a built-in one, or two tasks, menus or states."""
    built_ins = {name.lower(): name for name in BUILT_INS}
    for variable, _ in _declared(subject):
        known = built_ins.get(variable.name.strip().lower())
        if known is not None:
            yield Finding(
                _span(subject, variable),
                f"{variable.name} hides the platform's own {known}",
                "choose another name",
            )
    seen: dict[tuple[str, str], Container] = {}
    for container in subject.flow.containers.values():
        key = ("task" if container.kind == "loopTask" else container.kind, container.name.strip().lower())
        if container.kind == "menuTask" or not key[1]:
            continue
        if key in seen:
            message = (
                f"two {key[0]}s are called {container.name!r}: traces and drawings cannot tell them apart"
            )
            yield Finding(subject.place_of(container), message, "rename one of them", severity="warning")
        seen.setdefault(key, container)

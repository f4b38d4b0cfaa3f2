"""Checks of secure variables: who may read them, and where they can be declared.

Architect refuses both when it validates a flow (help: Call Secure Data action; scripting SDK).
"""

from __future__ import annotations

from collections.abc import Iterator

from ringback.core.errors import DefinitionError
from ringback.flows.model import Container, Variable
from ringback.lang.expr.typed import Reference, walk
from ringback.lint.flows.subject import FlowSubject, Located
from ringback.lint.model import Finding

# The only actions that read secure variables.
_READERS = frozenset(("callDataSecure", "extractSecureData"))
# Flow types that have secure variables: secure calls and voice bots.
_HOMES = frozenset(("secureCall", "botFlow", "voice"))


def _secure(subject: FlowSubject, container: Container | None) -> dict[str, Variable]:
    """The secure variables that a container sees, by lower-case name."""
    own = container.variables if container is not None else ()
    found = {each.name.strip().lower(): each for each in (*subject.flow.variables, *own)}
    return {name: each for name, each in found.items() if each.is_secure}


def _read(subject: FlowSubject, located: Located) -> list[str]:
    """The names of the variables that an expression reads."""
    root = subject.typed(located)
    if isinstance(root, DefinitionError):
        return []
    return [node.variable.name for node in walk(root) if isinstance(node, Reference)]


def _may_read(located: Located) -> bool:
    return located.action is not None and located.action.type in _READERS


def secure_read(subject: FlowSubject) -> Iterator[Finding]:
    """A secure variable is read by something else than Call Secure Data or Extract Secure Data."""
    for located in subject.located:
        secure = _secure(subject, located.container)
        if not secure or located.use.writes or _may_read(located):
            continue
        for name in dict.fromkeys(name for name in _read(subject, located) if name.lower() in secure):
            where = located.action.name if located.action is not None else "the flow's settings"
            yield Finding(
                located.use.node.span,
                f"{name} is secure and cannot be read by {where!r}",
                "use Call Secure Data, or take what may be known of it with Extract Secure Data",
            )


def secure_declaration(subject: FlowSubject) -> Iterator[Finding]:
    """A secure variable where there can be none: in another type of flow, or as an output."""
    for container in (None, *subject.flow.containers.values()):
        for variable in container.variables if container is not None else subject.flow.variables:
            if not variable.is_secure:
                continue
            span = variable.span or subject.whole
            if subject.flow.type not in _HOMES:
                message = (
                    f"{variable.name} is secure: flows of type {subject.flow.type} have no secure variables"
                )
                yield Finding(span, message, "move it to a secure flow, or make it a normal variable")
            elif variable.is_output:
                message = f"{variable.name} is secure and an output: a secure value never leaves its flow"
                yield Finding(span, message, "make it one of the two")

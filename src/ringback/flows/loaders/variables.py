"""Variables of an Archy flow: the declared ones, and those that actions assign without a declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringback.core.span import Span
from ringback.documents import Node, Problems
from ringback.flows.builtins import built_in
from ringback.flows.keys import VARIABLE_KEYS
from ringback.flows.loaders.graph import Draft
from ringback.flows.loaders.shapes import flag_of, single_items, text_of
from ringback.flows.model import Variable
from ringback.lang.expr.types import code_of_kind, code_of_variable

_SCOPES = ("flow.", "task.", "state.", "common.", "slot.", "session.")
# Scopes in which an assignment may stand for a declaration.
_INFERRED = ("flow.", "task.", "state.", "common.")
# Nested actions have their own turn.
_NESTED = frozenset({"outputs", "evaluate", "task"})

# Types of what actions write, where the key says it; the rest is taken as String.
_WRITES = {
    "currentIndex": "int",
    "actualRepeatCount": "int",
    "inServiceSchedules": "str_coll",
    "externalResults": "cpx_external_contact_coll",
    "knowledgeSearchResult": "kbd_coll",
    "positionInQueue": "int",
}
_FINDS = {
    "findQueue": "que",
    "findQueueById": "que",
    "findUser": "usr",
    "findUserById": "usr",
    "findUsersById": "usr_coll",
    "findGroup": "grp",
    "findSkill": "skl",
    "findLanguageSkill": "lac",
    "findSchedule": "sch",
    "findScheduleGroup": "sqg",
    "findEmergencyGroup": "emg",
    "findUserPrompt": "pmt",
    "findSystemPrompt": "pmt",
    "getExternalContact": "cpx_external_contact",
    "promoteExternalContact": "cpx_external_contact",
    "getExternalOrganization": "cpx_external_organization",
}


def declared(node: Node | None, problems: Problems, *, plain: bool = False) -> tuple[Variable, ...]:
    """The variables of a `variables:` list; `plain`: `$name` is a name too."""
    scopes = (*_SCOPES, "$") if plain else _SCOPES
    found: dict[str, Variable] = {}
    for key, body, item in single_items(node, "variables", problems=problems):
        variable = _variable(key, body, item=item, problems=problems, scopes=scopes)
        if variable is None:
            continue
        if variable.name.lower() in found:
            message = f"two variables are called {variable.name!r} (case does not count)"
            problems.error("RB033", message, span=variable.span, hint="rename or remove one of them")
        found.setdefault(variable.name.lower(), variable)
    return tuple(found.values())


def _variable(
    key: str, body: Node, *, item: Node, problems: Problems, scopes: tuple[str, ...]
) -> Variable | None:
    name_node = body.get("name")
    name = text_of(name_node)
    if name_node is None or not name.lower().startswith(scopes):
        place = name_node.span if name_node is not None else item.span
        hint = f"write `name: Flow.{name or 'points'}` (or Task., State.)"
        problems.error("RB032", f"the variable {name!r} has no scope in its name", span=place, hint=hint)
        return None
    problems.unknown_keys(body, VARIABLE_KEYS, where=f"in the variable {name!r}")
    type_ = code_of_variable(key)
    if type_ is None:
        message = f"the kind {key!r} of the variable {name!r} is not known; it is taken as any type"
        problems.warn("RB031", message, span=item.key_span(key), hint="e.g. stringVariable, integerVariable")
    return Variable(
        name=name,
        type=type_ or "any",
        initial=body.get("initialValue"),
        is_input=flag_of(body.get("isInput")),
        is_output=flag_of(body.get("isOutput")),
        is_secure=flag_of(body.get("isSecure")),
        description=text_of(body.get("description")),
        span=name_node.span,
    )


def undeclared(drafts: Iterable[Draft], known: set[str], *, problems: Problems) -> Iterator[Variable]:
    """A variable for each name that actions assign and nobody declares, with a warning."""
    seen = set(known)
    for draft in (nested for top in drafts for nested in top.walk()):
        for name, type_, span in _assigned(draft):
            if name.lower() in seen or built_in(name) or not name.lower().startswith(_INFERRED):
                continue
            seen.add(name.lower())
            message = f"the variable {name!r} is assigned but not declared; it is taken as {type_!r}"
            problems.warn("RB028", message, span=span, hint="declare it under `variables:`")
            yield Variable(name=name, type=type_, span=span)


def _assigned(draft: Draft) -> Iterator[tuple[str, str, Span]]:
    """Name, type and place of each variable that an action writes."""
    if draft.type == "updateData":
        yield from _statements(draft.body.get("statements"))
        return
    for key, member in draft.body.items():
        if key not in _NESTED:
            type_ = _FINDS.get(draft.type) if key in ("findResult", "externalResult") else _WRITES.get(key)
            yield from _written(member, type_ or "str")


def _statements(node: Node | None) -> Iterator[tuple[str, str, Span]]:
    for statement in node or ():
        for kind, body in statement.items():
            variable = body.get("variable")
            if variable is not None and variable.value is not None:
                yield text_of(variable), code_of_kind(kind) or "any", variable.span


def _written(node: Node, type_: str) -> Iterator[tuple[str, str, Span]]:
    """`{var: name}` and `{variable: name}` anywhere in a field."""
    stack = [node]
    while stack:
        current = stack.pop()
        for key, member in current.items():
            if key in ("var", "variable") and isinstance(member.value, str):
                yield member.value, type_, member.span
            else:
                stack.append(member)
        stack.extend(current)

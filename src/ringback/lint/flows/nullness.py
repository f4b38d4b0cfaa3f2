"""What a value is on the way through a flow: not set, set, maybe either, or one constant.

`Reading` walks a checked expression in one state of the variables: it tells the value, and every operand that
may be NOT_SET where the function or operator raises (architect-behaviour A.6). `refined` is the state behind
a condition that came out true or false; None when it cannot come out so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeAlias

from ringback.lang.expr.typed import Access, Constant, Operation, Reference, Typed, walk
from ringback.lang.expr.types import base, is_collection


class Is(Enum):
    """What is known of a value of which no constant is known."""

    UNSET = "not set"
    SET = "set"
    MAYBE = "maybe set"


@dataclass(frozen=True, slots=True)
class Const:
    """A value that is known."""

    value: Any


Value: TypeAlias = Is | Const
_SIMPLE = (str, bool, int)


@dataclass(frozen=True, slots=True)
class State:
    """What is known at one place of a flow.

    Attributes:
        values: variable key -> value; a variable that is absent counts as set.
        checked: collections whose size was looked at, in lower case.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[Any, ...]:
        """The same for equal states."""
        return frozenset(self.values.items()), self.checked

    def get(self, name: str) -> Value:
        """What is known of a variable."""
        return self.values.get(name, Is.SET)

    def having(self, name: str, value: Value) -> State:
        """The state with one variable changed."""
        if self.get(name) == value:
            return self
        return replace(self, values={**self.values, name: value})

    def looked_at(self, names: frozenset[str]) -> State:
        """The state in which the sizes of more collections are known."""
        return self if names <= self.checked else replace(self, checked=self.checked | names)

    def forgetting(self, names: frozenset[str]) -> State:
        """The state in which the sizes of collections are unknown again."""
        return replace(self, checked=self.checked - names) if self.checked & names else self

    def joined(self, other: State) -> State:
        """What holds in both."""
        names = {*self.values, *other.values}
        values = {name: join(self.get(name), other.get(name)) for name in names}
        return State(
            {name: value for name, value in values.items() if value != Is.SET}, self.checked & other.checked
        )


def join(one: Value, other: Value) -> Value:
    """What is known when it is either of two."""
    if one == other:
        return one
    if _is_set(one) and _is_set(other):
        return Is.SET
    return Is.MAYBE


def _is_set(value: Value) -> bool:
    return value not in (Is.UNSET, Is.MAYBE)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An operand that may be NOT_SET where that raises, or an index that nobody checked.

    Attributes:
        operand: the operand, or the collection.
        by: what raises: the function, operator or property.
        value: UNSET or MAYBE; SET for an index.
        within: the operation that raises, if it is one.
    """

    operand: Typed
    by: str
    value: Value
    within: Typed


@dataclass(slots=True)
class Reading:
    """Reads expressions in a state; `names` gives the key of a variable."""

    names: Callable[[str], str]
    troubles: list[Trouble] = field(default_factory=list)

    def value(self, node: Typed, state: State) -> Value:
        """What the node gives in a state; troubles are noted."""
        if isinstance(node, Constant):
            if node.value is None:
                return Is.UNSET
            return Const(node.value) if isinstance(node.value, _SIMPLE) else Is.SET
        if isinstance(node, Reference):
            return state.get(self.names(node.variable.name))
        if isinstance(node, Access):
            self._need(node.target, f".{node.name}", state=state, within=node)
            return Is.SET
        return self._operation(node, state)

    def _need(self, operand: Typed, by: str, *, state: State, within: Typed) -> None:
        found = self.value(operand, state)
        if found in (Is.UNSET, Is.MAYBE) and not (isinstance(operand, Constant) and by.startswith(".")):
            self.troubles.append(Trouble(operand, by, found, within))

    def _operation(self, node: Operation, state: State) -> Value:
        name = node.name.lower()
        if name in ("if", "?") and len(node.operands) == 3:
            return self._choice(node, state)
        if name in ("and", "or"):
            return self._junction(node, state, word=name)
        found: list[Value] = []
        parameters = node.overload.parameters
        for index, operand in enumerate(node.operands):
            value = self.value(operand, state)
            found.append(value)
            parameter = parameters[min(index, len(parameters) - 1)] if parameters else None
            if value in (Is.UNSET, Is.MAYBE) and parameter is not None and not parameter.not_set:
                self.troubles.append(Trouble(operand, node.name, value, node))
        if name in ("[", "getat"):
            self._index(node, state)
        return _result(node, name, values=found)

    def _choice(self, node: Operation, state: State) -> Value:
        condition, then, otherwise = node.operands
        known = self.value(condition, state)
        found: Value | None = None
        for truth, branch in ((True, then), (False, otherwise)):
            if known in (Const(not truth), Is.UNSET if truth else Const(True)):
                continue
            behind = refined(condition, state, truth=truth, names=self.names)
            if behind is not None:
                value = self.value(branch, behind)
                found = value if found is None else join(found, value)
        return Is.SET if found is None else found

    def _junction(self, node: Operation, state: State, *, word: str) -> Value:
        left, right = node.operands
        first = self.value(left, state)
        if first in (Is.UNSET, Is.MAYBE):
            self.troubles.append(Trouble(left, node.name, first, node))
        stops = word == "or"
        if first == Const(stops):
            return first
        behind = refined(left, state, truth=not stops, names=self.names)
        if behind is None:
            return Const(stops)
        second = self.value(right, behind)
        if second in (Is.UNSET, Is.MAYBE):
            self.troubles.append(Trouble(right, node.name, second, node))
        return second if first == Const(not stops) else Is.SET

    def _index(self, node: Operation, state: State) -> None:
        index, collection = node.operands if node.name == "[" else reversed(node.operands)
        if not _is_indexed(collection.type):
            return
        at = index.value if isinstance(index, Constant) else None
        if isinstance(collection, Operation):
            trouble = collection.name == "Split" and at != 0 and str(collection).lower() not in state.checked
        else:
            name = str(collection).lower()
            trouble = not {name, f"{name}#{at}"} & state.checked
        if trouble:
            self.troubles.append(Trouble(collection, node.name, Is.SET, node))


def _is_indexed(type_: str) -> bool:
    """Whether a value of the type has items: a collection, or JSON, which may be a list."""
    return is_collection(type_) or base(type_) == "jsn"


def _result(node: Operation, name: str, *, values: list[Value]) -> Value:
    first = values[0] if values else Is.SET
    if name == "isset":
        return Const(first != Is.UNSET) if first not in (Is.MAYBE, Is.SET) else Is.SET
    if name == "isnotsetorempty":
        return _is_empty(first)
    if name in ("==", "!=", "areequal") and len(values) == 2:
        return _equal(values, wanted=name != "!=")
    if name == "!" and isinstance(first, Const):
        return Const(not first.value)
    if name.startswith("to") and len(values) == 1 and first in (Is.UNSET, Is.MAYBE):
        return first
    return Is.MAYBE if _looks_up(node) else Is.SET


def _looks_up(node: Operation) -> bool:
    """Whether it is a look-up by a computed name, which may find nothing."""
    found = node.name.startswith("Find") and node.overload.style == "context"
    return found and not all(isinstance(operand, Constant) for operand in node.operands)


def _is_empty(value: Value) -> Value:
    if value == Is.UNSET:
        return Const(True)
    return Const(value.value == "") if isinstance(value, Const) else Is.SET


def _equal(values: list[Value], *, wanted: bool) -> Value:
    one, other = values
    if isinstance(one, Const) and isinstance(other, Const) and type(one.value) is type(other.value):
        return Const((_folded(one.value) == _folded(other.value)) is wanted)
    if one == other == Is.UNSET:
        return Const(wanted)
    if Is.UNSET in (one, other) and any(isinstance(each, Const) for each in values):
        return Const(not wanted)
    return Is.SET


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


# ---- behind a condition

Names: TypeAlias = Callable[[str], str]


def refined(node: Typed, state: State, *, truth: bool, names: Names) -> State | None:
    """The state when a condition came out so; None when it cannot."""
    state = state.looked_at(frozenset(_measured(node)))
    if isinstance(node, Constant):
        return state if node.value is truth else None
    if isinstance(node, Reference):
        return _is(state, names(node.variable.name), value=Const(truth), same=True)
    if isinstance(node, Operation):
        return _refined_operation(node, state, truth=truth, names=names)
    return state


def _refined_operation(node: Operation, state: State, *, truth: bool, names: Names) -> State | None:
    name = node.name.lower()
    if name == "!":
        return refined(node.operands[0], state, truth=not truth, names=names)
    if name in ("and", "or"):
        return _refined_junction(node, state, truth=truth, names=names)
    if name in ("if", "?") and len(node.operands) == 3:
        return _refined_choice(node, state, truth=truth, names=names)
    if name == "isset" and isinstance(node.operands[0], Reference):
        return _is(state, _key(node.operands[0], names), value=Is.UNSET, same=not truth)
    if name == "isnotsetorempty":
        return _refined_empty(node.operands[0], state, truth=truth, names=names)
    if name in ("==", "!=", "areequal") and len(node.operands) == 2:
        return _refined_equal(node, state, truth=truth is (name != "!="), names=names)
    return state


def _key(node: Reference, names: Names) -> str:
    return names(node.variable.name)


def _refined_junction(node: Operation, state: State, *, truth: bool, names: Names) -> State | None:
    left, right = node.operands
    if truth is (node.name.lower() == "and"):
        behind = refined(left, state, truth=truth, names=names)
        return None if behind is None else refined(right, behind, truth=truth, names=names)
    ways = [refined(left, state, truth=truth, names=names)]
    other = refined(left, state, truth=not truth, names=names)
    ways.append(None if other is None else refined(right, other, truth=truth, names=names))
    possible = [way for way in ways if way is not None]
    if not possible:
        return None
    return possible[0] if len(possible) == 1 else possible[0].joined(possible[1])


def _refined_choice(node: Operation, state: State, *, truth: bool, names: Names) -> State | None:
    """`If(condition, true, false)`, as the editor likes to write a condition."""
    condition, then, otherwise = node.operands
    constants = [part.value if isinstance(part, Constant) else None for part in (then, otherwise)]
    if constants in ([True, False], [False, True]):
        return refined(condition, state, truth=truth is constants[0], names=names)
    return state


def _refined_empty(operand: Typed, state: State, *, truth: bool, names: Names) -> State | None:
    operand = _bare(operand)
    if not isinstance(operand, Reference):
        return state
    key = _key(operand, names)
    if not truth:
        return None if state.get(key) in (Is.UNSET, Const("")) else _certain(state, key)
    if isinstance(state.get(key), Const):
        return state if state.get(key) == Const("") else None
    return state if state.get(key) == Is.UNSET or is_collection(operand.type) else state.having(key, Is.MAYBE)


def _certain(state: State, key: str) -> State:
    return state.having(key, Is.SET) if state.get(key) == Is.MAYBE else state


def _refined_equal(node: Operation, state: State, *, truth: bool, names: Names) -> State | None:
    left, right = (_bare(operand) for operand in node.operands)
    if isinstance(left, Constant):
        left, right = right, left
    if not isinstance(left, Reference):
        return state
    key = _key(left, names)
    if isinstance(right, Constant):
        value = Is.UNSET if right.value is None else Const(right.value)
        return (
            _is(state, key, value=value, same=truth)
            if isinstance(right.value, (*_SIMPLE, type(None)))
            else state
        )
    return _certain(state, key) if truth else state


def _bare(node: Typed) -> Typed:
    """The operand of a cast that the value does not change."""
    while (
        isinstance(node, Operation) and node.name in ("ToString", "Trim", "Lower", "Upper") and node.operands
    ):
        node = node.operands[0]
    return node


def _is(state: State, key: str, *, value: Value, same: bool) -> State | None:
    """The state when a variable is, or is not, a value."""
    known = state.get(key)
    if same:
        impossible = isinstance(known, Const) and (value == Is.UNSET or _differ(known, value))
        if impossible or (known == Is.UNSET and value != Is.UNSET):
            return None
        return state.having(key, value)
    if known == value and (isinstance(known, Const) or known == Is.UNSET):
        return None
    return _certain(state, key) if value == Is.UNSET else state


def _differ(one: Const, other: Value) -> bool:
    if not isinstance(other, Const) or type(one.value) is not type(other.value):
        return False
    return bool(_folded(one.value) != _folded(other.value))


def _measured(node: Typed) -> Iterator[str]:
    """Collections whose size or content the expression looks at."""
    for each in walk(node):
        if isinstance(each, Operation) and each.name not in ("[", "GetAt"):
            for operand in each.operands:
                if _is_indexed(operand.type) or each.name in ("IsNotSetOrEmpty", "Contains", "FindString"):
                    yield str(operand).lower()
                    if isinstance(operand, Operation):
                        yield from (str(part).lower() for part in operand.operands)


def measured(node: Typed) -> frozenset[str]:
    """Collections whose size or content the expression looks at, in lower case."""
    return frozenset(_measured(node))

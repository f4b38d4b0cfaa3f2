"""Which variables an expression sees, and where the session keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ringback.flows.builtins import BUILT_INS
from ringback.flows.model import Container, Flow
from ringback.flows.model import Variable as Declared
from ringback.lang.expr import Variable
from ringback.lang.expr.values import Entity

_PROMPTS = ("prompt.", "promptsystem.")


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a variable of the flow lives: in the flow's list or in the current task's."""

    name: str
    type: str
    index: int
    of_task: bool
    secure: bool = False
    is_input: bool = False
    is_output: bool = False

    def reader(self) -> Callable[[Any], Any]:
        """Reads the raw value from a session."""
        index = self.index
        if self.of_task:
            return lambda run: run.task[index]
        return lambda run: run.flow[index]

    def setter(self) -> Callable[[Any, Any], None]:
        """Assigns a raw value in a session, with its event."""

        def assign(run: Any, raw: Any) -> None:
            run.assign(self, raw)

        return assign


def slots_of(declared: Iterable[Declared], *, of_task: bool) -> dict[str, Slot]:
    """Slots by lower-case name, in order of declaration."""
    found: dict[str, Slot] = {}
    for variable in declared:
        key = variable.name.lower()
        if key not in found:
            flags = (variable.is_secure, variable.is_input, variable.is_output)
            found[key] = Slot(variable.name, variable.type, len(found), of_task, *flags)
    return found


def _prompt(name: str) -> Variable | None:
    prefix, _, rest = name.partition(".")
    if f"{prefix.lower()}." not in _PROMPTS or not rest:
        return None
    value = Entity("pmt", None, rest, {})
    return Variable(name, "pmt", lambda _run: value, id=f"__{rest.replace('_', '')}__", built_in=True)


def _built_in(name: str, type_: str, *, identifier: str) -> Variable:
    return Variable(name, type_, lambda run: run.built_in(name), id=identifier, built_in=True)


_BUILT_INS = {
    name.lower(): _built_in(name, type_, identifier=id_) for name, (type_, id_) in BUILT_INS.items()
}


class FlowScope:
    """The variables visible in one container: its own, the flow's, the built-in ones, prompts."""

    def __init__(self, flow_slots: Mapping[str, Slot], task_slots: Mapping[str, Slot]) -> None:
        self.flow_slots = flow_slots
        self.task_slots = task_slots

    def slot(self, name: str) -> Slot | None:
        """The slot of a variable of the flow or the task."""
        key = name.strip().lower()
        return self.task_slots.get(key) or self.flow_slots.get(key)

    def lookup(self, name: str) -> Variable | None:
        """The variable of that name, ignoring case."""
        if (slot := self.slot(name)) is not None:
            return Variable(slot.name, slot.type, slot.reader())
        return _BUILT_INS.get(name.lower()) or _prompt(name)

    def names(self) -> list[str]:
        """Every name that can be written here."""
        own = [slot.name for slot in (*self.task_slots.values(), *self.flow_slots.values())]
        return [*own, *BUILT_INS]


def flow_slots(flow: Flow) -> dict[str, Slot]:
    """Slots of the flow's variables."""
    return slots_of(flow.variables, of_task=False)


def task_slots(container: Container) -> dict[str, Slot]:
    """Slots of a container's variables."""
    return slots_of(container.variables, of_task=True)

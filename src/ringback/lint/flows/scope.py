"""Which variables the expressions of a flow see, with their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ringback.flows.builtins import BUILT_INS
from ringback.flows.model import Variable as Declared
from ringback.lang.expr import Variable
from ringback.lang.expr.raw import Entity

# Words that authors may put before their own names; everything else is the platform's.
OWN_SCOPES = frozenset(("flow", "task", "state", "common", "slot", "session"))


def _read(_environment: object) -> None:
    raise AssertionError("expressions are checked here, not computed")


_BUILT_INS = {
    name.lower(): Variable(name, type_, _read, built_in=True) for name, (type_, _) in BUILT_INS.items()
}


@dataclass(frozen=True, slots=True)
class FlowNames:
    """The variables of a container, of the flow, the built-in ones, prompts."""

    variables: Mapping[str, Variable]

    @classmethod
    def of(cls, *declared: Iterable[Declared]) -> FlowNames:
        """The scope of declared variables; the first declaration of a name counts."""
        found: dict[str, Variable] = {}
        for variable in (each for group in declared for each in group):
            found.setdefault(variable.name.strip().lower(), Variable(variable.name, variable.type, _read))
        return cls(found)

    def lookup(self, name: str) -> Variable | None:
        """The variable of that name, ignoring case; `Prompt.x` and `PromptSystem.x` name prompts."""
        key = name.strip().lower()
        return self.variables.get(key) or _BUILT_INS.get(key) or _prompt(name)

    def names(self) -> list[str]:
        """Every name that can be written here."""
        return [variable.name for variable in (*self.variables.values(), *_BUILT_INS.values())]


def _prompt(name: str) -> Variable | None:
    prefix, _, rest = name.partition(".")
    if prefix.lower() not in ("prompt", "promptsystem") or not rest:
        return None
    return Variable(name, "pmt", lambda _run: Entity("pmt", None, rest, {}), built_in=True)

"""What an expression may ask of the flow that it runs in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that an expression can name.

    Attributes:
        name: the declared spelling, e.g. "Flow.points"; look-up ignores case.
        type: type code, e.g. "int", "str_coll".
        read: gives the raw value from the environment that the compiled expression is called with.
        id: identifier for Architect's configuration tree (a GUID, or "__CALL_ANI__" of a built-in).
        built_in: whether it is a read-only built-in (`sysref` in the configuration tree).
    """

    name: str
    type: str
    read: Callable[[Any], Any]
    id: str = ""
    built_in: bool = False


class Scope(Protocol):
    """Finds the variables that are visible where an expression stands."""

    def lookup(self, name: str) -> Variable | None:
        """The variable of that name, ignoring case; None when there is none."""
        ...

    def names(self) -> list[str]:
        """Every visible name, for the hint of an error."""
        ...


class Services(Protocol):
    """What functions may ask besides their operands; reached as `env.services`."""

    def now(self) -> datetime:
        """The (virtual) current moment, aware, UTC, whole seconds."""
        ...

    def random(self) -> float:
        """A random number from the seam, 0 <= x < 1."""
        ...

    def find(self, kind: str, key: str, by: str) -> Any:
        """The one object of a kind ("que", "usr", "skl", …) by "name" or "id"; None when not exactly one."""
        ...

    def policy(self, name: str) -> str:
        """The choice of a named policy; notes that it was used."""
        ...

    def language(self, which: str) -> Any:
        """The "default" language tag, or the tuple of all "supported" ones."""
        ...


class Environment(Protocol):
    """The object that a compiled expression is called with."""

    services: Services

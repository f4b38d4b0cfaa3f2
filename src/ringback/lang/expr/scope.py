"""Scopes and environments of expressions that stand alone: for `check` and `evaluate`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ringback.core.policies import Policies
from ringback.lang.expr.environment import Variable
from ringback.lang.expr.raw import Entity

# Scopes whose variables an author declares; any other first word (Call, Email, Survey, …) is Architect's own.
_DECLARED = frozenset(("flow", "task", "state", "slot", "common", "prompt", "entity"))
# Built-ins that Architect keeps under the name of another scope, as public exports show.
_IDS: Mapping[str, str] = {
    "call.contact": "__FLOW_CONTACT__",
    "flow.holdprompt": "__FLOW_HOLD_PROMPT__",
    "workitem.eventtype": "__EVENT_TYPE__",
}
# The start of every run without one of its own, as `core.seam.DEFAULT_START`; importing that costs time.
_NOW = datetime(2025, 6, 2, 10, 0, 0, tzinfo=UTC)
_PROMPT = re.compile(r"prompt(?:system)?\.(\w+)", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Names:
    """A scope over a mapping of names to type codes; reads `env.values` by lower-case name."""

    variables: Mapping[str, Variable]

    @classmethod
    def of(cls, types: Mapping[str, str]) -> Names:
        """The scope of declared types; a name behind `Call.` and the like counts as built-in."""
        return cls({name.lower(): _variable(name, type_) for name, type_ in types.items()})

    def lookup(self, name: str) -> Variable | None:
        """The variable of that name, ignoring case; `Prompt.x` and `PromptSystem.x` name prompts."""
        return self.variables.get(name.lower()) or _prompt(name)

    def names(self) -> list[str]:
        """Every name as it was given."""
        return [variable.name for variable in self.variables.values()]


def built_in_id(name: str) -> str:
    """Architect's id of a built-in, empty for a name that an author declares.

    >>> built_in_id("Call.PositionInQueue"), built_in_id("PromptSystem.on_hold_music"), built_in_id("Flow.x")
    ('__CALL_POSITION_IN_QUEUE__', '__on_hold_music__', '')
    """
    scope, dot, rest = name.partition(".")
    if name.lower() in _IDS:
        return _IDS[name.lower()]
    if not dot or scope.lower() in _DECLARED:
        return ""
    if scope.lower() == "promptsystem":
        return f"__{rest}__"
    return f"__{scope.upper()}_{_HUMP.sub('_', rest).upper()}__"


def _variable(name: str, type_: str) -> Variable:
    identifier = built_in_id(name)
    return Variable(name, type_, _reader(name.lower()), identifier, built_in=bool(identifier))


def _prompt(name: str) -> Variable | None:
    match = _PROMPT.fullmatch(name)
    if match is None:
        return None
    prompt, identifier = Entity("pmt", None, match[1]), built_in_id(name)
    return Variable(name, "pmt", lambda _: prompt, identifier, built_in=bool(identifier))


def _reader(key: str) -> Callable[[Any], Any]:
    def read(env: Bench) -> Any:
        return env.values.get(key)

    return read


@dataclass(slots=True)
class Bench:
    """The environment of `evaluate`: given values, a clock that stands, an empty organisation."""

    values: Mapping[str, Any]
    policies: Policies = field(default_factory=Policies)

    @property
    def services(self) -> Bench:
        """Itself: the environment is also what functions ask."""
        return self

    def now(self) -> datetime:
        """Always the same moment: evaluating an expression takes no time."""
        return _NOW

    def random(self) -> float:
        """Always one half: an expression on its own gives the same result each time."""
        return 0.5

    def find(self, kind: str, key: str, by: str) -> Any:  # noqa: ARG002 - the signature of Services
        """Nothing: an expression on its own has no organisation around it."""
        return None

    def policy(self, name: str) -> str:
        """The default of a policy, or the choice that was given."""
        return self.policies.get(name)

    def language(self, which: str) -> Any:
        """American English, the only language of an expression on its own."""
        return "en-US" if which == "default" else ("en-US",)

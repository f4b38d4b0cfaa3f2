"""What an Architect action is made of.

An action type declares its fields (which hold values, which name variables that it writes, which name
things of the organisation), its outputs, and a `build` function that turns one action of a flow into a
compiled `Step` once. A step asks the world by returning an effect and leaves through an `Exit`; it never
blocks and keeps nothing in Python between an effect and its reply but `run.memo`, so that a session can be
written down at every effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, Protocol, TypeAlias

from ringback.documents import Node
from ringback.flows.effects import AnyEffect, Reply, Tell
from ringback.flows.keys import ACTION_KEYS
from ringback.flows.model import Action
from ringback.lang.expr.environment import Services
from ringback.trace.events import Event

# value: a wrapped value (lit, exp, tts …). writes: a variable that the action sets. name: a user's name for
# something, as a key or plain text. word: a bare keyword. ref: a reference to a container.
Role = Literal["value", "writes", "name", "word", "ref"]

# An action's answer is one of these; see `Next`.
OPEN_END = -1
# Flow types whose sessions are those of bots.
BOTS = frozenset({"botFlow", "digitalBot", "digitalBotFlow", "voice"})
# Actions whose path comes back to them.
LOOPS = frozenset({"loop", "loopUntil", "loopAnythingElse"})


@dataclass(frozen=True, slots=True)
class Exit:
    """Leave the action: through a named output ("" is the way down), on to the node of that index."""

    output: str
    target: int


@dataclass(frozen=True, slots=True)
class Enter:
    """Go to another container and do not come back (jumpToTask, jumpToMenu, a menu's choice)."""

    container: int
    inputs: tuple[tuple[str, Any], ...] = ()
    how: str = "jump"


@dataclass(frozen=True, slots=True)
class Call:
    """Run a task and come back: the action is resumed with the path it ended on and its outputs."""

    container: int
    inputs: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class CallFlow:
    """Run another flow and come back: the action is resumed with (branch, raw outputs by lower-case name).

    A flow that nobody loaded becomes the effect `unknown`, and the action is resumed with its reply.

    Attributes:
        kinds: flow types that it may have, e.g. ("commonModule",).
        inputs: (name with scope, raw value).
        unknown: what is asked when nobody loaded the flow.
        said: what the customer said already.
    """

    kinds: tuple[str, ...]
    name: str
    inputs: tuple[tuple[str, Any], ...]
    unknown: Tell
    said: str = ""


@dataclass(frozen=True, slots=True)
class Goto:
    """Go on at a node of another container, whose variables start afresh, and do not come back."""

    target: int


@dataclass(frozen=True, slots=True)
class Return:
    """End the task through a named output path."""

    output: str


@dataclass(frozen=True, slots=True)
class Finish:
    """End the flow.

    Attributes:
        kind: "disconnect", "transferToAcd" … as in `ringback run`'s JSON.
        target_type, target: where a transfer went.
        details: further facts of the end (priority, skills …).
        status: "ended", or "waiting" when it goes on once a person does something.
    """

    kind: str
    target_type: str = ""
    target: str = ""
    details: tuple[tuple[str, Any], ...] = ()
    status: str = "ended"


Next: TypeAlias = AnyEffect | Exit | Enter | Call | CallFlow | Goto | Return | Finish


@dataclass(frozen=True, slots=True)
class LoopState:
    """Where a running loop stands: the index of its current turn and the number of turns."""

    index: int
    count: int


class FlowFault(Exception):  # noqa: N818 - an event of the flow, not an error of ours
    """The step cannot be executed: the flow's error handling takes over (not a Failure path)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Run(Protocol):
    """What a step may do with the running session; also the environment of its expressions."""

    services: Services
    memo: dict[str, Any]
    language: str
    participant_data: dict[str, str]
    default_language: str

    def emit(self, event: Event) -> None:
        """Add an event to the trace, with id, time and action filled in."""
        ...

    def loop(self) -> LoopState | None:
        """The state of the loop that the current action is, or None before its first turn."""
        ...

    def set_loop(self, state: LoopState | None) -> None:
        """Remember or forget the state of the current loop action."""
        ...

    def end_of_task(self) -> Mapping[str, Any]:
        """Values of the current task's output variables, by name without scope."""
        ...


Getter: TypeAlias = Callable[[Any], Any]
Setter: TypeAlias = Callable[[Any, Any], None]
Begin: TypeAlias = Callable[[Any], Next]
Resume: TypeAlias = Callable[[Any, Any], Next]


def _no_reply(_run: Run, _reply: Reply) -> NoReturn:
    raise AssertionError("this action asks for nothing, so nothing can be answered")


@dataclass(frozen=True, slots=True)
class Step:
    """One compiled action: `begin` when it is reached, `resume` when its effect is answered."""

    begin: Begin
    resume: Resume = _no_reply


class Builder(Protocol):
    """Compiles one action: gives a `build` function its values, variables, exits and containers."""

    @property
    def action(self) -> Action:
        """The action that is compiled."""
        ...

    def value(self, path: str, type_: str, *, default: Any = None) -> Getter:
        """The getter of a wrapped value; of `default` when the field is missing or says noValue."""
        ...

    def has(self, path: str) -> bool:
        """Whether the field is there and holds more than noValue."""
        ...

    def compile(self, node: Node, type_: str | None) -> Getter:
        """The getter of a wrapped value that stands anywhere in the body."""
        ...

    def type_of(self, node: Node) -> str:
        """The type code that a wrapped value has without a target."""
        ...

    def text(self, path: str) -> Getter:
        """The getter of an audio field as spoken text ("" when missing)."""
        ...

    def communication(self, node: Node | None) -> Getter:
        """The getter of a communication that stands anywhere, as text ("" when missing)."""
        ...

    def duration(self, path: str, setting: str, fallback_ms: int) -> Getter:
        """Milliseconds of a Duration field, else of the flow's setting, else the platform's default."""
        ...

    def writes(self, path: str) -> Setter | None:
        """The setter of the variable that a field names; None when it names none."""
        ...

    def setter(self, node: Node | None) -> Setter | None:
        """The same for a node (`{var: Flow.x}` or bare `Flow.x`)."""
        ...

    def variable_type(self, node: Node | None) -> str:
        """Type code of the variable that a node names; "any" when none."""
        ...

    @property
    def flow_type(self) -> str:
        """The flow's type in Archy's spelling."""
        ...

    def flow_setting(self, path: str) -> Node | None:
        """A member of the flow's settings blocks, e.g. "settingsUserInput.noInputsMax"; None when unset."""
        ...

    def container_named(self, node: Node | None) -> int | None:
        """Index of the container that a reference inside a settings block names; None for none."""
        ...

    def menu_around(self, *, up: int) -> int | None:
        """Index of the menu that the action belongs to (`up` 0), or of the one above (1); None for none."""
        ...

    def has_variable(self, name: str) -> bool:
        """Whether a variable of the flow or the task has that name."""
        ...

    def is_secure(self, node: Node | None) -> bool:
        """Whether a value reads a secure variable, or a field names one."""
        ...

    def name(self, path: str) -> str:
        """Plain text of a field, "" when missing."""
        ...

    def node(self, path: str) -> Node | None:
        """The raw node of a field."""
        ...

    def down(self) -> Exit:
        """The exit to the action below."""
        ...

    def exit(self, output: str) -> Exit:
        """The exit through a named output; falls through to the action below when that branch is empty."""
        ...

    def container(self) -> int:
        """Index of the container that the action refers to."""
        ...

    def task_inputs(self, path: str) -> Callable[[Any], tuple[tuple[str, Any], ...]]:
        """Values for the input variables of the referred task."""
        ...

    def task_outputs(self, path: str) -> Mapping[str, Setter]:
        """Setters for the output variables of the referred task, by name without scope, lower case."""
        ...

    def fail(self, message: str, node: Node | None = None, *, hint: str = "") -> NoReturn:
        """Stop with a DefinitionError at a node of the action."""
        ...


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an action, declared for checks, documentation and dependency lists.

    Attributes:
        path: key path in the body; `*` stands for a user's name as key or any list index.
        type: expression type code of the value ("any" when it varies), or the kind of thing named.
        role: see `Role`.
        about: one sentence.
    """

    path: str
    type: str
    role: Role = "value"
    required: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class ActionType:
    """A kind of Architect action.

    Attributes:
        key: Archy's key, also the name of its module and fixture.
        title: Architect's name for it.
        about: what it does, for the reference page.
        build: compiles one action.
        fields: see `Field`.
        outputs: declared outputs; "case*" stands for numbered cases, "*" for names that a document defines.
        ends: it never continues below.
        policies: named policies that it uses.
        source: where the rule comes from.
    """

    key: str
    title: str
    about: str
    build: Callable[[Builder], Step]
    fields: tuple[Field, ...] = ()
    outputs: tuple[str, ...] = ()
    ends: bool = False
    policies: tuple[str, ...] = ()
    source: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Every key that its body may have."""
        declared = {field.path.partition(".")[0] for field in self.fields}
        return ACTION_KEYS.get(self.key, frozenset()) | declared | {"name", "outputs", "none"}


def constant(value: Any) -> Getter:
    """A getter that always gives the same value."""
    return lambda _run: value


def first(getters: Iterable[Getter]) -> Getter:
    """A getter that gives the first value that is set."""
    chain = tuple(getters)

    def read(run: Any) -> Any:
        for getter in chain:
            if (value := getter(run)) is not None:
                return value
        return None

    return read

"""The Python interface: documents from files, and whole simulated interactions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from ringback.core.errors import UsageError
from ringback.core.policies import Policies
from ringback.core.seam import DEFAULT_START, Bound, Seam
from ringback.dataactions.loaders import load_data_action as _load_data_action
from ringback.dataactions.loaders import load_data_actions as _load_data_actions
from ringback.dataactions.model import DataAction
from ringback.dataactions.transport import Transport
from ringback.engine.caller import parse_caller
from ringback.engine.data_calls import DataCalls
from ringback.engine.driver import ScriptedDriver
from ringback.engine.interaction import CHANNELS, Interaction
from ringback.engine.precheck import check_world, unused_replies
from ringback.engine.program import HANDLING, Program, compile_flow
from ringback.engine.run import Run, run_session
from ringback.engine.world import World
from ringback.engine.world_loader import load_world as _load_world
from ringback.files import read_text
from ringback.flows.builtins import built_in
from ringback.flows.loaders import load_flow as _load_flow
from ringback.flows.model import Flow
from ringback.lang.expr.raw import MAX_DATETIME, MIN_DATETIME
from ringback.lang.expr.values import EvaluationError, from_plain, from_text

__all__ = [
    "Start",
    "load_data_action",
    "load_data_actions",
    "load_flow",
    "load_world",
    "read_text",
    "simulate",
]


def load_flow(path: str | Path, *, substitutions: Mapping[str, str] | None = None) -> Flow:
    """The flow of a file: Archy YAML or plain JSON.

    Args:
        path: the file.
        substitutions: values for `{{name}}` in the file.

    Raises:
        DefinitionError: the document is wrong, with place and hint.
        UsageError: the file cannot be read.
    """
    return _load_flow(read_text(path), file=str(path), substitutions=substitutions)


def load_data_action(path: str | Path) -> DataAction:
    """The one data action of a file."""
    return _load_data_action(read_text(path), file=str(path))


def load_data_actions(path: str | Path) -> tuple[DataAction, ...]:
    """Every data action of a file."""
    return _load_data_actions(read_text(path), file=str(path))


def load_world(path: str | Path) -> World:
    """The world of a file; files that it names are found beside it."""
    folder = Path(path).parent
    return _load_world(read_text(path), file=str(path), read=lambda name: read_text(folder / name))


MAX_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Start:
    """How an interaction begins.

    Attributes:
        interaction: caller, called address, channel.
        at: the virtual moment; None is the seam's default.
        node: name or id of the action to start at; None is the flow's beginning.
        values: variable name -> text (`--set`) or plain Python value.
    """

    interaction: Interaction
    at: datetime | None = None
    node: str | None = None
    values: Mapping[str, Any] | None = None


def simulate(  # noqa: PLR0913 - the front door: every way to set a run up
    flow: Flow | Program,
    *,
    world: World | str | Path | None = None,
    caller: str | Iterable[str] = (),
    start: Start | Interaction | Mapping[str, Any] | datetime | None = None,
    transport: Transport | None = None,
    replies: Mapping[str, Transport] | None = None,
    policies: Mapping[str, str] | None = None,
    seed: int = 0,
    max_seconds: float = MAX_SECONDS,
) -> Run:
    """Run one interaction through a flow.

    Args:
        flow: a loaded flow, or its program when it runs often.
        world: the organisation; None is a permissive one, in which every named resource exists, queues are
            open and data actions succeed with plain values (the run's warnings say so).
        caller: what the caller does, `"press 1; say billing; wait 10s; hangup"` or a list of such steps.
        start: keys `from`, `to`, `channel`, `conversationId`, `text` (the first message), `queue` (where it
            waits), `participantData`, `at`, `node`, `set`; or only the moment.
        transport: the live network; None answers from `replies` and the world.
        replies: data action name -> who answers it.
        policies: choices for undocumented behaviour, see docs/policies.md.
        seed: for random numbers.
        max_seconds: how long the run may take on this machine (limit `run_seconds`); it ends as "limit".

    Raises:
        DefinitionError: the flow is wrong. UsageError: an argument is wrong, or nobody answers a data action.
    """
    program = flow if isinstance(flow, Program) else compile_flow(flow)
    around = load_world(world) if isinstance(world, str | Path) else world or World()
    begin = _start(start)
    given = {name.strip(): reply for name, reply in (replies or {}).items()}
    calls = DataCalls(
        around,
        {name.lower(): reply for name, reply in given.items()},
        transport,
        {name.lower(): name for name in given},
    )
    warnings = check_world(program, around, calls)
    run = run_session(
        program,
        ScriptedDriver(around, calls, parse_caller(caller)),
        _with_values(begin, program),
        seam=Seam(begin.at or DEFAULT_START, seed, Bound(max_seconds, monotonic)),
        policies=Policies(dict(policies or {})),
        node=_node(program, begin.node),
    )
    return run.with_warnings((*warnings, *unused_replies(calls)))


def _start(start: Start | Interaction | Mapping[str, Any] | datetime | None) -> Start:
    if isinstance(start, Start):
        return start
    if isinstance(start, Interaction):
        return Start(start)
    if isinstance(start, datetime):
        return Start(Interaction(), start)
    return _start_of(start or {})


_KEYS = (
    "from",
    "to",
    "channel",
    "conversationId",
    "text",
    "queue",
    "at",
    "node",
    "set",
    "participantData",
)


def _start_of(given: Mapping[str, Any]) -> Start:
    for key in given:
        if key not in _KEYS:
            raise UsageError(f"unknown start key {key!r}", hint=f"known: {', '.join(_KEYS)}")
    channel = given.get("channel", "voice")
    if channel not in CHANNELS:
        raise UsageError(f"unknown channel {channel!r}", hint=f"known: {', '.join(CHANNELS)}")
    interaction = Interaction(
        from_=given.get("from", ""),
        to=given.get("to", ""),
        channel=channel,
        conversation_id=given.get("conversationId", Interaction().conversation_id),
        participant_data=given.get("participantData", {}),
        queue=given.get("queue", ""),
        text=given.get("text", ""),
    )
    return Start(interaction, _moment(given.get("at")), given.get("node"), given.get("set"))


def _moment(at: datetime | str | None) -> datetime | None:
    if at is None:
        return None
    try:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{at!r} is no moment", hint="write it like 2025-06-02T10:00:00Z") from error
    if not MIN_DATETIME <= moment <= MAX_DATETIME:
        raise UsageError(f"{at!r} is no moment of Architect", hint="its DateTime goes from 1800 to 2200")
    return moment


def _with_values(begin: Start, program: Program) -> Interaction:
    pairs = tuple(_value(name, given, program=program) for name, given in (begin.values or {}).items())
    known = begin.interaction
    return replace(known, variables=known.variables + pairs)


def _value(name: str, given: Any, *, program: Program) -> tuple[str, Any]:
    """The full name and the raw value of a variable; `Flow.` may be left out."""
    slot = program.slots.get(name.lower()) or program.slots.get(f"flow.{name.lower()}")
    if slot is None and (known := built_in(name)):
        raise UsageError(f"{known} is a built-in variable and cannot be set", hint=_hint_for(known))
    if slot is None:
        known = ", ".join(slot.name for slot in program.slots.values()) or "none"
        raise UsageError(f"the flow has no variable {name}", hint=f"its variables: {known}")
    try:
        raw = from_text(slot.type, given) if isinstance(given, str) else from_plain(slot.type, given)
    except EvaluationError as error:
        raise UsageError(f"{name} cannot be {given!r}: {error.message}") from error
    return slot.name, raw


def _hint_for(name: str) -> str:
    """How a run is told what a built-in variable shows."""
    option = {"Call.Ani": "from", "Call.CalledAddress": "to", "Call.CurrentQueue": "queue"}.get(name)
    return f"the start of the run says it: --{option}" if option else "the interaction gives it its value"


def _node(program: Program, name: str | None) -> int | None:
    if name is None:
        return None
    index = program.node_named(name)
    if index is None:
        names = ", ".join(dict.fromkeys(node.ref.name for node in program.nodes[HANDLING + 1 :]))
        raise UsageError(f"the flow has no action {name!r}", hint=f"its actions: {names}")
    return index

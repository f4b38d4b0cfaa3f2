"""One interaction in a flow: runs until it needs the world, then waits for the reply. No I/O.

    effect = session.advance()
    while effect is not None:
        effect = session.advance(driver.answer(session, effect))

Everything a session holds between an effect and its reply is plain data; `dumping` writes and reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from ringback.core.errors import InternalError
from ringback.core.policies import Policies
from ringback.core.seam import Seam
from ringback.engine import calling, queueing
from ringback.engine.frames import DIGITAL, OPEN_ENDS, SESSION, VOICE, End, Frame
from ringback.engine.interaction import Interaction
from ringback.engine.program import GREETING, HANDLING, WAITING, Program, UnsupportedAction
from ringback.engine.recording import record
from ringback.engine.scope import Slot
from ringback.engine.services import SessionServices
from ringback.engine.world import World
from ringback.flows.actions.base import (
    OPEN_END,
    Call,
    CallFlow,
    Enter,
    Exit,
    Finish,
    FlowFault,
    Goto,
    LoopState,
    Next,
    Return,
)
from ringback.flows.effects import Effect, HungUp, Reply
from ringback.lang.expr import EvaluationError
from ringback.lang.expr.values import equal, plain
from ringback.trace import events

MAX_ACTIONS = 10_000  # per invocation (help: how many actions can I run in a flow)
MAX_ACTIONS_IN_HANDLING = 1_000


class Session:
    """A running interaction; also the environment of expressions and the `Run` of actions."""

    __slots__ = SESSION

    def __init__(
        self,
        program: Program,
        world: World,
        interaction: Interaction,
        *,
        seam: Seam | None = None,
        policies: Policies | None = None,
        trace: bool = True,
    ) -> None:
        self.program = program
        self.world = world
        self.interaction = interaction
        self.services = SessionServices(self, seam or Seam(), policies=policies or Policies())
        self.events: list[events.Event] | None = [] if trace else None
        self.event_count = 0
        self.at_ms = 0
        self.flow: list[Any] = []
        self.frames: list[Frame] = []
        self.task: list[Any] = []
        self.node = GREETING
        self.started_ms = 0
        self.waiting: Effect | None = None
        self.memo: dict[str, Any] = {}
        self.participant_data = dict(world.participant_data) | dict(interaction.participant_data)
        self.default_language = program.flow.default_language
        self.language = self.default_language
        self.actions_run = 0
        self.action_limit = MAX_ACTIONS
        self.handling = False
        self.over_limit = False
        self.begun = False
        self.end: End | None = None
        self.secure_values: list[Any] = []
        self.child: Session | None = None
        self.moved, self.recurred = False, (0, -1)
        self.counted: dict[str, Any] = {}
        self.depth = 0
        self.queue_turns = 0
        self.intent, self.failures, self.said = "", 0, ""
        self.reading = program.flow.type in DIGITAL or interaction.channel in ("message", "email", "chat")

    # ---- the machine

    def advance(self, reply: Reply | None = None) -> Effect | None:
        """Run until the next effect; None when the flow has ended.

        Args:
            reply: the answer to the effect that is waiting; None on the first call.
        """
        if self.ended:
            return None
        if reply is None:
            return self._run(self._start)
        return self._run(self._answered if self.child is None else self._inside, reply)

    def _run(self, step: Callable[..., Next | None], *arguments: Any) -> Effect | None:
        """Take a step and follow what comes of it until the next effect; faults go to the error handling."""
        while True:
            try:
                return self._follow(step(*arguments))
            except FlowFault as fault:
                step, arguments = self._fault, (fault.code, fault.message)
            except EvaluationError as error:
                step, arguments = self._failed_expression, (error,)
            except UnsupportedAction:
                step, arguments = self._unsupported, ()

    def _follow(self, following: Next | None) -> Effect | None:
        while self.end is None:
            follow = _FOLLOW.get(type(following))
            if follow is None:
                self.waiting = cast("Effect", following)
                return self.waiting
            following = follow(self, following)
        return None

    def start_at(self, index: int) -> Effect | None:
        """Begin at a node instead of the beginning: no greeting, its container's variables fresh."""
        self.node = GREETING
        return self._run(self._start_inside, self.program.nodes[index].container, index)

    def _start_inside(self, room: int, index: int) -> Next | None:
        self._prepare()
        return self._open(Frame(room, []), (), how="start", keep=0, entry=index)

    @property
    def ended(self) -> bool:
        """Whether the flow is over."""
        return self.end is not None

    def _start(self) -> Next | None:
        self._prepare()
        return self._begin(self.node)

    def _prepare(self) -> None:
        if self.begun:
            raise InternalError("the session waits for a reply")
        self.begun = True
        flow = self.program.flow
        if not self.depth or self.moved:
            facts = self.interaction.facts()
            self.emit(events.FlowStarted(flow=flow.name, flow_type=flow.type, interaction=facts))
        # An initial value may read the variables that stand above it.
        self.flow = [None] * len(self.program.initial)
        for position, initial in enumerate(self.program.initial):
            self.flow[position] = initial(self)
        for name, raw in self.interaction.variables:
            slot = self.program.slots.get(name.lower())
            if slot is not None:
                self.flow[slot.index] = raw

    def _answered(self, reply: Reply) -> Next | None:
        effect = self.waiting
        if effect is None:
            raise InternalError("the session waits for no reply")
        self.waiting = None
        record(self, effect, reply=reply)
        if isinstance(reply, HungUp):
            self.emit(events.CallerHungUp())
            self._over(Finish("hangup"))
            return None
        return self.program.nodes[self.node].resume(self, reply)

    def _exit(self, leave: Exit) -> Next | None:
        self._ran(leave.output)
        return self._begin(leave.target) if leave.target != OPEN_END else self._open_end()

    def _begin(self, index: int) -> Next | None:
        node = self.program.nodes[index]
        self.node = index
        self.started_ms = self.at_ms
        if self.memo:
            self.memo = {}
        if node.counts:
            self.actions_run += 1
            if self.actions_run > self.action_limit:
                return self._limit()
        return node.begin(self)

    def _open_end(self) -> Next | None:
        room = self.program.rooms[self.frames[-1].room]
        if room.kind == "menu":
            self.services.policy("menu_choice_returns")
            return Enter(self.frames[-1].room, how="repeat")
        return self._come_back("default")

    # ---- containers

    def _enter(self, enter: Enter) -> Next | None:
        self._left(enter.how)
        return self._open(Frame(enter.container, []), enter.inputs, how=enter.how, keep=0)

    def _goto(self, goto: Goto) -> Next | None:
        self._left("jump")
        room = self.program.nodes[goto.target].container
        return self._open(Frame(room, []), (), how="choice", keep=0, entry=goto.target)

    def _call(self, call: Call) -> Next | None:
        return self._open(
            Frame(call.container, [], self.node, self.started_ms),
            call.inputs,
            how="call",
            keep=len(self.frames),
        )

    def _open(
        self,
        frame: Frame,
        inputs: tuple[tuple[str, Any], ...],
        *,
        how: str,
        keep: int,
        entry: int | None = None,
    ) -> Next | None:
        self._switch_language(keep)
        del self.frames[keep:]
        self.frames.append(frame)
        self.task = frame.values
        room = self.program.rooms[frame.room]
        self.emit(events.ContainerEntered(container=room.name, kind=room.kind, how=how))
        frame.values.extend([None] * len(room.initial))
        for position, initial in enumerate(room.initial):
            frame.values[position] = initial(self)
        for key, raw in inputs:
            self.assign(room.slots[key], raw)
        first = room.entry if entry is None else entry
        return self._begin(first) if first >= 0 else self._open_end()

    def _call_flow(self, call: CallFlow) -> Next | None:
        """Begin a flow inside this one."""
        self.child = calling.begin(self, call)
        if self.child is None:
            return calling.unknown(self, call)
        return self._after_child(self.child, self.child.advance())

    def _inside(self, reply: Reply) -> Next | None:
        assert self.child is not None
        self.waiting = None
        return self._after_child(self.child, self.child.advance(reply))

    def _after_child(self, child: Session, effect: Effect | None) -> Next | None:
        """The inner flow asks for something, came back, or ended the interaction."""
        calling.take_over(self, child)
        if effect is not None:
            return cast("Next", effect)
        end = child.end
        assert end is not None
        if child.moved:
            self._told(end, calling.last(child))
            return None
        self.child = None
        if end.finish.kind not in calling.RETURNS or end.status == "failed":
            self._over(end.finish, end.status)
            return None
        output, values = calling.results(child, end.finish)
        self.emit(
            events.FlowReturned(flow=child.program.flow.name, output=output, values=calling.shown(child))
        )
        return self.program.nodes[self.node].resume(self, (output, values))

    def _return(self, finished: Return) -> Next | None:
        self._left(finished.output)
        return self._come_back(finished.output)

    def _come_back(self, output: str) -> Next | None:
        """The current task is over: resume the action that called it."""
        frame = self.frames[-1]
        if frame.back < 0:
            return self._last_end(output)
        results = self.end_of_task()
        self._switch_language(len(self.frames) - 1)
        self.frames.pop()
        self.task = self.frames[-1].values
        self.node, self.started_ms = frame.back, frame.called_ms
        self.memo = {}
        return self.program.nodes[frame.back].resume(self, (output, results))

    def _last_end(self, output: str) -> Next | None:
        """The container that nobody called is over: what that means depends on the flow's type."""
        kind, room = self.program.flow.type, self.frames[-1].room
        if self.program.rooms[room].kind == "loopTask" and not self.handling:
            return queueing.again(self, room)
        if kind == "commonModule":
            return self._ended(Finish("endModule", details=(("output", output),)))
        ended = OPEN_ENDS.get(kind, "disconnect")
        self.services.policy("open_end" if ended == "disconnect" else "open_end_of_state")
        said = self.services.bot_end() if ended == "exitBotFlow" else {}
        return self._ended(Finish(ended, details=tuple(said.items())))

    def end_of_task(self) -> Mapping[str, Any]:
        """Values of the current task's output variables, by lower-case name without scope."""
        frame = self.frames[-1]
        return {name: frame.values[slot.index] for name, slot in self.program.rooms[frame.room].outputs}

    def _switch_language(self, keep: int) -> None:
        """The tasks behind the first `keep` end; the language that the innermost of them asked for holds."""
        for frame in reversed(self.frames[keep:]):
            if frame.next_language:
                self._speak(frame.next_language)
                return

    def _speak(self, language: str) -> None:
        self.emit(events.LanguageSet(language=language, was=self.language))
        self.language = language

    # ---- ends and errors

    def _finish(self, finish: Finish) -> Next | None:
        """The action that is running ends the flow."""
        if self.node > HANDLING:
            self._ran("")
        return self._ended(finish)

    def _ended(self, finish: Finish) -> Next | None:
        """The flow is over, unless another one goes on with the interaction, or it rests in its queue."""
        if finish.kind == "endState" and self.program.flow.type in queueing.RESTING:
            return self._begin(WAITING)
        if finish.kind in calling.MOVES and (moved := calling.move(self, finish)) is not None:
            self.child = moved
            return self._after_child(moved, moved.advance())
        self._over(finish, finish.status)
        return None

    def leave(self, finish: Finish, status: str = "ended") -> None:
        """End the flow from outside its actions (an agent answers, the simulation stops waiting)."""
        self._over(finish, status)

    def _over(self, finish: Finish, status: str = "ended") -> None:
        if self.over_limit and status == "ended":
            status = "limit"
        name = self.program.nodes[self.node].ref.name if self.node != GREETING else ""
        if self.counted:
            calling.close_outcomes(self)
        self._told(End(finish, name, status), self)

    def _told(self, end: End, by: Session) -> None:
        """Keep how it ended; the outermost flow says so, in the name of the one where it did."""
        self.end, finish, status = end, end.finish, end.status
        if self.depth:
            return
        kind, of_type, to = finish.kind, finish.target_type, finish.target
        details = dict(finish.details)
        by.emit(events.FlowEnded(kind=kind, target_type=of_type, target=to, status=status, details=details))
        self.event_count = by.event_count

    def _fault(self, code: str, message: str, *, expression: str = "") -> Next | None:
        self.emit(events.FlowErrorRaised(code=code, message=message, expression=expression))
        if self.handling:
            self._over(Finish("disconnect"))
            return None
        self.handling = True
        handling = self.program.flow.error_handling
        rooms, containers = self.program.rooms, self.program.containers
        target = rooms[containers[handling.target]].name if handling.target else ""
        self.emit(events.ErrorHandlingStarted(handling=handling.kind, target=target))
        return self._begin(HANDLING)

    def _failed_expression(self, error: EvaluationError) -> Next | None:
        text = error.span.text if error.span is not None else ""
        if error.code == "FUNCTION_UNSUPPORTED":
            self.emit(events.FunctionUnsupported(function=error.message, expression=text))
            self._over(Finish("function_unsupported"), "failed")
            return None
        self.services.policy("expression_error")
        return self._fault(error.code, error.message, expression=text)

    def _unsupported(self) -> Next | None:
        kind = self.program.nodes[self.node].ref.type
        hint = f"the simulator does not know {kind} yet; `--node` starts the run behind it"
        self.emit(events.ActionUnsupported(hint=hint))
        self._over(Finish("action_unsupported"), "failed")
        return None

    def _limit(self) -> Next | None:
        self.emit(
            events.LimitReached(
                limit="actions", value=self.action_limit, message="too many actions in this flow"
            )
        )
        self.actions_run -= 1  # this one does not run
        self.over_limit = True
        if self.handling:
            # The second overrun disconnects without a word (help: how many actions can I run).
            self._over(Finish("disconnect"))
            return None
        self.action_limit = self.actions_run + MAX_ACTIONS_IN_HANDLING
        return self._fault("ACTION_LIMIT", f"more than {MAX_ACTIONS:,} actions ran")

    # ---- what actions use

    def emit(self, event: events.Event) -> None:
        """Add an event with id, time and action filled in."""
        if self.events is None:
            return
        event.previous_id = self.event_count
        self.event_count += 1
        event.id = self.event_count
        event.at_ms = self.at_ms
        if self.node > HANDLING:
            node = self.program.nodes[self.node]
            event.action, event.source = node.ref, node.source
            if self.depth:
                inner = f"{self.program.flow.name}/{node.ref.id}"
                event.action = msgspec.structs.replace(node.ref, id=inner)
        self.events.append(event)

    def _ran(self, output: str) -> None:
        if self.events is not None and not self.program.nodes[self.node].silent:
            self.emit(events.ActionRan(output=output, duration_ms=self.at_ms - self.started_ms))

    def _left(self, output: str) -> None:
        """An action that goes elsewhere ends too; a menu that repeats has ended already."""
        if self.node > HANDLING and output not in ("repeat", "error"):
            self._ran("" if output in ("jump", "choice", "start") else output)

    def assign(self, slot: Slot, raw: Any) -> None:
        """Set a variable; a change is an event."""
        values = self.task if slot.of_task else self.flow
        was = values[slot.index]
        values[slot.index] = raw
        if slot.secure:
            self.secure_values.append(plain(slot.type, raw))
        if self.events is not None and not equal(was, raw):
            shown = ("***", "***") if slot.secure else (plain(slot.type, raw), plain(slot.type, was))
            self.emit(events.VariableSet(name=slot.name, value=shown[0], was=shown[1]))

    def set_participant_data(self, name: str, value: str) -> None:
        """Set a participant attribute."""
        was = self.participant_data.get(name)
        self.participant_data[name] = value
        if was != value:
            self.emit(events.ParticipantDataSet(name=name, value=value, was=was))

    def set_language(self, language: str) -> None:
        """Change the language, now or when the task ends, as the policy says."""
        spoken = self.program.flow.type in VOICE
        if not spoken or self.services.policy("set_language_effect") == "immediately":
            self._speak(language)
        else:
            self.frames[-1].next_language = language

    def named(self, kind: str, name: str) -> Any:
        """A literal resource; one that the organisation lacks is a flow error (missing resource)."""
        found = self.world.entity(kind, name)
        if found is None:
            raise FlowFault("MISSING_RESOURCE", f"the organisation has no {name!r}")
        return found

    def built_in(self, name: str) -> Any:
        """The raw value of a built-in variable."""
        return self.interaction.built_in(name, self)

    def caller_number(self) -> str:
        """The caller's address as it came."""
        return self.interaction.from_

    def loop(self) -> LoopState | None:
        """Where the current loop action stands."""
        return self.frames[-1].loops.get(self.node)

    def set_loop(self, state: LoopState | None) -> None:
        """Remember or forget where the current loop action stands."""
        loops = self.frames[-1].loops
        if state is None:
            loops.pop(self.node, None)
        else:
            loops[self.node] = state

    def leave_loop(self, index: int) -> None:
        """Forget the loop that is left from inside."""
        self.frames[-1].loops.pop(index, None)


_FOLLOW: Mapping[type, Callable[[Session, Any], Next | None]] = {
    Exit: Session._exit,  # noqa: SLF001 - the table belongs to the class
    Enter: Session._enter,  # noqa: SLF001 - as above
    Call: Session._call,  # noqa: SLF001 - as above
    CallFlow: Session._call_flow,  # noqa: SLF001 - as above
    Goto: Session._goto,  # noqa: SLF001 - as above
    Return: Session._return,  # noqa: SLF001 - as above
    Finish: Session._finish,  # noqa: SLF001 - as above
}

"""loopAnythingElse: ask whether there is anything else, as long as there is."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.ask_for_intent import INTENTS, offered, understanding
from ringback.flows.actions.asking import KNOWLEDGE_FIELD, POLICIES, QUESTION_FIELDS, Asking
from ringback.flows.actions.base import ActionType, Builder, Exit, Field, LoopState, Next, Step
from ringback.flows.actions.loop import MAX_TURNS
from ringback.flows.actions.understanding import yes_or_no
from ringback.trace.events import LoopTurned


def build(b: Builder) -> Step:
    """An intent runs its output and comes back; so does a bare yes. No, silence and an article leave."""
    names, down = offered(b), b.down()
    exits: dict[str, Exit] = {name.lower(): b.exit(name) for name in names}
    more, no = b.exit("loop") if "loop" in b.action.outputs else None, b.exit("no")
    most, index = b.value("maxLoopCount", "int", default=MAX_TURNS), b.writes("currentIndex")
    find, confirmed = understanding(b, names, then=lambda _run, name: exits[name.lower()])

    def understand(run: Any, text: str) -> Next | None:
        if (found := find(run, text)) is not None:
            return found
        answer = yes_or_no(text)
        if answer is None:
            return None
        if answer and more is not None:
            return more
        return None if answer else no

    options = {name.lower(): name for name in names} | {"no": "no"}
    asked = Asking(b, "intent", options, "", knowledge=True, confirmed=confirmed).step(understand)
    ways = (*exits.values(), *([more] if more is not None else []))
    stays = {id(leave) for leave in ways if leave.target != down.target}

    def kept(run: Any, following: Next) -> Next:
        """Any way out but an intent's forgets the loop."""
        if isinstance(following, Exit) and id(following) not in stays:
            run.set_loop(None)
        return following

    def begin(run: Any) -> Next:
        state = run.loop()
        count = min(most(run) or 0, MAX_TURNS) if state is None else state.count
        state = LoopState(0, count) if state is None else LoopState(state.index + 1, state.count)
        if state.index >= state.count:
            run.set_loop(None)
            return down
        run.set_loop(state)
        if index is not None:
            index(run, state.index)
        run.emit(LoopTurned(index=state.index, count=state.count))
        return kept(run, asked.begin(run))

    return Step(begin, lambda run, reply: kept(run, asked.resume(run, reply)))


LOOP_ANYTHING_ELSE = ActionType(
    key="loopAnythingElse",
    title="Loop Anything Else",
    about="Asks whether there is anything else; an intent runs its output and the question comes again.",
    build=build,
    fields=(
        *QUESTION_FIELDS,
        INTENTS,
        KNOWLEDGE_FIELD,
        Field("maxLoopCount", "int", about="Most turns, 99 by default."),
        Field("currentIndex", "int", "writes", about="Counts the turns from 0."),
    ),
    outputs=("loop", "no", "maxNoInputs", "knowledge", "*"),
    policies=(*POLICIES, "intent_confirmation", "confirmation_rejections", "anything_else"),
    source="scripting SDK: ActionLoopAnythingElse; its outputs are a policy",
)

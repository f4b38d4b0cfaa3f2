"""askForBoolean: a yes or no question."""

from __future__ import annotations

from typing import Any

from ringback.flows.actions.asking import POLICIES, QUESTION_FIELDS, Asking
from ringback.flows.actions.base import ActionType, Builder, Field, Next, Step
from ringback.flows.actions.understanding import yes_or_no


def build(b: Builder) -> Step:
    """Yes and No by the answer's words, or the keys 1 and 2."""
    store, yes, no = b.writes("result") or b.writes("booleanResult"), b.exit("yes"), b.exit("no")

    def understand(run: Any, text: str) -> Next | None:
        answer = yes_or_no(text)
        if answer is None:
            return None
        if store is not None:
            store(run, answer)
        return yes if answer else no

    return Asking(b, "yes_no", {"yes": "yes", "no": "no"}).step(understand)


ASK_FOR_BOOLEAN = ActionType(
    key="askForBoolean",
    title="Ask for Yes / No",
    about="Asks a yes or no question, with reprompts.",
    build=build,
    fields=(
        *QUESTION_FIELDS,
        Field("result", "bln", "writes", about="Where the answer goes."),
        Field("booleanResult", "bln", "writes", about="The same by another name."),
    ),
    outputs=("yes", "no", "maxNoInputs", "maxNoMatches"),
    policies=POLICIES,
    source="scripting SDK: ActionAskForBoolean; the understanding is scripted",
)

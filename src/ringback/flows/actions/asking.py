"""What bots' questions share: asking again after silence and misunderstanding, and giving up.

A question that gives up leaves through Max No Inputs or Max No Matches where they are switched on; else the
flow's recognition failure handling says what follows: a handover text, then exit, disconnect, or a task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ringback.documents import Node
from ringback.flows.actions.base import Builder, Enter, Exit, Field, Finish, Getter, Next, Step, constant
from ringback.flows.actions.bindings import Binding, write
from ringback.flows.actions.understanding import yes_or_no
from ringback.flows.effects import Gather, Input, Play

_HANDLINGS = {
    "recognitionFailure": "recognitionFailureEventHandling",
    "agentEscalation": "agentEscalationHandling",
}
MAX_MISSES = 3
NO_INPUT_MS = 7_000  # what new bot flows have (official samples)
_HANDOVER = "recognitionFailureEventHandover"
_ERRORS = "settingsErrorHandling"
# What a customer says who wants a person.
_PEOPLE = frozenset({"agent", "advisor", "representative", "operator", "human", "person"})
QUESTION_FIELDS = (
    Field("question", "com", about="What is asked."),
    Field("noInput", "com", about="Said after silence."),
    Field("noMatch", "com", about="Said when the answer was not understood."),
    Field("noInputReprompts.*", "com", about="Said after further silences, one after the other."),
    Field("noMatchReprompts.*", "com", about="Said after further misunderstandings, one after the other."),
    Field("voiceEndOfInputTimeout", "dur", about="Silence that ends a spoken answer."),
)
POLICIES = ("bot_misses", "bot_matching", "agent_escalation")
KNOWLEDGE_FIELD = Field(
    "knowledgeSearchResult", "any", "writes", about="Where the articles go that the scenario finds."
)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What follows once the customer has said yes or no to "is that right?".

    Attributes:
        accepted: yes: the way on.
        rejected: no: forgets what was meant; the question then comes again.
    """

    accepted: Callable[[Any], Next]
    rejected: Callable[[Any], None]


def confirm(run: Any, question: str) -> Next:
    """Ask whether it was understood right; the answer goes to the question's `Confirmed`."""
    run.memo["confirming"] = question
    return gather(run, question, kind="yes_no")


@dataclass(frozen=True, slots=True)
class Asking:
    """One question: its texts, its patience, its ways out when nobody answers.

    Attributes:
        kind: what is asked for, as the trace names it: "intent", "slot", "yes_no", "choice".
        options: what can be said -> what it means, as far as it is known.
        no_match: output after too many misunderstandings ("maxNoMatches", "noIntent"); "" for none.
        no_input: output after too many silences; "" for none, "wait" where the customer may take his time.
        knowledge: whether a knowledge article can answer instead.
        confirmed: what follows a confirmation; None for questions that confirm nothing.
    """

    b: Builder
    kind: str
    options: dict[str, str]
    no_match: str = "maxNoMatches"
    no_input: str = "maxNoInputs"
    knowledge: bool = False
    confirmed: Confirmed | None = None

    def step(self, understand: Callable[[Any, str], Next | None]) -> Step:
        """The step: `understand` gets what was said and answers None for a misunderstanding."""
        ask, again, give_up = self._ask(), self._again(), self._give_up("recognitionFailure")
        escalate, escalated = self._escalation(), self._give_up("agentEscalation")
        article, answer = self._article(), self._confirmation()

        def begin(run: Any) -> Next:
            run.memo.update(silences=0, misses=0)
            said = run.services.take_said()
            following = understand(run, said) if said else None
            return ask(run, "") if following is None else following

        def meant(run: Any, said: str) -> Next | None:
            return answer(run, said) if "confirming" in run.memo else understand(run, said)

        def resume(run: Any, reply: Any) -> Next:
            if (reason := run.memo.get("over")) is not None:
                return give_up(run) if reason == "recognitionFailure" else escalated(run)
            said = heard(reply)
            pending = run.memo.get("escalating")
            if said and not pending and (following := meant(run, said)) is not None:
                run.services.understood(1)
                return following
            if (asked := escalate(run, said)) is not None:
                return asked
            if pending:
                return ask(run, "")
            if said and "confirming" not in run.memo and (answered := article(run)) is not None:
                return answered
            return again(run, "misses" if said else "silences")

        return Step(begin, resume)

    def _ask(self) -> Callable[..., Next]:
        """Asks: with an apology before, and with a reprompt instead of the question, where there are some."""
        b, options = self.b, self.options
        question = b.communication(b.node("question"))
        patience = _setting(b, "noInputsTimeout", type_="dur")

        def ask(run: Any, sorry: str, *, text: str = "") -> Next:
            wait, pending = patience(run), run.memo.get("confirming")
            said = " ".join(part for part in (sorry, pending or text or question(run)) if part)
            if pending:
                return gather(run, said, kind="yes_no", wait=wait)
            return gather(run, said, kind=self.kind, options=options, wait=wait)

        return ask

    def _confirmation(self) -> Callable[[Any, str], Next | None]:
        """Yes goes on; no asks anew, as often as the flow allows; anything else is a misunderstanding."""
        b, ask, leave, confirmed = self.b, self._ask(), self._leave(), self.confirmed
        limit, sorry = (
            _setting(b, "confirmationRejectionsMax", type_="int"),
            _apology(b, "noToConfirmationApology"),
        )

        def answer(run: Any, said: str) -> Next | None:
            found = yes_or_no(said)
            if found is None or confirmed is None:
                return None
            del run.memo["confirming"]
            if found:
                return confirmed.accepted(run)
            confirmed.rejected(run)
            run.memo["rejections"] = run.memo.get("rejections", 0) + 1
            most = limit(run)
            if run.memo["rejections"] >= (MAX_MISSES if most is None else most):
                run.services.policy("confirmation_rejections")
                return leave(run, "misses")
            return ask(run, sorry(run))

        return answer

    def _again(self) -> Callable[[Any, str], Next]:
        b, ask, leave = self.b, self._ask(), self._leave()
        limits = {
            "silences": _setting(b, "noInputsMax", type_="int"),
            "misses": _setting(b, "noMatchesMax", type_="int"),
        }
        texts = {"silences": _reprompts(b, "noInput"), "misses": _reprompts(b, "noMatch")}
        sorry = {"silences": _apology(b, "noInputApology"), "misses": _apology(b, "noMatchApology")}
        unsure = {
            "silences": _apology(b, "confirmationNoInputApology"),
            "misses": _apology(b, "confirmationNoMatchApology"),
        }

        def again(run: Any, what: str) -> Next:
            run.memo[what] += 1
            most = limits[what](run)
            most = MAX_MISSES if most is None else most
            if run.services.policy("bot_misses") == "after_max":
                most += 1
            if what == "silences" and self.no_input == "wait":
                return Finish("waiting", status="waiting")
            if run.memo[what] >= most:
                self._forget(run)
                return leave(run, what)
            if "confirming" in run.memo:
                return ask(run, unsure[what](run))
            return ask(run, sorry[what](run), text=texts[what](run, run.memo[what]))

        return again

    def _forget(self, run: Any) -> None:
        """Take back what waits for a yes: a question that is given up has no answer."""
        if run.memo.pop("confirming", None) is not None and self.confirmed is not None:
            self.confirmed.rejected(run)

    def _article(self) -> Callable[[Any], Next | None]:
        """The Knowledge output, when the scenario says that an article answers this question."""
        b = self.b
        if not (self.knowledge and enabled(b, "knowledge")):
            return constant(None)
        leave, name, place = b.exit("knowledge"), b.action.name, b.node("knowledgeSearchResult")
        store = b.setter(place)
        keeps = (
            (Binding("knowledgeSearchResult", b.variable_type(place), store),) if store is not None else ()
        )

        def article(run: Any) -> Next | None:
            said = run.services.outcome(name)
            if said is None or said.output != "knowledge":
                return None
            write(run, keeps, outputs=said.values)
            return leave

        return article

    def _leave(self) -> Callable[[Any, str], Next]:
        b = self.b
        outputs = {"silences": self.no_input, "misses": self.no_match}
        exits: dict[str, Exit | None] = {
            what: b.exit(name) if name and enabled(b, name) else None for what, name in outputs.items()
        }
        handover = b.communication(b.flow_setting(f"settingsErrorHandling.{_HANDOVER}"))
        give_up = self._give_up("recognitionFailure")

        def leave(run: Any, what: str) -> Next:
            found = exits[what]
            if found is not None:
                return found
            run.memo["over"] = "recognitionFailure"
            text = handover(run)
            return Play(text, run.language, ms=run.services.reading_ms()) if text else give_up(run)

        return leave

    def _escalation(self) -> Callable[[Any, str], Next | None]:
        """Whether the customer asks for a person, where the flow listens for that: confirm, say so, leave."""
        b = self.b
        switch = b.flow_setting(f"{_ERRORS}.enableAgentEscalation")
        listens = b.compile(switch, "bln") if switch is not None else constant(False)
        question = b.communication(b.flow_setting(f"{_ERRORS}.agentEscalationConfirmation"))
        handover = b.communication(b.flow_setting(f"{_ERRORS}.agentEscalationHandover"))
        leave = self._give_up("agentEscalation")

        def go(run: Any) -> Next:
            run.memo["over"] = "agentEscalation"
            text = handover(run)
            return Play(text, run.language, ms=run.services.reading_ms()) if text else leave(run)

        def escalate(run: Any, said: str) -> Next | None:
            if run.memo.pop("escalating", None):
                return go(run) if yes_or_no(said) else None
            wanted = bool(_PEOPLE & set(said.lower().split())) and bool(listens(run))
            if not wanted or run.services.policy("agent_escalation") == "never":
                return None
            run.memo["escalating"] = True
            text = question(run)
            return gather(run, text, kind="yes_no") if text else go(run)

        return escalate

    def _give_up(self, reason: str) -> Callable[[Any], Next]:
        """Leave the bot, as the flow handles this event."""
        b = self.b
        handling = b.flow_setting(f"{_ERRORS}.{_HANDLINGS[reason]}")
        kind = next((name for name, _ in handling.items()), "exit") if handling is not None else "exit"
        target = b.container_named(handling.get(kind)) if handling is not None else None

        def give_up(run: Any) -> Next:
            # A second recognition failure in a row exits the bot (help: event handling).
            failures = run.services.understood(-1) if reason == "recognitionFailure" else 0
            if target is not None and failures < 2:
                return Enter(target, how="error")
            details = run.services.bot_end(reason)
            return Finish("disconnect" if kind == "disconnect" else "exit", details=tuple(details.items()))

        return give_up


def _reprompts(b: Builder, key: str) -> Callable[[Any, int], str]:
    """What is said after the n-th miss: `noMatch` first, then the `noMatchReprompts`, the last one again."""
    own, *more = (b.communication(node) for node in (b.node(key), *_listed(b.node(f"{key}Reprompts"))))

    def text(run: Any, count: int) -> str:
        first = own(run)
        texts = ([first] if first else []) + [get(run) for get in more]
        return texts[min(count, len(texts)) - 1] if texts else ""

    return text


def _listed(node: Node | None) -> Iterator[Node]:
    """The items of a list, bare or below `lit`."""
    if node is not None:
        yield from node.get("lit") or () if node.is_map else node


def gather(
    run: Any, text: str, *, kind: str, options: dict[str, str] | None = None, wait: Any = None
) -> Gather:
    """A question to a person who answers in words, or by keys."""
    patience = NO_INPUT_MS if wait is None else round(wait.total_seconds() * 1000)
    return Gather(
        text,
        kind,
        most=40,
        terminator="#",
        timeout_ms=patience,
        language=run.language,
        options=options or {},
        ms=run.services.reading_ms(),
    )


def heard(reply: Input) -> str:
    """What the customer said or pressed, as text."""
    return (reply.speech or reply.digits.rstrip("#")).strip()


def enabled(b: Builder, output: str) -> bool:
    """Whether an output is switched on: it is unless the document says `enabled: false`."""
    node = b.node(f"outputs.{output}.enabled")
    return node is None or node.value is not False


def _setting(b: Builder, key: str, *, type_: str) -> Getter:
    node = b.flow_setting(f"settingsUserInput.{key}")
    return b.compile(node, type_) if node is not None else constant(None)


def _apology(b: Builder, key: str) -> Getter:
    return b.communication(b.flow_setting(f"settingsUserInput.{key}"))

"""The scripted driver: answers effects from a world, prepared replies, and a caller script."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from ringback.core.errors import UsageError
from ringback.engine import contacts_search, extensions
from ringback.engine.caller import Step
from ringback.engine.data_calls import DataCalls
from ringback.engine.samples import sample
from ringback.engine.session import Session
from ringback.engine.world import World, made_id
from ringback.flows import effects as ask

MS_PER_CHARACTER = 60  # policy audio_duration: about 170 words a minute


class ScriptedDriver:
    """Answers every effect of a session; nobody presses anything unless the script says so."""

    def __init__(self, world: World, calls: DataCalls, caller: Iterable[Step] = ()) -> None:
        self.world = world
        self.calls = calls
        self.caller = deque(caller)
        self.notes: list[str] = []

    def answer(self, session: Session, effect: ask.Effect) -> ask.Reply:
        """The reply to an effect; the policies it used are noted in the session."""
        if isinstance(effect, ask.CallDataAction):
            reply: ask.Reply = self.calls.call(effect, session.services.chosen_policies)
        else:
            reply = _ANSWERS[type(effect)](self, effect)
        for name in getattr(reply, "policies", {}):
            session.services.policy(name)
        return reply

    # ---- the caller

    def _play(self, effect: ask.Play) -> ask.Reply:
        return self._pass(_length(effect))

    def _pass(self, ms: int) -> ask.Done | ask.HungUp:
        """Time in which nobody is asked; a caller who has only to hang up does so when his wait is over."""
        if not self.caller:
            return ask.Done(ms)
        steps = list(self.caller)
        waits = list(takewhile(lambda step: step.what == "wait", steps))
        if len(waits) == len(steps) or steps[len(waits)].what != "hangup":
            return ask.Done(ms)
        patience = sum(step.ms for step in waits)
        if patience < ms or not waits:
            return ask.HungUp(patience)
        self.caller = deque([Step("wait", ms=patience - ms), *steps[len(waits) :]])
        return ask.Done(ms)

    def _gather(self, effect: ask.Gather) -> ask.Reply:
        elapsed = _length(effect)
        waited = 0
        while self.caller:
            step = self.caller.popleft()
            if step.what == "hangup":
                return ask.HungUp(elapsed + waited)
            if step.what == "wait":
                waited += step.ms
                if waited < effect.timeout_ms:
                    continue
                self._put_back(Step("wait", ms=waited - effect.timeout_ms))
                break
            return self._entered(effect, step, elapsed=elapsed + waited)
        return ask.Input(elapsed + effect.timeout_ms)

    def _put_back(self, step: Step) -> None:
        if step.ms > 0 or step.text:
            self.caller.appendleft(step)

    def _entered(self, effect: ask.Gather, step: Step, *, elapsed: int) -> ask.Input:
        if step.what == "say":
            return ask.Input(elapsed, speech=step.text)
        keys, rest = step.text, ""
        if not (effect.extensions and len(keys) > 1 and extensions.dialled(self.world, keys)):
            keys, rest = _taken(effect, self._dialled(effect, keys))
        self._put_back(Step("press", rest))
        done = len(keys) >= effect.most or (effect.terminator and keys.endswith(effect.terminator))
        short = effect.kind == "digits" and not done
        return ask.Input(elapsed + (effect.inter_digit_ms if short else 0), digits=keys)

    def _dialled(self, effect: ask.Gather, keys: str) -> str:
        """Keys that follow each other without a wait are one entry, as a caller dials."""
        while effect.kind in ("digits", "slot") and self.caller and self.caller[0].what == "press":
            full = len(keys) >= effect.most or (effect.terminator and effect.terminator in keys)
            if full or keys in tuple(effect.alone):
                break
            keys += self.caller.popleft().text
        return keys

    def _wait(self, effect: ask.Wait) -> ask.Reply:
        return self._pass(effect.ms)

    def _tell(self, effect: ask.Tell) -> ask.Reply:
        """What the scenario says; else the first output, with plain values where nothing is known."""
        found = self.world.outcome(effect.names)
        if found is None:
            values = {name: sample(type_) for name, type_ in effect.wanted.items()}
            made_up = {"permissive_values": "plain"} if values else {}
            policies = {effect.policy: ""} if effect.outputs else {}
            output = next((name for name in effect.outputs if name != "*"), "")
            return ask.Told(0, output, values, "policy", policies | made_up)
        output = _known_output(effect, found.output)
        return ask.Told(0, output, dict(found.values), "scenario")

    # ---- the organisation

    def _post(self, effect: ask.PostLookup) -> ask.Reply:
        return self.calls.post(effect)

    def _row(self, effect: ask.LookUpRow) -> ask.Reply:
        if self.world.tables is None:
            row = {name: sample(type_) for name, type_ in effect.outputs.items()}
            return ask.RowReply(row=row)
        table = self.world.table(effect.table)
        if table is None:
            message = f"no data table {effect.table!r}"
            return ask.RowReply(
                status="failure", error_type="DataTablesTableNotFoundException", error_message=message
            )
        row = dict(table.rows.get(effect.key, {}))
        return ask.RowReply(status="found" if effect.key in table.rows else "notFound", row=row)

    def _contacts(self, effect: ask.FindContacts) -> ask.Reply:
        if self.world.contacts is None:
            name = {"id": made_id("contact", effect.key), "firstName": "Sample", "lastName": "Contact"}
            return ask.ContactsReply(contacts=[name])
        if effect.by == "id":
            return ask.ContactsReply(contacts=contacts_search.by_id(self.world.contacts, effect.key))
        found = contacts_search.search(self.world.contacts, effect.key, country=self.world.country)
        return ask.ContactsReply(contacts=found)

    def _organization(self, effect: ask.FindOrganization) -> ask.Reply:
        if self.world.contacts is None:
            made = {"id": effect.key, "name": "Sample Organization"}
            return ask.ContactsReply(contacts=[made])
        return ask.ContactsReply(contacts=contacts_search.organization(self.world.contacts, effect.key))

    def _transfer(self, effect: ask.Transfer) -> ask.Reply:
        kind = {"queue": "que", "user": "usr", "group": "grp"}.get(effect.target_type)
        found = self.world.resource(kind, effect.target) if kind is not None else None
        lacks_flow = self.world.flows is not None and effect.target.lower() not in self.world.flows
        if (kind is not None and found is None) or (effect.target_type == "flow" and lacks_flow):
            return _refused("TransferTargetNotFound", f"no {effect.target_type} {effect.target!r}")
        if found is not None and found.fields.get("accepts") is False:
            return _refused("TransferFailed", f"{effect.target} does not accept transfers")
        return ask.TransferReply()


def _length(effect: ask.Play | ask.Gather) -> int:
    return spoken_ms(effect.text) if effect.ms is None else effect.ms


def spoken_ms(text: str) -> int:
    """How long audio takes in virtual time."""
    return MS_PER_CHARACTER * len(text)


def _known_output(effect: ask.Tell, output: str) -> str:
    """The output as the action spells it; the first one when the scenario names none."""
    if not output:
        return next((name for name in effect.outputs if name != "*"), "")
    spelled = {name.lower(): name for name in effect.outputs}
    if output.lower() not in spelled and "*" not in spelled:
        known = ", ".join(effect.outputs) or "none"
        raise UsageError(f"{effect.names[0]!r} has no output {output!r}", hint=f"it has: {known}")
    return spelled.get(output.lower(), output)


def _taken(effect: ask.Gather, keys: str) -> tuple[str, str]:
    """The keys that this gather takes, its terminator included, and those that stay for the next one."""
    most = 1 if effect.kind == "menu" else effect.most
    end = keys.find(effect.terminator, 0, most + 1) if effect.terminator else -1
    taken = end + 1 if end >= 0 else most
    return keys[:taken], keys[taken:]


def _refused(error_type: str, message: str) -> ask.TransferReply:
    return ask.TransferReply(accepted=False, error_type=error_type, error_message=message)


_ANSWERS: Mapping[type, Callable[[ScriptedDriver, Any], ask.Reply]] = MappingProxyType(
    {
        ask.Play: ScriptedDriver._play,  # noqa: SLF001 - the table belongs to the class
        ask.Gather: ScriptedDriver._gather,  # noqa: SLF001 - as above
        ask.Wait: ScriptedDriver._wait,  # noqa: SLF001 - as above
        ask.PostLookup: ScriptedDriver._post,  # noqa: SLF001 - as above
        ask.LookUpRow: ScriptedDriver._row,  # noqa: SLF001 - as above
        ask.FindContacts: ScriptedDriver._contacts,  # noqa: SLF001 - as above
        ask.FindOrganization: ScriptedDriver._organization,  # noqa: SLF001 - as above
        ask.Transfer: ScriptedDriver._transfer,  # noqa: SLF001 - as above
        ask.Tell: ScriptedDriver._tell,  # noqa: SLF001 - as above
    }
)

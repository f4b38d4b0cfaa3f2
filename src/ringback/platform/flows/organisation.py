"""The entities of the organisation that a flow document names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.core.span import Span
from ringback.flows.model import Action, Flow
from ringback.flows.needs import named_in
from ringback.platform import upstream
from ringback.platform.flows.kinds import (
    FLOW,
    OPEN,
    REFERRED,
    api_type,
    bare_prompt,
    is_system_prompt,
    object_type,
)
from ringback.platform.store.reader import Body, Query, Reader

MISSING = "RB063"
_QUEUE_BY_ID = re.compile(r'FindQueueById\("([^"\\]+)"\)')


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a flow names, and what the organisation has of it.

    Attributes:
        code: see `kinds.Referred.code`.
        name: as the flow writes it.
        found: the entity; None when there is none.
        span: where it is named.
        where: name of the action, or of the container.
        action: type of the action; "" outside of one.
    """

    code: str
    name: str
    found: Body | None
    span: Span
    where: str
    action: str = ""


def needed(store: Reader, flow: Flow) -> Iterator[Need]:
    """What a flow names, with the entities; system prompts and kinds that are not kept are left out."""
    known: dict[tuple[str, str], Body | None] = {}
    for code, name, span, user in (*named_in(flow), *_named_by_id(flow)):
        if code in OPEN or code not in REFERRED or (code == "pmt" and is_system_prompt(name)):
            continue
        key = code, name.strip().casefold()
        if key not in known:
            known[key] = find(store, code, name=name)
        where = flow.name if user is None else user.name
        yield Need(code, name, known[key], span, where, user.type if isinstance(user, Action) else "")


def _named_by_id(flow: Flow) -> Iterator[tuple[str, str, Span, Action]]:
    """The queues that plain documents name by an id: `FindQueueById` of a literal; worlds know names only."""
    for action in flow.actions.values():
        for node in (each for _, each in action.body.items()):
            text = node.at("exp")
            if text is not None and (found := _QUEUE_BY_ID.fullmatch(str(text.value).strip())):
                yield "que", found[1], text.span, action


def find(store: Reader, code: str, *, name: str) -> Body | None:
    """The entity that a document calls by a name or an id; None when there is none, or more than one."""
    kind, wanted = REFERRED[code].kind, name.strip()
    if code == "pmt":
        wanted = bare_prompt(wanted)
    if code == "dataAction" and (action := upstream.named(store, wanted)):
        return action
    found = [body for body in store.named(kind, wanted) if not body.get("deleted")]
    if not found and code == "usr":
        found = store.find(Query(kind, where=()), limit=None) if "@" in wanted else []
        found = [body for body in found if str(body.get("email", "")).casefold() == wanted.casefold()]
    if not found:
        by_id = store.get(kind, wanted)
        return by_id if by_id and not by_id.get("deleted") else None
    return found[0] if len(found) == 1 or code in ("flow", "dataAction") else None


def missing(needs_: Iterator[Need]) -> Iterator[Diagnostic]:
    """An error for each thing that the organisation lacks."""
    for need in needs_:
        if need.found is not None:
            continue
        words = REFERRED[need.code].words
        message = f"the organisation has no {words} {need.name!r} (action {need.where!r})"
        hint = f"create the {words}, or correct its name"
        yield Diagnostic.at(MISSING, "error", message, need.span, hint=hint)


def references(store: Reader, flow: Flow) -> list[Body]:
    """What a flow depends on, each once: `{type, id, name, version}`; `id` is "" for what is not there."""
    found: dict[tuple[str, str], Body] = {}
    for need in needed(store, flow):
        body: dict[str, Any] = need.found or {}
        type_ = REFERRED[need.code].type or object_type(str(body.get("type") or api_type(flow.type)))
        identity, name = str(body.get("id") or ""), str(body.get("name") or need.name)
        reference = {"type": type_, "id": identity, "name": name, "version": version_of(need.code, body)}
        found.setdefault((type_, identity or name.casefold()), reference)
    return list(found.values())


def version_of(code: str, body: Body) -> str:
    """The version of an entity that has versions; "" for the others."""
    if code == FLOW:
        return str((body.get("publishedVersion") or {}).get("id") or "")
    return str(body.get("version") or "") if code == "dataAction" else ""


def live_flows(store: Reader) -> list[Body]:
    """Every flow that is not deleted, by name."""
    return [body for body in store.find(Query(FLOW)) if not body.get("deleted")]

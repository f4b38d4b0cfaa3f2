"""Timeouts of data action steps of a flow that is published in an organisation.

A flow with `steps` (the plain view, which a local platform has of every flow) is read, changed and published
as a whole; the platform refuses it when another version was published since (409), and then all of that is
done again. Anywhere else the published version is exported as Archy YAML, only the lines of the timeouts are
changed, and the file is published by a job.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ringback.cloud.apply_flows import make_way, published_version
from ringback.cloud.client import quoted
from ringback.cloud.compare_flows import is_guid
from ringback.cloud.errors import Conflict
from ringback.cloud.flow_jobs import called, export, publish
from ringback.cloud.organisation import FLOWS, Organisation
from ringback.cloud.plan_flows import refuse_held
from ringback.core.errors import RemoteError, UsageError
from ringback.documents import suggestion
from ringback.flows.timeouts import Timeouts, read_timeouts
from ringback.flows.timeouts_choice import Range, changes_of
from ringback.flows.timeouts_edit import with_timeouts

TRIES = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to set and under which conditions.

    Attributes:
        texts: like `NAME=10s`.
        every: a name that several steps have means all of them.
        allowed: instead of 1 to 30 s for plain steps and 1 to 60 s for Architect's own.
        taken: holders whose lock or draft may be gone past.
        tries: how often the flow is read and published, on conflicts.
        dry_run: read and compute, publish nothing.
    """

    texts: Sequence[str]
    every: bool = False
    allowed: Range | None = None
    taken: Collection[str] = ()
    tries: int = TRIES
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it.

    Attributes:
        flow_id, name: of the flow.
        before: its timeouts as they were.
        changes: id of a step -> milliseconds; steps that have them already are left out.
        version: what is published now.
        published: whether a new version was published.
    """

    flow_id: str
    name: str
    before: Timeouts
    changes: Mapping[str, int]
    version: str
    published: bool


def flow_id_of(organisation: Organisation, flow: str) -> str:
    """The id of a flow that is called by its id or its name.

    Raises:
        UsageError: several flows have the name, or none. NotFound: no flow has the id.
    """
    if is_guid(flow):
        return str(organisation.cloud.get(f"{FLOWS}/{quoted(flow)}").json["id"])
    # Not asked for as if it were an id: a flow called `datatables` would be a path of another list.
    named = organisation.named(FLOWS, flow)
    if not named:
        names = [str(body.get("name")) for body in organisation.listed(FLOWS)]
        raise UsageError(f"there is no flow {flow!r}", hint=suggestion(flow, names, what="flows"))
    if len(named) > 1:
        types = ", ".join(f"{body['type']} {body['id']}" for body in named)
        raise UsageError(f"there are {len(named)} flows {flow!r}", hint=f"name the id: {types}")
    return str(named[0]["id"])


def org_timeouts(organisation: Organisation, flow_id: str) -> Timeouts:
    """The timeouts of the published version."""
    body = _definition(organisation, flow_id)
    if body.get("steps") is not None:
        return _of_steps(body)
    text = export(organisation.cloud, flow_id, version=_version(body))
    return read_timeouts(text, file=f"{body.get('name')} (version {_version(body)})")


def set_timeouts(organisation: Organisation, flow_id: str, *, wanted: Wanted) -> Outcome:
    """Set timeouts of a published flow; nothing is published when they are so already.

    Raises:
        UsageError: no such step, or a timeout out of range. Conflict: others publish faster, to the last try.
        RemoteError: a colleague holds the flow, or the platform refuses the new version.
    """
    last: Conflict | None = None
    for _ in range(wanted.tries):
        body = _definition(organisation, flow_id)
        refuse_held(body, organisation, taken=wanted.taken)
        try:
            if body.get("steps") is not None:
                return _with_steps(organisation, flow_id, body=body, wanted=wanted)
            return _with_job(organisation, flow_id, body=body, wanted=wanted)
        except Conflict as error:
            last = error
    assert last is not None
    raise last


def _definition(organisation: Organisation, flow_id: str) -> Any:
    """The flow, in its plain view where there is one."""
    path = f"{FLOWS}/{quoted(flow_id)}"
    body = organisation.cloud.get(path).json
    if body.get("steps") is None and organisation.is_local:
        body = organisation.cloud.get(path, {"view": "plain"}).json
    return body


def _version(body: Mapping[str, Any]) -> str:
    version = str((body.get("publishedVersion") or {}).get("id") or "")
    if not version:
        raise UsageError(f"the flow {body.get('name')!r} was never published")
    return version


def _of_steps(body: Mapping[str, Any]) -> Timeouts:
    text = json.dumps({"name": str(body.get("name") or ""), "steps": body["steps"]}, ensure_ascii=False)
    return read_timeouts(text, file=f"{body.get('name')} (version {body.get('version')})")


def _with_steps(organisation: Organisation, flow_id: str, *, body: Any, wanted: Wanted) -> Outcome:
    before = _of_steps(body)
    changes = _changes(before, wanted)
    version = str(body.get("version", ""))
    name = str(body.get("name") or flow_id)
    if not changes or wanted.dry_run:
        return Outcome(flow_id, name, before, changes, version, published=False)
    steps = json.loads(with_timeouts(before, changes))["steps"]
    if (body.get("publishedVersion") or {}).get("id"):
        make_way(flow_id, organisation, taken=wanted.taken)
    path = f"{FLOWS}/{quoted(flow_id)}/publish"
    answer = organisation.cloud.put(path, {**body, "steps": steps}).json or {}
    return Outcome(flow_id, name, before, changes, str(answer.get("version", "")), published=True)


def _with_job(organisation: Organisation, flow_id: str, *, body: Any, wanted: Wanted) -> Outcome:
    version = _version(body)
    text = called(export(organisation.cloud, flow_id, version=version), str(body["name"]))
    before = read_timeouts(text, file=f"{body['name']} (version {version})")
    changes = _changes(before, wanted)
    if not changes or wanted.dry_run:
        return Outcome(flow_id, str(body["name"]), before, changes, version, published=False)
    changed = with_timeouts(before, changes)
    if published_version(flow_id, organisation) != version:
        return set_timeouts(organisation, flow_id, wanted=_once_less(wanted, body))
    make_way(flow_id, organisation, taken=wanted.taken)
    publish(organisation.cloud, changed)
    now = published_version(flow_id, organisation)
    return Outcome(flow_id, str(body["name"]), before, changes, now, published=True)


def _once_less(wanted: Wanted, body: Mapping[str, Any]) -> Wanted:
    """One try less, because somebody published in between."""
    if wanted.tries <= 1:
        hint = "others publish faster than this; try again later"
        raise RemoteError(f"somebody published {body.get('name')!r} in between, again and again", hint=hint)
    return Wanted(wanted.texts, wanted.every, wanted.allowed, wanted.taken, wanted.tries - 1)


def _changes(before: Timeouts, wanted: Wanted) -> dict[str, int]:
    """The timeouts that are not so already."""
    found = changes_of(before, wanted.texts, every=wanted.every, allowed=wanted.allowed)
    now = {step.id: step.timeout_ms if step.own is not None else None for step in before.steps}
    return {step: milliseconds for step, milliseconds in found.items() if now[step] != milliseconds}

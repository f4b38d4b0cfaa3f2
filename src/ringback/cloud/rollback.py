"""A flow back to a version that was published before.

The old document is exported and published as a new version: versions only go forward, and the history shows
what happened.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ringback.cloud.apply_flows import make_way, published_version, version_text
from ringback.cloud.compare_flows import is_guid
from ringback.cloud.flow_jobs import JobFailedError, PublishRefusedError, publish
from ringback.cloud.organisation import FLOWS, Body, Organisation
from ringback.cloud.plan_flows import refuse_held
from ringback.core.errors import RemoteError, UsageError

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Target:
    """A flow, its published version, and the version that it is to be again.

    Attributes:
        published: when that version was published; "" when the platform does not say.
    """

    id: str
    name: str
    current: str
    version: str
    published: str = ""
    body: Body = field(default_factory=dict, repr=False, compare=False)

    def check(self, organisation: Organisation, *, taken: Collection[str]) -> None:
        """RemoteError when somebody holds the flow who is not named in `taken`."""
        refuse_held(self.body, organisation, taken=taken)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"id": self.id, "name": self.name, "from": self.current, "to": self.version}


def find_target(organisation: Organisation, flow: str, *, version: str = "") -> Target:
    """What a rollback would publish: the version that was published before the current one, or a named one.

    Raises:
        UsageError: there is no such flow, or several of that name; no such version; none before this one.
    """
    body = _flow(organisation, flow)
    current = str((body.get("publishedVersion") or {}).get("id") or "")
    if not current:
        raise UsageError(f"the flow {body['name']!r} was never published")
    versions = list(organisation.cloud.entities(f"{FLOWS}/{body['id']}/versions"))
    found = _named(versions, version) if version else _before(versions, current)
    if found is None:
        known = ", ".join(str(each["id"]) for each in versions[:_SHOWN])
        what = f"no version {version}" if version else "no published version before this one"
        raise UsageError(f"the flow {body['name']!r} has {what}", hint=f"its versions: {known}")
    moment = str(found.get("datePublished") or "")
    return Target(str(body["id"]), str(body["name"]), current, str(found["id"]), moment, body)


def _flow(organisation: Organisation, flow: str) -> Body:
    if is_guid(flow):
        found: Body = organisation.cloud.get(f"{FLOWS}/{flow}").json
        return found
    named = organisation.named(FLOWS, flow)
    if len(named) != 1:
        types = ", ".join(f"{body['type']} {body['id']}" for body in named)
        said = f"there are {len(named)} flows {flow!r}" if named else f"there is no flow {flow!r}"
        raise UsageError(said, hint=f"name its id: {types}" if named else "names are those of Architect")
    whole: Body = organisation.cloud.get(f"{FLOWS}/{named[0]['id']}").json
    return whole


def _named(versions: list[Any], version: str) -> Any:
    wanted = version if "." in version else f"{version}.0"
    return next((each for each in versions if each.get("id") == wanted), None)


def _before(versions: list[Any], current: str) -> Any:
    """The newest published version below the current one."""
    published = [
        each for each in versions if each.get("type") == "PUBLISH" and _number(each) < float(current)
    ]
    return max(published, key=_number, default=None)


def _number(version: Any) -> float:
    return float(version["id"])


def roll_back(organisation: Organisation, target: Target, *, taken: Collection[str] = ()) -> str:
    """Publish the old document anew; gives the version that it has now.

    Raises:
        PublishRefusedError: the platform refuses it today, e.g. because a queue is gone.
        RemoteError: somebody published in between, or holds the flow and is not named in `taken`.
    """
    if published_version(target.id, organisation) != target.current:
        raise RemoteError(f"somebody published {target.name!r} in between", hint="look, then roll back again")
    make_way(target.id, organisation, taken=taken)
    text, _ = version_text(organisation, target.body, version=target.version)
    try:
        publish(organisation.cloud, text)
    except JobFailedError as error:
        raise PublishRefusedError(
            f"version {target.version} of {target.name!r} cannot be published any more: {error.messages[0]}"
            if error.messages
            else error.message,
            hint="what it needs may be gone; what is published stays as it was",
        ) from None
    return published_version(target.id, organisation)

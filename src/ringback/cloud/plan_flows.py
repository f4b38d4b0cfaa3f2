"""Planning a flow: what is published, what the file says, who has it locked, what it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ringback.cloud.compare import Change
from ringback.cloud.compare_flows import changes_of_flow, is_guid, meaning_of_flow
from ringback.cloud.organisation import NAMED, Body, Organisation
from ringback.cloud.plan import Block, Step
from ringback.cloud.project import Item, Kind
from ringback.core.errors import RemoteError
from ringback.flows.model import Action, Container, Flow
from ringback.flows.needs import named_in
from ringback.flows.writers.structure import structured

Key = tuple[str, str, str]
# What `flows.needs` calls it -> the kind of item.
_KINDS: Mapping[str, Kind] = {
    "dataAction": "data action",
    "dataTable": "data table",
    "que": "queue",
    "flow": "flow",
}


def plan_flow(item: Item, organisation: Organisation, *, known: Mapping[tuple[str, str], list[Key]]) -> Step:
    """The step of a flow; `known` are the items of the project by kind and name."""
    flow = item.content
    assert isinstance(flow, Flow)
    wanted: list[Key] = []
    blocks = [*_unsupported(flow, organisation)]
    notes: list[str] = []
    for found in _dependencies(flow, organisation, known=known, notes=notes):
        if isinstance(found, Block):
            blocks.append(found)
        elif found != item.key:
            wanted.append(found)
    common: dict[str, Any] = {"needs": tuple(dict.fromkeys(wanted))}
    body = organisation.flow(item.type, item.name)
    if body is None:
        return Step(item, "create", blocks=tuple(blocks), notes=tuple(notes), **common)
    published = str((body.get("publishedVersion") or {}).get("id") or "")
    if not published:
        notes.append("the organisation has a flow of this name without a published version")
        blocks += held(body, organisation)
        return Step(item, "create", str(body["id"]), blocks=tuple(blocks), notes=tuple(notes), **common)
    changes, settings = _changes(flow, body, organisation=organisation)
    if settings:
        listed = ", ".join(settings)
        notes.append(f"only the organisation has {listed}; what a file leaves out does not count")
    notes += _division(flow, body)
    if not changes:
        notes += [block.message for block in held(body, organisation)]
        return Step(item, "none", str(body["id"]), published, notes=tuple(notes), **common)
    blocks += held(body, organisation)
    return Step(
        item,
        "change",
        str(body["id"]),
        published,
        changes=tuple(changes),
        blocks=tuple(blocks),
        notes=tuple(notes),
        **common,
    )


def _changes(flow: Flow, body: Body, *, organisation: Organisation) -> tuple[list[Change], list[str]]:
    version = str(body["publishedVersion"]["id"])
    old = organisation.flow_document(str(body["id"]), version)
    if old is None:
        return [Change("changed", ("document",), f"version {version} cannot be read", "the file")], []
    names = organisation.name_of
    return changes_of_flow(
        meaning_of_flow(old, names=names), meaning_of_flow(flow, names=names), old_form=old.form
    )


def _unsupported(flow: Flow, organisation: Organisation) -> Iterator[Block]:
    """What only a local platform can run: requests of the plain form."""
    if flow.form == "plain" and not organisation.is_local:
        for found in structured(flow)[1]:
            yield Block("unsupported", f"{found.file}:{found.line}: {found.message}", found.hint)


def _division(flow: Flow, body: Body) -> Iterator[str]:
    there = str((body.get("division") or {}).get("name") or "")
    if flow.division and there and flow.division.casefold() not in (there.casefold(), "home"):
        yield f"it is in the division {there!r}, not {flow.division!r}: publishing does not move it"


# ---- what it needs


def _dependencies(
    flow: Flow,
    organisation: Organisation,
    *,
    known: Mapping[tuple[str, str], list[Key]],
    notes: list[str],
) -> Iterator[Key | Block]:
    """Items of the project that a flow names, and a block for what is nowhere."""
    seen: set[tuple[str, str]] = set()
    for code, name, span, user in named_in(flow):
        named = name.strip().casefold()
        if (code, named) in seen or not named or code not in NAMED:
            continue
        seen.add((code, named))
        items = known.get((_KINDS.get(code, ""), named))
        if items:
            yield from items
            continue
        there = organisation.resource(code, name)
        if there and is_guid(named):
            notes.append(f"{NAMED[code].words} {name} is {organisation.name_of(named)!r}")
        if there is False:
            place = f" ({span.where})" if span.line else ""
            what = f"the {NAMED[code].words} {name!r} is neither in the organisation nor in what is applied"
            yield Block("missing", f"{what}; {_user(user)} names it{place}", _hint(code, named))


def _user(user: Action | Container | None) -> str:
    if user is None:
        return "the flow"
    return f"the {'action' if isinstance(user, Action) else user.kind} {user.name!r}"


def _hint(code: str, name: str) -> str:
    if is_guid(name):
        return "an id belongs to one organisation: write the name, or {{a_name}} with a value per environment"
    words = NAMED[code].words
    if code == "que":
        return "create the queue, list it under `queues` in ringback.yaml, or correct the name"
    return f"create the {words}, add its file to the project, or correct the name"


# ---- who holds it


def held(body: Body, organisation: Organisation) -> list[Block]:
    """A colleague's lock, and a colleague's work that is saved and not published."""
    found: list[Block] = []
    holder = _somebody(body.get("lockedUser"), body.get("lockedClient"), me=organisation.me)
    if holder:
        hint = f"ask {holder} to check it in, or --take-over {_quoted(holder)}"
        found.append(Block("lock", f"it is locked by {holder}", hint, holder))
    draft = _draft(body)
    if draft is not None:
        author = _author(draft, me=organisation.me)
        if author:
            message = f"{author} has saved version {draft.get('id')} and not published it"
            hint = f"publishing would go past that work; ask {author}, or --take-over {_quoted(author)}"
            found.append(Block("draft", message, hint, author))
    return found


def refuse_held(body: Body, organisation: Organisation, *, taken: Collection[str]) -> None:
    """RemoteError when somebody holds a flow who is not named in `taken`; names in any case."""
    names = {name.strip().casefold() for name in taken}
    for block in held(body, organisation):
        if block.holder.casefold() not in names:
            raise RemoteError(f"the flow {body.get('name')!r} stays: {block.message}", hint=block.hint)


def _quoted(name: str) -> str:
    return f"'{name}'"


def _draft(body: Body) -> Body | None:
    """The newest version that is saved or checked in and newer than what is published."""
    published = _number(body.get("publishedVersion"))
    candidates = [body.get(key) or {} for key in ("savedVersion", "checkedInVersion")]
    newer = [version for version in candidates if _number(version) > published]
    return max(newer, key=_number, default=None)


def _author(draft: Body, *, me: str) -> str:
    """Who saved a version; one of which the platform does not say whose it is may be a colleague's."""
    user, client = draft.get("createdBy"), draft.get("createdByClient")
    return _somebody(user, client, me=me) if user or client else f"version:{draft.get('id')}"


def _number(version: Any) -> float:
    try:
        return float((version or {}).get("id") or 0)
    except (TypeError, ValueError):
        return 0.0


def _somebody(user: Any, client: Any, *, me: str) -> str:
    """The name of a user or client that is not us; "" for nobody."""
    for holder in (user, client):
        if holder and str(holder.get("id")) != me:
            return str(holder.get("name") or holder.get("id"))
    return ""

"""Planning a data action: its integration in this organisation, what is published, and drafts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ringback.cloud.compare import Change, differences
from ringback.cloud.compare_actions import Placed, meaning_of_action
from ringback.cloud.organisation import ACTIONS, DRAFTS, INTEGRATIONS, Body, Organisation
from ringback.cloud.plan import Block, Step
from ringback.cloud.project import Item
from ringback.cloud.project_settings import Placement, Settings
from ringback.dataactions.model import DataAction

CUSTOM = "custom_-_"
# Types whose actions are made in another way.
_ELSEWHERE = {
    "static": "the platform's own actions cannot be created; remove the file, or list it under `ignore`",
    "customAuth": "the platform makes it with its integration; change it there",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An integration: its name, and its id when the organisation has it already."""

    name: str
    id: str = ""


def plan_action(item: Item, organisation: Organisation, *, settings: Settings) -> Step:
    """The step of a data action."""
    action = item.content
    assert isinstance(action, DataAction)
    if action.action_type in _ELSEWHERE:
        return _elsewhere(item, action, organisation=organisation)
    placement = settings.placement(action.name)
    blocks = list(_unsupported(action))
    there = _existing(organisation, ACTIONS, name=action.name)
    drafts = _existing(organisation, DRAFTS, name=action.name)
    chosen = integration_for(action, organisation, settings=settings, there=there)
    if isinstance(chosen, Block):
        return Step(item, "change" if there else "create", blocks=(*blocks, chosen))
    there, drafts = _of_integration(there, chosen), _of_integration(drafts, chosen)
    if len(there) > 1:
        message = f"{chosen.name} has {len(there)} data actions of this name"
        blocks.append(Block("ambiguous", message, "delete or rename one of them"))
    body = there[0] if there else None
    draft = next((d for d in drafts if body is None or d["id"] == body["id"]), None)
    step = _Step(item, action, organisation, chosen, _category(action, placement, chosen=chosen, body=body))
    return step.existing(body, draft, blocks=blocks) if body else step.new(draft, blocks=blocks)


@dataclass(frozen=True, slots=True)
class _Step:
    item: Item
    action: DataAction
    organisation: Organisation
    chosen: Chosen
    category: str

    @property
    def wanted(self) -> dict[str, Any]:
        return meaning_of_action(self.action, Placed(self.chosen.name, self.category))

    def new(self, draft: Body | None, *, blocks: list[Block]) -> Step:
        """Nothing is published: create it, or publish the draft that is as wanted."""
        if draft is None:
            return self._step("create", blocks=blocks)
        body, meaning = self._read(draft, draft=True)
        changes = list(differences(meaning, self.wanted))
        blocks += self._draft_block(changes)
        verb = "change" if changes else "publish"
        return self._step(verb, draft, changes=changes, blocks=blocks, draft=body)

    def existing(self, body: Body, draft: Body | None, *, blocks: list[Block]) -> Step:
        """Something is published: compare, and look at the draft when there is one."""
        there, meaning = self._read(body)
        changes = list(differences(meaning, self.wanted))
        if not changes:
            notes = ["it has a draft that is not published"] if draft is not None else []
            return self._step("none", body, version=there["version"], notes=notes)
        if draft is None:
            return self._step("change", body, version=there["version"], changes=changes, blocks=blocks)
        begun, drafted = self._read(draft, draft=True)
        left = list(differences(drafted, self.wanted))
        verb = "publish" if not left else "change"
        if left and drafted != meaning:
            blocks += self._draft_block(left)
        return self._step(verb, body, version=there["version"], changes=changes, blocks=blocks, draft=begun)

    def _read(self, body: Body, *, draft: bool = False) -> tuple[Body, dict[str, Any]]:
        read, model = self.organisation.action(str(body["id"]), draft=draft)
        integration = _integration_name(self.organisation, str(read.get("integrationId") or ""))
        category = str(read.get("category") or "")
        return read, meaning_of_action(model, Placed(integration, category))

    def _draft_block(self, changes: list[Change]) -> Iterator[Block]:
        if changes:
            holder = f"draft:{self.action.name}"
            message = "somebody's draft of it says something else; the platform does not say whose it is"
            hint = f"publish or delete that draft, or --take-over '{holder}'"
            yield Block("draft", message, hint, holder)

    def _step(self, verb: Any, body: Body | None = None, **given: Any) -> Step:
        version = str(given.get("version", "") or "")
        needs = () if self.chosen.id else (("integration", "", self.chosen.name.casefold()),)
        return Step(
            self.item,
            verb,
            str(body["id"]) if body else "",
            version,
            changes=tuple(given.get("changes", ())),
            blocks=tuple(given.get("blocks", ())),
            notes=(*given.get("notes", ()), *self._notes()),
            needs=needs,
            data={
                "integration": self.chosen.name,
                "category": self.category,
                "draft": given.get("draft"),
            },
        )

    def _notes(self) -> Iterator[str]:
        said = self.action.integration_id
        if (
            said
            and self.chosen.id
            and said != self.chosen.id
            and said.casefold() != self.chosen.name.casefold()
        ):
            yield f"integration {said} of the file is {self.chosen.name!r} here"


def _elsewhere(item: Item, action: DataAction, *, organisation: Organisation) -> Step:
    found = organisation.named(ACTIONS, action.name)
    if found:
        note = "the platform keeps it; it is not compared"
        return Step(item, "none", str(found[0]["id"]), notes=(note,))
    message = f"it is of the type {action.action_type!r}, and the organisation does not have it"
    return Step(item, "create", blocks=(Block("unsupported", message, _ELSEWHERE[action.action_type]),))


def _unsupported(action: DataAction) -> Iterator[Block]:
    if action.integration_type == "function-data-actions":
        hint = "upload the function in Genesys Cloud, and list the file under `ignore` in ringback.yaml"
        yield Block("unsupported", "the code of a function is not in its document", hint)
    said = (
        action.request.url or "",
        action.request.body or "",
        *action.request.headers.values(),
        action.name,
    )
    for name in action.origin.placeholders:
        if any(name in text for text in said):
            message = f"{name} stands for a Terraform reference without a value in the file"
            yield Block("missing", message, "write the value, or apply this file with Terraform")


def _existing(organisation: Organisation, path: str, *, name: str) -> list[Body]:
    found = organisation.named(path, name)
    return [body for body in found if str(body.get("id", "")).startswith(CUSTOM) or path == DRAFTS]


def _of_integration(found: list[Body], chosen: Chosen) -> list[Body]:
    return [body for body in found if chosen.id and body.get("integrationId") == chosen.id]


def _integration_name(organisation: Organisation, identity: str) -> str:
    for body in organisation.listed(INTEGRATIONS):
        if body.get("id") == identity:
            return str(body.get("name") or identity)
    return identity


def _category(action: DataAction, placement: Placement, *, chosen: Chosen, body: Body | None) -> str:
    """What the project says, else what it has, else Architect's own choice: the integration's name."""
    there = str(body.get("category") or "") if body else ""
    return placement.category or action.category or there or chosen.name


# ---- the integration


def integration_for(
    action: DataAction, organisation: Organisation, *, settings: Settings, there: list[Body]
) -> Chosen | Block:
    """The integration of a data action in this organisation: what the first of these says.

    `dataActions` of `ringback.yaml`; the id or name in the document, when the organisation has it; the
    integration of the data action of this name; `integration` of `ringback.yaml`; the only one of its type.
    """
    listed = organisation.listed(INTEGRATIONS)
    if said := settings.placement(action.name).integration:
        return _called(said, listed, settings=settings) or _unknown(said)
    own = _called(action.integration_id, listed, settings=settings) if action.integration_id else None
    if own is not None:
        return own
    kind = action.integration_type
    ids = {str(body.get("integrationId")) for body in there}
    known = [body for body in listed if body.get("id") in ids and kind in ("", _type(body))]
    if len(known) == 1:
        return Chosen(str(known[0]["name"]), str(known[0]["id"]))
    default = _called(settings.integration, listed, settings=settings) if settings.integration else None
    if settings.integration and default is None:
        return _unknown(settings.integration)
    if default is not None and (not kind or _type_of(default, listed, settings=settings) == kind):
        return default
    return _by_type(kind, listed, settings=settings)


def _by_type(kind: str, listed: list[Any], *, settings: Settings) -> Chosen | Block:
    there = [body for body in listed if kind and _type(body) == kind]
    found = {str(body["name"]).casefold(): Chosen(str(body["name"]), str(body["id"])) for body in there}
    for integration in settings.integrations:
        if kind and integration.type == kind:
            found.setdefault(integration.name.casefold(), Chosen(integration.name))
    if len(found) == 1:
        return next(iter(found.values()))
    hint = "name it in ringback.yaml: `integration: NAME`, or under `dataActions` for this one"
    if not found:
        what = f"no integration of the type {kind!r}" if kind else "no integration that the project names"
        hint += "; `integrations` lists those that may be created"
        return Block("missing", f"there is {what}", hint)
    names = ", ".join(sorted(repr(each.name) for each in found.values()))
    return Block("ambiguous", f"there are {len(found)} integrations of the type {kind!r}: {names}", hint)


def _called(said: str, listed: list[Any], *, settings: Settings) -> Chosen | None:
    for body in listed:
        if said == body.get("id") or said.casefold() == str(body.get("name", "")).casefold():
            return Chosen(str(body["name"]), str(body["id"]))
    for integration in settings.integrations:
        if integration.name.casefold() == said.casefold():
            return Chosen(integration.name)
    return None


def _unknown(name: str) -> Block:
    hint = "correct the name in ringback.yaml, or list it under `integrations` with its type"
    return Block("missing", f"there is no integration {name!r}", hint)


def _type(body: Body) -> str:
    return str((body.get("integrationType") or {}).get("id") or "")


def _type_of(chosen: Chosen, listed: list[Any], *, settings: Settings) -> str:
    for body in listed:
        if body.get("id") == chosen.id:
            return _type(body)
    names = {each.name.casefold(): each.type for each in settings.integrations}
    return names.get(chosen.name.casefold(), "")

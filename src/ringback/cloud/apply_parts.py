"""Creating and changing what flows and data actions stand on: integrations, queues, data tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.cloud.client import quoted
from ringback.cloud.errors import Conflict, MissingPermission, NotFound, OutcomeUnknown, Refused
from ringback.cloud.organisation import DIVISIONS, INTEGRATIONS, QUEUES, TABLES, Organisation
from ringback.cloud.plan import Step
from ringback.cloud.project_settings import Integration, Queue, Settings
from ringback.cloud.project_tables import KEY, Table
from ringback.core.errors import RemoteError


def apply_integration(step: Step, organisation: Organisation, *, settings: Settings) -> str:
    """Create an integration and switch it on; without credentials the platform may refuse the latter."""
    del settings
    wanted = step.item.content
    assert isinstance(wanted, Integration)
    cloud = organisation.cloud
    if step.id:
        return _switched_on(step.id, organisation, before="")
    made = cloud.post(INTEGRATIONS, {"name": wanted.name, "integrationType": {"id": wanted.type}}).json
    if made.get("name") != wanted.name:
        path = f"{INTEGRATIONS}/{made['id']}/config/current"
        cloud.put(path, {**cloud.get(path).json, "name": wanted.name})
    return _switched_on(str(made["id"]), organisation, before="created")


def _switched_on(identity: str, organisation: Organisation, *, before: str) -> str:
    path = f"{INTEGRATIONS}/{identity}"
    try:
        organisation.cloud.patch(path, {"intendedState": "ENABLED"}, repeatable=True)
    except (Refused, Conflict, MissingPermission) as error:
        return f"{before}, but not switched on: {error.message}".removeprefix(", but ")
    return f"{before} and switched on".removeprefix(" and ")


def apply_queue(step: Step, organisation: Organisation, *, settings: Settings) -> str:
    """Create a queue, or change its description."""
    wanted = step.item.content
    assert isinstance(wanted, Queue)
    cloud = organisation.cloud
    if step.id:
        path = f"{QUEUES}/{step.id}"
        cloud.put(path, {**cloud.get(path).json, "description": wanted.description or ""})
        return "changed"
    body: dict[str, Any] = {"name": wanted.name}
    if wanted.description:
        body["description"] = wanted.description
    cloud.post(QUEUES, body | division(wanted.division or settings.division, organisation))
    return "created"


def division(name: str, organisation: Organisation) -> dict[str, Any]:
    """The `division` of a body; nothing when none is named (then it is the home division).

    Raises:
        RemoteError: there is none of that name.
    """
    if not name:
        return {}
    found = organisation.named(DIVISIONS, name)
    if not found:
        if name.casefold() == "home":
            return {}  # its name is the organisation's choice
        raise RemoteError(f"there is no division {name!r}", hint="create it, or correct the name")
    return {"division": {"id": found[0]["id"], "name": found[0]["name"]}}


def apply_table(step: Step, organisation: Organisation, *, settings: Settings) -> str:
    """Create a data table or change its columns, then write the rows that differ."""
    table = step.item.content
    assert isinstance(table, Table)
    cloud = organisation.cloud
    body = {"name": table.name, "description": table.description, "schema": table.schema()}
    rows: Mapping[str, Mapping[str, Any]] = {}
    if step.id:
        there = organisation.table(step.id)
        rows = there.rows or {}
        if there.meaning() != table.meaning():
            now = cloud.get(f"{TABLES}/{step.id}").json
            cloud.put(f"{TABLES}/{step.id}", {**body, "division": now.get("division")}, query=_SCHEMA)
        table_id = step.id
    else:
        place = division(table.division or settings.division, organisation)
        table_id = str(cloud.post(TABLES, {**body, **place}).json["id"])
    count = sum(_row(table_id, key, table=table, there=rows, organisation=organisation)
                for key in table.rows or {})  # fmt: skip
    written = f", {count:,} row{'' if count == 1 else 's'} written" if table.rows is not None else ""
    return f"{'changed' if step.id else 'created'}{written}"


_SCHEMA = {"expand": "schema"}


def _row(
    table_id: str,
    key: str,
    *,
    table: Table,
    there: Mapping[str, Mapping[str, Any]],
    organisation: Organisation,
) -> bool:
    """Write one row where it differs; whether it did."""
    wanted = table.full_row((table.rows or {})[key])
    if key in there and table.full_row(there[key]) == wanted:
        return False
    path = f"{TABLES}/{table_id}/rows"
    if key in there:
        organisation.cloud.put(f"{path}/{quoted(key)}", {KEY: key, **wanted})
        return True
    try:
        organisation.cloud.post(path, {KEY: key, **wanted})
    except (Conflict, OutcomeUnknown):
        # The answer may be lost and the row there: writing it under its key makes it once.
        try:
            organisation.cloud.put(f"{path}/{quoted(key)}", {KEY: key, **wanted})
        except NotFound:
            organisation.cloud.post(path, {KEY: key, **wanted})
    return True

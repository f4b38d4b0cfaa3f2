"""Data tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringback.platform import datatables, errors, paging
from ringback.platform.call import Call
from ringback.platform.collection import Collection
from ringback.platform.datatables import ROW, TABLE
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
PATH = "/api/v2/flows/datatables"
FLOW = "flow"
TABLES = Collection(
    TABLE,
    PATH,
    "DataTable",
    "DataTables",
    defaults={"description": ""},
    divisioned=True,
    dated=False,
    name_filter="asterisks",
)


def _view(call: Call, body: Body) -> Body:
    """A table with its schema only when the call asks for it."""
    if "schema" in call.listed("expand"):
        return body
    return {name: value for name, value in body.items() if name != "schema"}


@routes.get(PATH)
@routes.get(f"{PATH}/divisionviews")
def list_tables(call: Call) -> object:
    """A page of data tables."""
    return paging.page(call, TABLES.query(call), view=lambda body: _view(call, body))


@routes.post(PATH, errors=(409,))
def create_table(call: Call) -> object:
    """A new data table; name and schema are required."""
    sent = _checked(call.object())
    if call.store.count(Query(TABLE)) >= datatables.MAX_TABLES:
        raise datatables.limit_reached("data tables", datatables.MAX_TABLES)
    return TABLES.create(call, sent)


@routes.get(f"{PATH}/divisionviews/{{datatableId}}", errors=(404,))
@routes.get(f"{PATH}/{{datatableId}}", errors=(404,))
def read_table(call: Call) -> object:
    """One data table."""
    return _view(call, TABLES.read(call, call.path["datatableId"]))


@routes.put(f"{PATH}/{{datatableId}}", errors=(404, 409))
def replace_table(call: Call) -> object:
    """Replace a data table; without a schema it keeps its own. Rows lose the columns that it drops."""
    before = TABLES.read(call, call.path["datatableId"])
    sent = _checked({**call.object(), "schema": call.object().get("schema") or before["schema"]})
    dropped = datatables.check_change(before["schema"], sent["schema"])
    for stored in call.store.find(Query(ROW, parent=before["id"])) if dropped else ():
        kept = {name: value for name, value in stored["row"].items() if name not in dropped}
        call.tx.put(ROW, {"id": stored["id"], "row": kept}, parent=before["id"])
    return _view(call, TABLES.replace(call, before["id"], sent=sent))


@routes.delete(f"{PATH}/{{datatableId}}", status=204, errors=(404, 409))
def delete_table(call: Call) -> object:
    """Delete a data table with its rows; one that published flows use only with `force`."""
    table = TABLES.read(call, call.path["datatableId"])
    flows = call.store.ids_by_key(FLOW, ("uses", f"DATATABLE:{table['id']}"))
    users = [flow for flow in call.store.many(FLOW, flows) if not flow.get("deleted")]
    if users and not call.flag("force"):
        names = ", ".join(repr(flow["name"]) for flow in users[:5])
        raise errors.conflict(f"The data table is in use by {names}.", code="datatable.in.use")
    TABLES.delete(call, table["id"])
    call.tx.remove_all(ROW, parent=table["id"])
    return None


def _checked(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    datatables.check_schema(sent.get("schema"))
    return sent

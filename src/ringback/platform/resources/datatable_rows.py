"""The rows of data tables."""

from __future__ import annotations

from ringback.platform import datatables, errors, paging
from ringback.platform.call import Call
from ringback.platform.datatables import KEY, ROW, TABLE
from ringback.platform.resources.datatables import PATH
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
ROWS = f"{PATH}/{{datatableId}}/rows"
ITEM = f"{ROWS}/{{rowId}}"


def _table(call: Call) -> Body:
    return call.store.need(TABLE, call.path["datatableId"])


def _brief(call: Call) -> bool:
    return call.query.get("showbrief") is not False


def record(
    call: Call, action: str, *, key: str, before: Body | None = None, after: Body | None = None
) -> None:
    """The audit entry of a row; changes are listed when both sides are given."""
    entity = {**(after or before or {}), "id": f"{call.path['datatableId']}/{key}", "name": key}
    old = {**before, "id": entity["id"], "name": key} if before and after else None
    call.audit(action, entity, entity_type="DataTableRow", service="DataTables", before=old)


@routes.get(ROWS, errors=(404,))
def list_rows(call: Call) -> object:
    """A page of rows by key; only their keys unless `showbrief=false`."""
    table, brief = _table(call), _brief(call)

    def view(stored: Body) -> Body:
        return {KEY: stored["id"]} if brief else datatables.shown(table["schema"], stored["row"])

    query = Query(ROW, parent=table["id"], order=(), descending=paging.descending(call))
    return paging.page(call, query, view=view)


@routes.post(ROWS, errors=(404, 409))
def create_row(call: Call) -> object:
    """A new row."""
    table = _table(call)
    row = datatables.check_row(table["schema"], call.object())
    if call.store.get(ROW, row[KEY], parent=table["id"]) is not None:
        raise errors.conflict(f"The data table has a row {row[KEY]!r} already.", code="row.exists")
    if call.store.count(Query(ROW, parent=table["id"])) >= datatables.MAX_ROWS:
        raise datatables.limit_reached("rows of a data table", datatables.MAX_ROWS)
    call.tx.add(ROW, {"id": row[KEY], "row": row}, parent=table["id"])
    record(call, "Create", key=row[KEY], after=row)
    return datatables.shown(table["schema"], row)


@routes.get(ITEM, errors=(404,))
def read_row(call: Call) -> object:
    """One row; only its key unless `showbrief=false`."""
    table = _table(call)
    stored = call.store.need(ROW, call.path["rowId"], parent=table["id"])
    return {KEY: stored["id"]} if _brief(call) else datatables.shown(table["schema"], stored["row"])


@routes.put(ITEM, errors=(404,))
def replace_row(call: Call) -> object:
    """Replace a row; its key stays."""
    table, key = _table(call), call.path["rowId"]
    before = call.store.need(ROW, key, parent=table["id"])["row"]
    sent = {KEY: key, **call.object()}
    if sent[KEY] != key:
        raise errors.bad_request("The key of a row cannot change.", field=KEY)
    row = datatables.check_row(table["schema"], sent)
    call.tx.put(ROW, {"id": key, "row": row}, parent=table["id"])
    record(call, "Update", key=key, before=before, after=row)
    return datatables.shown(table["schema"], row)


@routes.delete(ITEM, status=204, errors=(404,))
def delete_row(call: Call) -> object:
    """Delete a row."""
    table, key = _table(call), call.path["rowId"]
    before = call.store.need(ROW, key, parent=table["id"])["row"]
    call.tx.remove(ROW, key, parent=table["id"])
    record(call, "Delete", key=key, before=before)
    return None

"""Data tables out to CSV and in from it; jobs end with the request that starts or feeds them."""

from __future__ import annotations

from typing import Any

from ringback.platform import datatables, errors, paging, transfers
from ringback.platform.call import Call
from ringback.platform.datatables import KEY, ROW, TABLE
from ringback.platform.errors import ApiError
from ringback.platform.resources.datatables import PATH
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
EXPORT, IMPORT = "datatable_export_job", "datatable_import_job"  # kinds; the parent is the table
EXPORTS = f"{PATH}/{{datatableId}}/export/jobs"
IMPORTS = f"{PATH}/{{datatableId}}/import/jobs"
FILE = "datatable_export"
UPLOAD_SECONDS = 3600
_COUNTS = {"countRecordsUpdated": 0, "countRecordsDeleted": 0, "countRecordsFailed": 0}


def _job(call: Call, table: Body, *, path: str) -> Body:
    job_id = call.new_id()
    client = {"id": call.principal.client_id, "selfUri": f"/api/v2/oauth/clients/{call.principal.client_id}"}
    return {
        "id": job_id,
        "name": table["name"],
        "owner": client,
        "dateCreated": call.now_iso(),
        "selfUri": f"{path.format(datatableId=table['id'])}/{job_id}",
    }


@routes.post(EXPORTS, errors=(404,))
def start_export(call: Call) -> object:
    """Write the table as CSV."""
    table = call.store.need(TABLE, call.path["datatableId"])
    rows = [stored["row"] for stored in call.store.find(Query(ROW, parent=table["id"], order=()))]
    content = datatables.to_csv(table["schema"], rows)
    file_id = transfers.keep(
        call, content, purpose=FILE, content_type="text/csv; charset=utf-8", name=f"{table['name']}.csv"
    )
    job = _job(call, table, path=EXPORTS) | {
        "status": "Succeeded",
        "dateCompleted": call.now_iso(),
        "countRecordsProcessed": len(rows),
    }
    call.tx.add(EXPORT, {**job, "_file": file_id}, parent=table["id"])
    call.audit("Export", table, entity_type="DataTable", service="DataTables")
    return _exported(call, {**job, "_file": file_id})


@routes.get(f"{EXPORTS}/{{exportJobId}}", errors=(404,))
def read_export(call: Call) -> object:
    """An export job with a fresh URL for its file."""
    parent = call.path["datatableId"]
    return _exported(call, call.store.need(EXPORT, call.path["exportJobId"], parent=parent))


def _exported(call: Call, job: Body) -> Body:
    return _plain(job) | {"downloadURI": transfers.download_url(call, job["_file"], seconds=UPLOAD_SECONDS)}


@routes.post(IMPORTS, errors=(404,))
@routes.post(f"{PATH}/{{datatableId}}/import/csv/jobs", errors=(404,))
def start_import(call: Call) -> object:
    """Offer an upload of CSV; the import runs when the file arrives."""
    table = call.store.need(TABLE, call.path["datatableId"])
    job = _job(call, table, path=IMPORTS) | {
        "status": "WaitingForUpload",
        "importMode": call.object().get("importMode") or "Append",
        **_COUNTS,
    }
    upload = transfers.offer(
        call,
        IMPORT,
        content_type="text/csv",
        seconds=UPLOAD_SECONDS,
        meta={"table": table["id"], "job": job["id"], "fileName": f"{table['name']}.csv"},
    )
    job |= {"uploadURI": upload.url, "uploadHeaders": dict(upload.headers)}
    call.tx.add(IMPORT, job, parent=table["id"])
    call.audit("Create", job, entity_type="DataTableImport", service="DataTables")
    return job


@routes.get(IMPORTS, errors=(404,))
def list_imports(call: Call) -> object:
    """A page of the import jobs of a table, the newest first."""
    table = call.store.need(TABLE, call.path["datatableId"])
    return paging.page(call, Query(IMPORT, parent=table["id"], order=("created",), descending=True))


@routes.get(f"{IMPORTS}/{{importJobId}}", errors=(404,))
def read_import(call: Call) -> object:
    """An import job."""
    return call.store.need(IMPORT, call.path["importJobId"], parent=call.path["datatableId"])


@transfers.on_upload(IMPORT)
def run_import(call: Call, file: transfers.File) -> None:
    """Put the rows of an uploaded file into its table; a job runs once."""
    table_id = file.meta["table"]
    table = call.store.get(TABLE, table_id)
    job = call.store.get(IMPORT, file.meta["job"], parent=table_id)
    if table is None or job is None or job["status"] != "WaitingForUpload":
        return
    try:
        with call.tx.savepoint():
            counts = _import(
                call, table, content=file.content or b"", replace=job["importMode"] == "ReplaceAll"
            )
        done: dict[str, Any] = {"status": "Succeeded", **counts}
    except ApiError as error:
        done = {"status": "Failed", "errorInformation": error.body(call.correlation_id)}
    after = job | done | {"dateCompleted": call.now_iso()}
    call.tx.put(IMPORT, after, parent=table_id)
    call.audit("Import", table, entity_type="DataTable", service="DataTables", message=done["status"])
    transfers.remove(call.tx, file.id)


def _import(call: Call, table: Body, *, content: bytes, replace: bool) -> Body:
    """Add and replace rows; gives the counts of the job. Wrong rows are left out and counted."""
    known, rows, wrong = set(datatables.keys(call.store, table["id"])), dict[str, Body](), []
    for row in datatables.from_csv(table["schema"], content):
        if isinstance(row, ApiError):
            wrong.append(row)
        else:
            rows[row[KEY]] = row
    gone = known - rows.keys() if replace else set()
    if len((known - gone) | rows.keys()) > datatables.MAX_ROWS:
        raise datatables.limit_reached("rows of a data table", datatables.MAX_ROWS)
    for key in gone:
        call.tx.remove(ROW, key, parent=table["id"])
    for key, row in rows.items():
        write = call.tx.put if key in known else call.tx.add
        write(ROW, {"id": key, "row": row}, parent=table["id"])
    counts: Body = {
        "countRecordsUpdated": len(rows),
        "countRecordsDeleted": len(gone),
        "countRecordsFailed": len(wrong),
    }
    if wrong:
        first = errors.bad_request(f"{len(wrong)} rows were left out; the first: {wrong[0].message}")
        counts["errorInformation"] = first.body(call.correlation_id)
    return counts


def _plain(job: Body) -> Body:
    return {name: value for name, value in job.items() if not name.startswith("_")}

"""Contacts from CSV files: uploads, settings, and jobs that check a file first and import it when told to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ringback.contacts.columns import DELIMITERS, sniff
from ringback.contacts.emails import same_email
from ringback.contacts.native import EMAILS, PHONES
from ringback.platform import errors, paging, transfers
from ringback.platform.call import Call
from ringback.platform.catalogue import models
from ringback.platform.clock import new_id
from ringback.platform.collection import Collection, division_of
from ringback.platform.errors import ApiError
from ringback.platform.resources import external_contacts as contacts
from ringback.platform.resources.contact_model import (
    CONTACT,
    PATH,
    SERVER,
    SERVICE,
    clean,
    country_of,
    numbers_in,
)
from ringback.platform.resources.contact_search import ids_in_range
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body, Query

routes = Routes()
JOB, PURPOSE = "contact_import_job", "contact_csv"
MOST_ROWS = 10_000  # named in docs/limits.md
_BASE = f"{PATH}/import"
_PREVIEWED = 10
CSV_SETTINGS = Collection(
    "contact_csv_settings", f"{_BASE}/csv/settings", "CsvSettings", SERVICE, unique_name=False, dated=False
)
SETTINGS = Collection(
    "contact_import_settings",
    f"{_BASE}/settings",
    "ContactImportSettings",
    SERVICE,
    defaults={"matchingCriteria": []},
    read_only=frozenset({"dateCreated"}),
)
_TEXTS = (
    frozenset(name for name, field in models()["ExternalContact"].items() if field.type == "str") - SERVER
)
_SPECIAL = frozenset({"externalId", "externalIds", *PHONES})


# ---- uploads


@routes.post(f"{_BASE}/csv/uploads")
def create_upload(call: Call) -> object:
    """Where to put a CSV file."""
    sent, most = call.object(), call.services.settings.max_body
    if not 0 < sent["fileSize"] <= most:
        raise errors.bad_request(f"The file must have 1 to {most} bytes.", field="fileSize")
    name = str(sent.get("fileName") or "contacts.csv")
    offered = transfers.offer(call, PURPOSE, content_type="text/csv", meta={"fileName": name})
    headers = [{"name": key, "value": value} for key, value in offered.headers.items()]
    return {"uploadId": offered.id, "uploadUrl": offered.url, "uploadHeaders": headers}


def _file(call: Call, upload_id: str) -> tuple[str, bytes]:
    """(name, content) of an upload that has arrived; ApiError 404."""
    found = transfers.find(call.store, upload_id)
    if found is None or found.purpose != PURPOSE or found.content is None:
        raise errors.not_found("upload", upload_id)
    return str(found.meta.get("fileName") or ""), found.content


def _lines(content: bytes) -> Iterator[list[str]]:
    """The rows of a file, its header first; ApiError 400 when it is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.bad_request("The file is no UTF-8.", code="file.encoding") from None
    first = text.partition("\n")[0]
    try:
        yield from (row for row in csv.reader(io.StringIO(text), delimiter=sniff(first)) if any(row))
    except csv.Error as error:
        raise errors.bad_request(f"The file is no CSV: {error}", code="file.separator") from None


@routes.get(f"{_BASE}/csv/uploads/{{uploadId}}/details")
def read_upload(call: Call) -> object:
    """Whether a file can be read."""
    name, content = _file(call, call.path["uploadId"])
    result: Body = {"separatorValid": True, "fileEncodingValid": True, "errors": []}
    try:
        header = next(_lines(content), [])
        result["separatorValid"] = len(header) > 1 or not any(mark in "".join(header) for mark in DELIMITERS)
    except ApiError as error:
        result["fileEncodingValid"] = error.code != "file.encoding"
        result["separatorValid"] = error.code != "file.separator"
    return {"uploadId": call.path["uploadId"], "fileName": name, "validationResult": result}


@routes.get(f"{_BASE}/csv/uploads/{{uploadId}}/preview")
def preview_upload(call: Call) -> object:
    """The first rows of a file."""
    _, content = _file(call, call.path["uploadId"])
    header, *rows = [row for row, _ in zip(_lines(content), range(_PREVIEWED + 1), strict=False)] or [[]]
    return {"uploadId": call.path["uploadId"], "headers": header, "entries": rows}


# ---- settings


def _paged(call: Call, kind: str, **more: Any) -> Body:
    """A list with `after`."""
    size = call.query.get("pageSize") or paging.DEFAULT_SIZE
    part, after = paging.following(
        call.store.find(Query(kind, **more)), seen=call.query.get("after"), size=size
    )
    return paging.cursor(call, part, after=after, by="after")


def _serve_settings(kind: Collection) -> None:
    def listed(call: Call) -> object:
        return _paged(call, kind.kind, name_like=call.query.get("name"))

    def create(call: Call) -> object:
        return kind.create(call, call.object())

    def read(call: Call) -> object:
        return kind.read(call, call.path["settingsId"])

    def replace(call: Call) -> object:
        return kind.replace(call, call.path["settingsId"], sent=call.object())

    def delete(call: Call) -> object:
        kind.delete(call, call.path["settingsId"])
        return None

    one = f"{kind.path}/{{settingsId}}"
    for handler, about in (
        (listed, "Settings of imports."),
        (create, "New settings of imports."),
        (read, "Settings of an import."),
        (replace, "Replace settings of imports."),
        (delete, "Delete settings of imports."),
    ):
        handler.__doc__ = about
    routes.get(kind.path)(listed)
    routes.post(kind.path, status=201 if kind is CSV_SETTINGS else 200, errors=(409,))(create)
    routes.get(one)(read)
    routes.put(one, errors=(409,))(replace)
    routes.delete(one, status=204)(delete)


_serve_settings(CSV_SETTINGS)
_serve_settings(SETTINGS)


# ---- jobs


@routes.post(f"{_BASE}/csv/jobs", status=201, errors=(404,))
def create_csv_job(call: Call) -> object:
    """Check a file that was uploaded; the import itself waits for `Continue`."""
    sent = call.object()
    mapping = CSV_SETTINGS.read(call, sent["settingsId"])
    name, content = _file(call, sent["uploadId"])
    rows = list(_rows(content, mapping))
    made, source = _job(call, mapping, division=sent.get("division")), _source(call, mapping)
    failed = [(at, reason) for at, row in enumerate(rows, 2) if (reason := _check(call, row, source=source))]
    made |= {
        "executionStep": "Validated",
        "statusDetails": "The file was checked; continue the job to import it.",
        "metadata": {
            "fileName": name,
            "dryRunFailedCount": len(failed),
            "dryRunSuccessCount": len(rows) - len(failed),
            "dryRunReportDownloadUrl": _report(call, failed),
        },
    }
    call.tx.add(JOB, {**made, "uploadId": sent["uploadId"], "csvSettingsId": mapping["id"]})
    call.audit("Create", made, entity_type="ContactImportJob", service=SERVICE)
    return {"job": {"id": made["id"], "selfUri": made["selfUri"]}}


def _job(call: Call, settings: Body, *, division: Mapping[str, Any] | None) -> Body:
    identity = new_id()
    return {
        "id": identity,
        "status": "Created",
        "statusDetails": "",
        "executionStep": "Validating",
        "metadata": {},
        "dateCreated": call.now_iso(),
        "division": division_of(call, division),
        "settings": {"id": settings["id"], "selfUri": settings["selfUri"]},
        "selfUri": f"{_BASE}/jobs/{identity}",
    }


def _rows(content: bytes, mapping: Body) -> Iterator[dict[str, str]]:
    """The rows of a file as target field to text."""
    targets = {each["sourceField"]: each["targetField"] for each in mapping["mappings"]}
    lines = _lines(content)
    header = next(lines, [])
    for unknown in (column for column in targets if column not in header):
        raise errors.bad_request(f"The file has no column {unknown}.", field="mappings")
    for at, line in enumerate(lines):
        if at >= MOST_ROWS:
            raise errors.bad_request(f"A file may have {MOST_ROWS} rows.", field="uploadId")
        yield {targets[column]: text for column, text in zip(header, line, strict=False) if column in targets}


def _source(call: Call, mapping: Body) -> Body:
    """The import settings that the settings of the file name; {} for none."""
    return call.store.get(SETTINGS.kind, str(mapping.get("externalSettingsId") or "")) or {}


@cache
def _texts() -> frozenset[str]:
    """The fields of a contact that are plain texts."""
    fields = models()["ExternalContact"].items()
    return frozenset(name for name, field in fields if field.type == "str") - SERVER


def _sent(row: Mapping[str, str], *, source: Body) -> Body:
    """The request that a row amounts to; ApiError 400 for a target that is none."""
    sent: Body = {}
    for target, text in row.items():
        top, _, inner = target.partition(".")
        if not text.strip():
            continue
        if top == "address" and inner:
            sent.setdefault("address", {})[inner] = text
        elif target in PHONES or (top in PHONES and inner == "display"):
            sent[top] = {"display": text}
        elif target in {"externalId", "externalIds"}:
            sent["externalIds"] = [{"externalSource": {"id": source.get("externalSourceId")}, "value": text}]
        elif target in _texts():
            sent[target] = text
        else:
            raise errors.bad_request(f"{target} is no field to import.", field="mappings")
    if not sent:
        raise errors.bad_request("The row is empty.")
    return sent


def _check(call: Call, row: Mapping[str, str], *, source: Body) -> str:
    """What is wrong with a row; "" when nothing is."""
    try:
        clean(call, _sent(row, source=source), model=contacts.MODEL)
    except ApiError as error:
        return error.message
    return ""


def _report(call: Call, failed: list[tuple[int, str]]) -> str:
    """A URL with the rows that failed, as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([("row", "reason"), *failed])
    content = text.getvalue().encode()
    name = "contact-import-report.csv"
    return transfers.download_url(
        call, transfers.keep(call, content, purpose="report", content_type="text/csv", name=name)
    )


def _import(call: Call, job: Body) -> Body:
    """Import the file of a job; a row that fails leaves the others alone."""
    mapping = CSV_SETTINGS.read(call, job["csvSettingsId"])
    _, content = _file(call, job["uploadId"])
    source, failed, done = _source(call, mapping), [], 0
    for at, row in enumerate(_rows(content, mapping), 2):
        try:
            with call.tx.savepoint():
                _put(call, _sent(row, source=source), source=source, division=job["division"])
            done += 1
        except ApiError as error:
            failed.append((at, error.message))
    counts = {"importFailedCount": len(failed), "importSuccessCount": done}
    report = {"importReportDownloadUrl": _report(call, failed)}
    return {
        **job,
        "status": "Completed",
        "statusDetails": "",
        "executionStep": "Importing",
        "metadata": {**job["metadata"], **counts, **report},
    }


def _put(call: Call, sent: Body, *, source: Body, division: Body) -> None:
    """Add a contact, or change the one that matches."""
    before = _match(
        call, sent, criteria=[str(each).casefold() for each in source.get("matchingCriteria") or ()]
    )
    if before is None:
        contacts.add(call, {**sent, "division": division})
    else:
        contacts.change(call, before, after={**before, **clean(call, sent, model=contacts.MODEL)})


def _match(call: Call, sent: Body, *, criteria: list[str]) -> Body | None:
    wanted: list[str] = []
    if "email" in criteria:
        wanted += [same_email(sent[name]) for name in EMAILS if sent.get(name)]
    if "phone" in criteria:
        country = country_of(call.store)
        wanted += [
            e164 for name in PHONES if sent.get(name) for e164 in numbers_in(sent[name]["display"], country)
        ]
    ids = [each for term in wanted for each in ids_in_range(call.store, CONTACT, low=term, high=term)]
    return call.store.get(CONTACT, ids[0]) if ids else None


def _shown(job: Body) -> Body:
    return {name: value for name, value in job.items() if name not in {"uploadId", "csvSettingsId"}}


@routes.get(f"{_BASE}/jobs")
def list_jobs(call: Call) -> object:
    """Import jobs, the newest first."""
    page = _paged(call, JOB, order=("created",), descending=True)
    wanted = call.query.get("jobStatus")
    shown = [
        _shown(job) for job in page["entities"] if not wanted or job["status"] in call.listed("jobStatus")
    ]
    return {**page, "entities": shown}


@routes.post(f"{_BASE}/jobs", errors=(404,))
def create_job(call: Call) -> object:
    """A job without a file of its own."""
    sent = call.object()
    made = _job(call, SETTINGS.read(call, sent["settingsId"]), division=sent.get("division"))
    call.tx.add(JOB, made)
    call.audit("Create", made, entity_type="ContactImportJob", service=SERVICE)
    return made


@routes.get(f"{_BASE}/jobs/{{jobId}}")
def read_job(call: Call) -> object:
    """One import job."""
    return _shown(call.store.need(JOB, call.path["jobId"]))


@routes.put(f"{_BASE}/jobs/{{jobId}}", errors=(409,))
def update_job(call: Call) -> object:
    """Continue, retry or cancel a job."""
    sent, before = call.object(), call.store.need(JOB, call.path["jobId"])
    if before["status"] in {"Completed", "Cancelled"}:
        raise errors.conflict(f"The job is {before['status'].lower()} already.")
    if sent["status"] == "Cancel":
        after = {**before, "status": "Cancelled"}
    elif "uploadId" not in before:
        raise errors.conflict("The job has no file to import.")
    else:
        after = _import(call, before)
    call.tx.put(JOB, after)
    call.audit("Update", after, entity_type="ContactImportJob", service=SERVICE, before=before)
    return {"jobId": before["id"], "status": sent["status"]}

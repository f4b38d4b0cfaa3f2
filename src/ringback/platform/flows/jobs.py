"""Jobs over flow documents: publish an upload, validate flows that exist, export flows.

Every job is done when its request has been answered: a client that polls would otherwise wait 15 s for each.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from ringback.core.diagnostics import Diagnostic
from ringback.flows.model import Flow
from ringback.platform import errors, transfers
from ringback.platform.call import Call
from ringback.platform.clock import iso, new_id
from ringback.platform.errors import ApiError
from ringback.platform.flows import entities
from ringback.platform.flows.documents import (
    MAX_MESSAGES,
    check,
    document_of,
    encoded,
    file_name,
    yaml_of,
)
from ringback.platform.flows.kinds import FLOW, api_type
from ringback.platform.flows.organisation import find
from ringback.platform.flows.organisation import needed as needs_of
from ringback.platform.rights import Principal
from ringback.platform.store.reader import Body, Reader

PUBLISH, VALIDATE, EXPORT = "flow_job", "flow_validate_job", "flow_export_job"
PURPOSE = "flow"  # of uploads
_WORDS = {"error": "Error", "warning": "Warning"}


def view(job: Body, *, messages: bool) -> Body:
    """A job as callers see it; messages only when they are asked for."""
    hidden = () if messages else ("messages",)
    return {name: value for name, value in job.items() if not name.startswith("_") and name not in hidden}


def message(call: Call, text: str, *, type_: str = "Error") -> Body:
    """A message of a job."""
    return {"dateTime": iso(call.now), "type": type_, "text": text, "details": []}


def messages_of(call: Call, found: Iterable[Diagnostic]) -> list[Body]:
    """What the checks found, as messages; each says file, line, column, rule and hint."""
    listed = [message(call, str(each), type_=_WORDS.get(each.severity, "Unknown")) for each in found]
    return listed[:MAX_MESSAGES]


# ---- publish


def register(call: Call, *, stubs: bool) -> Body:
    """A publish job, and where its document is to be uploaded."""
    job_id = new_id()
    upload = transfers.offer(call, PURPOSE, meta={"job": job_id, "fileName": "flow.yaml"})
    job = {
        "id": job_id,
        "status": "Registered",
        "command": "Publish",
        "messages": [],
        "selfUri": f"/api/v2/flows/jobs/{job_id}",
        "_stubs": stubs,
        "_client": [call.principal.client_id, call.principal.name],
    }
    call.tx.add(PUBLISH, job)
    return {
        "id": job_id,
        "presignedUrl": upload.url,
        "headers": dict(upload.headers),
        "selfUri": job["selfUri"],
    }


@transfers.on_upload(PURPOSE)
def publish_upload(call: Call, file: transfers.File) -> None:
    """Publish an uploaded document in the name of whoever registered the job."""
    job = call.tx.need(PUBLISH, file.meta["job"])
    client_id, name = job["_client"]
    call.principal = Principal(client_id, name, 0, frozenset())
    try:
        text = (file.content or b"").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        failed = message(call, f"flow.yaml: error: the file is no UTF-8 text (byte {error.start})")
        call.tx.put(PUBLISH, job | {"status": "Failure", "messages": [failed]})
        return
    call.tx.put(PUBLISH, job | _published(call, text, stubs=job["_stubs"]))
    # The version holds the text now.
    transfers.remove(call.tx, file.id)


def _published(call: Call, text: str, *, stubs: bool) -> Body:
    checked = check(call.tx, document_of(text), stubs=stubs)
    found = messages_of(call, checked.found)
    if checked.errors or checked.flow is None:
        return {"status": "Failure", "messages": found}
    try:
        _refuse_locked(call, checked.flow)
        if stubs:
            found += _make_stubs(call, checked.flow)
        body = entities.upsert(call, checked)
    except ApiError as error:
        return {"status": "Failure", "messages": [message(call, error.message), *found]}
    reference = {"id": body["id"], "selfUri": body["selfUri"]}
    return {"status": "Success", "messages": found, "flow": reference}


def _refuse_locked(call: Call, flow: Flow) -> None:
    """Before anything is written: a job that fails leaves nothing behind."""
    if body := entities.named(call.tx, api_type(flow.type), name=flow.name):
        entities.refuse_if_locked(call, body)


def _make_stubs(call: Call, flow: Flow) -> list[Body]:
    """A flow without a version for each flow that is named and not there (policy `flow_job_stubs`)."""
    made = []
    for need in needs_of(call.tx, flow):
        if need.code == "flow" and need.found is None and find(call.tx, "flow", name=need.name) is None:
            type_ = _STUBS.get(need.action, api_type(flow.type))
            entities.create(call, {"name": need.name, "description": "Stub"}, type_=type_)
            made.append(message(call, f"made a stub for the flow {need.name!r} ({type_})", type_="Warning"))
    return made


_STUBS = {
    "callCommonModule": "COMMONMODULE",
    "callBotFlow": "BOT",
    "callDigitalBotFlow": "DIGITALBOT",
    "transferToFlowSecure": "SECURECALL",
}


# ---- flows that jobs name


def named_flows(store: Reader, asked: Iterable[Body]) -> Iterator[tuple[Body, str, str]]:
    """(flow, version id, problem) of what a job asks for; the flow is empty when there is none."""
    for each in asked:
        wanted = each["flow"]
        body = _asked(store, wanted)
        if body is None:
            shown = wanted.get("id") or " ".join(filter(None, (wanted.get("type"), wanted.get("name"))))
            shown = shown or "without an id, or a name and a type"
            yield {}, "", f"could not find the flow {shown}"
            continue
        version_id = str(wanted.get("version") or entities.published(body) or entities.newest(body))
        if not version_id:
            yield {}, "", f"the flow {body['name']!r} has no version"
        elif not entities.has_version(store, body, version_id=version_id):
            yield {}, "", f"the flow {body['name']!r} has no version {version_id}"
        else:
            yield body, version_id, ""


def _asked(store: Reader, wanted: Body) -> Body | None:
    body = store.get(FLOW, str(wanted["id"])) if wanted.get("id") else None
    if body is None and wanted.get("name") and wanted.get("type"):
        body = entities.named(store, str(wanted["type"]).upper(), name=str(wanted["name"]))
    return None if body is None or body.get("deleted") else body


# ---- validate


def validate(call: Call, store: Reader, *, asked: list[Body]) -> Body:
    """A validation job that is done."""
    found: list[Body] = []
    failed = False
    for body, version_id, problem in named_flows(store, asked):
        if problem:
            found.append(message(call, problem))
            failed = True
            continue
        checked = check(store, entities.document(store, body, version_id=version_id))
        failed = failed or bool(checked.errors)
        found += [
            each | {"text": f"{body['name']}: {each['text']}"} for each in messages_of(call, checked.found)
        ]
    return _done("Validate", failed=failed, messages=found, path="validate/jobs")


def _done(command: str, *, failed: bool, messages: list[Body], path: str) -> Body:
    job_id = new_id()
    return {
        "id": job_id,
        "status": "Failure" if failed else "Success",
        "command": command,
        "messages": messages[:MAX_MESSAGES],
        "selfUri": f"/api/v2/flows/{path}/{job_id}",
    }


# ---- export


def export(call: Call, *, asked: list[Body]) -> Body:
    """An export job that is done; its file is kept, one document or a zip of several."""
    found: list[Body] = []
    files: dict[str, bytes] = {}
    for each, (body, version_id, problem) in zip(asked, named_flows(call.store, asked), strict=True):
        if problem:
            found.append(message(call, f"{problem}; exit code: 107"))
            continue
        try:
            name, content = _exported(call, body, version_id=version_id, asked=each, messages=found)
        except ApiError as error:
            found.append(message(call, error.message))
            continue
        files[_free(name, files)] = content
    failed = any(each["type"] == "Error" for each in found) or not files
    job = _done("Export", failed=failed, messages=found, path="export/jobs")
    if not failed:
        job["_file"] = _kept(call, files)
    return job


def _exported(
    call: Call, body: Body, *, version_id: str, asked: Body, messages: list[Body]
) -> tuple[str, bytes]:
    document = entities.document(call.store, body, version_id=version_id)
    name = str(asked.get("fileName") or "")
    if asked.get("exportType") == "Architect":
        text = encoded(document)
        if text is None:
            raise errors.bad_request(
                f"the flow {body['name']!r} did not come as an Architect export; only Yaml can be made of it"
            )
        return name or file_name(body["name"], version_id, form=_suffix(body["type"])), text.encode()
    text, lost = yaml_of(document)
    messages += [each | {"type": "Warning"} for each in messages_of(call, lost)]
    return name or file_name(body["name"], version_id, form=".yaml"), text.encode()


def _suffix(type_: str) -> str:
    return f".i3{type_.lower()}flow" if not type_.endswith("FLOW") else ".i3workflow"


def _free(name: str, taken: Any) -> str:
    """A name that no other file of the archive has."""
    stem, dot, suffix = name.rpartition(".")
    number, free = 2, name
    while free in taken:
        free = f"{stem or suffix} ({number}){dot if stem else ''}{suffix if stem else ''}"
        number += 1
    return free


def _kept(call: Call, files: dict[str, bytes]) -> str:
    if len(files) == 1:
        ((name, content),) = files.items()
        media = "application/x-yaml" if name.endswith((".yaml", ".yml")) else "application/octet-stream"
        return transfers.keep(call, content, purpose="flow_export", content_type=media, name=name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return transfers.keep(
        call, packed.getvalue(), purpose="flow_export", content_type="application/zip", name="flows.zip"
    )

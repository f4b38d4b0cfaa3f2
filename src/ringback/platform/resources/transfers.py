"""Uploads and downloads: the presigned URLs themselves, and the operations that hand them out."""

from __future__ import annotations

import re

from ringback.platform import errors, transfers
from ringback.platform.audio import first_file
from ringback.platform.call import Call, Reply
from ringback.platform.catalogue import Parameter
from ringback.platform.routing import Local, Routes

routes = Routes()
_SIGNED = Local(query=(Parameter("expires", "int", True), Parameter("signature", "str", True)))
_UPLOAD = "/_ringback/uploads/{uploadId}"
_FORBIDDEN = re.compile(r"[\s\\{^}%`\]\">\[~<#|]")


@routes.put(_UPLOAD, local=_SIGNED, public=True, raw=True, errors=(403, 404))
def take(call: Call) -> object:
    """Take an uploaded file; what it is for happens in the same transaction."""
    file = _offered(call)
    transfers.check_upload(call, file)
    media = call.headers.get("content-type") or file.content_type or "application/octet-stream"
    _received(call, file, content=call.raw, media=media)
    return None


@routes.post(_UPLOAD, local=_SIGNED, public=True, raw=True, errors=(403, 404))
def take_form(call: Call) -> object:
    """Take the first file of a multipart form, as older clients send prompts."""
    file = _offered(call)
    content = first_file(call.raw, call.headers.get("content-type", ""))
    if content is None:
        raise errors.bad_request("The request is no multipart form with a file.")
    _received(call, file, content=content, media=file.content_type or "application/octet-stream")
    return None


def _offered(call: Call) -> transfers.File:
    upload_id = call.path["uploadId"]
    transfers.check(call, "PUT", place=f"uploads/{upload_id}")
    file = transfers.find(call.store, upload_id)
    if file is None:
        raise errors.not_found("upload", upload_id)
    return file


def _received(call: Call, file: transfers.File, *, content: bytes, media: str) -> None:
    transfers.fill(call.tx, file.id, content=content, content_type=media)
    entity = {"id": file.id, "name": file.meta.get("fileName") or file.purpose}
    call.audit("Upload", entity, entity_type="Upload", service="ContentManagement")
    transfers.received(call, transfers.File(file.id, file.purpose, media, file.meta, content))


@routes.get(
    "/_ringback/downloads/{fileId}",
    local=_SIGNED,
    public=True,
    errors=(403, 404),
    content_type="application/octet-stream",
)
def hand_out(call: Call) -> object:
    """The content of a file."""
    file_id = call.path["fileId"]
    transfers.check(call, "GET", place=f"downloads/{file_id}")
    file = transfers.find(call.store, file_id)
    if file is None or file.content is None:
        raise errors.not_found("download", file_id)
    name = str(file.meta.get("fileName") or file_id)
    headers = {"content-disposition": f'attachment; filename="{_plain(name)}"'}
    return Reply(file.content, 200, headers, content_type=_plain(file.content_type))


@routes.get("/api/v2/downloads/{downloadId}", errors=(404,))
def read_download(call: Call) -> object:
    """Where a file can be fetched, or a redirect to there."""
    file = transfers.find(call.store, call.path["downloadId"])
    if file is None or file.content is None:
        raise errors.not_found("download", call.path["downloadId"])
    url = transfers.download_url(call, file.id)
    if call.flag("issueRedirect"):
        return Reply(None, 307, {"location": url})
    return {"url": url}


def _offer(call: Call) -> object:
    sent = call.object()
    name = str(sent.get("fileName") or "")
    if name.startswith(".") or name.endswith("/") or _FORBIDDEN.search(name):
        raise errors.bad_request(f"[{name[:100]}] cannot be the name of an uploaded file.", field="fileName")
    seconds = sent.get("signedUrlTimeoutSeconds") or transfers.URL_SECONDS
    if not 1 <= seconds <= transfers.MAX_URL_SECONDS:
        raise errors.bad_request(
            f"signedUrlTimeoutSeconds is between 1 and {transfers.MAX_URL_SECONDS}.",
            field="signedUrlTimeoutSeconds",
        )
    digest, encryption = sent.get("contentMd5"), sent.get("serverSideEncryption")
    headers = {"Content-MD5": digest} if digest else {}
    headers |= {"x-amz-server-side-encryption": encryption} if encryption else {}
    media = str(sent.get("contentType") or "")
    upload = transfers.offer(
        call, "upload", content_type=media, seconds=seconds, headers=headers, meta={"fileName": name}
    )
    entity = {"id": upload.id, "name": name}
    call.audit("Create", entity, entity_type="Upload", service="ContentManagement")
    return {"url": upload.url, "uploadKey": upload.id, "headers": dict(upload.headers)}


for _path in (
    "learning/coverart",
    "publicassets/images",
    "recordings",
    "workforcemanagement/historicaldata/csv",
):
    routes.post(f"/api/v2/uploads/{_path}")(_offer)


def _plain(text: str) -> str:
    """Text that a header can hold."""
    return re.sub(r"[^ !#-\[\]-~]", "_", text)

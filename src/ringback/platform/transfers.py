"""Files on their way in and out: presigned URLs of this server, as the platform hands out those of S3.

Who knows a URL may use it until it expires; nothing else is asked of them. Its signature covers method, file
and expiry, under a key that only the database holds. Resources offer an upload and say what is to happen when
it is there:

    transfers.on_upload("datatable_import")(run_import)
    upload = transfers.offer(call, "datatable_import", content_type="text/csv", meta={"job": job_id})
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.errors import ApiError
from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared, insert
from ringback.platform.store.reader import Body, Reader
from ringback.platform.store.transaction import Transaction

# Limits of our own, named in docs/limits.md; those of the operations themselves are the platform's.
URL_SECONDS = 600  # how long a URL is good when nobody says
MAX_URL_SECONDS = 604_800

_KEY = "transfer_key"  # name of the control document
_B = tables.blobs.c
_ADD = insert(tables.blobs)
_READ = Prepared(
    sa.select(_B.purpose, _B.content_type, _B.meta, _B.content).where(_B.id == sa.bindparam("at_id"))
)
_FILL = Prepared(
    sa.update(tables.blobs)
    .where(_B.id == sa.bindparam("at_id"))
    .values(content=sa.bindparam("content"), content_type=sa.bindparam("content_type"))
)
_REMOVE = Prepared(sa.delete(tables.blobs).where(_B.id == sa.bindparam("at_id")))


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was offered: PUT the file to `url` with exactly these `headers`."""

    id: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """A file that was uploaded or made.

    Attributes:
        id: its id.
        purpose: what it is for.
        content_type: its media type.
        meta: what the resource noted with it; `headers` that its upload needs, `fileName`.
        content: None until it was uploaded.
    """

    id: str
    purpose: str
    content_type: str
    meta: Body = field(default_factory=dict)
    content: bytes | None = None


Received = Callable[[Call, File], None]
_RECEIVERS: dict[str, Received] = {}


def on_upload(purpose: str) -> Callable[[Received], Received]:
    """Call the decorated function, in the upload's transaction, when a file for a purpose has arrived."""

    def add(function: Received) -> Received:
        _RECEIVERS[purpose] = function
        return function

    return add


def received(call: Call, file: File) -> None:
    """Tell the resource that offered an upload that its file is there."""
    if receiver := _RECEIVERS.get(file.purpose):
        receiver(call, file)


def offer(
    call: Call,
    purpose: str,
    *,
    content_type: str = "",
    seconds: int = URL_SECONDS,
    headers: Mapping[str, str] | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Upload:
    """Offer an upload.

    Args:
        call: the call, in a transaction.
        purpose: what the file is for; see `on_upload`.
        content_type: media type that the upload must have; "" for any.
        seconds: how long the URL is good.
        headers: further headers that the upload must have.
        meta: what `on_upload` is to know.
    """
    needed = dict(headers or {})
    if content_type:
        needed = {"Content-Type": content_type, **needed}
    file_id = _add(call.tx, purpose, content_type=content_type, meta={**(meta or {}), "headers": needed})
    return Upload(file_id, upload_url(call, file_id, seconds=seconds), needed)


def keep(call: Call, content: bytes, *, purpose: str, content_type: str, name: str) -> str:
    """Put a file of our own making where `download_url` leads; gives its id."""
    file_id = _add(call.tx, purpose, content_type=content_type, meta={"fileName": name})
    fill(call.tx, file_id, content=content, content_type=content_type)
    return file_id


def upload_url(call: Call, file_id: str, *, seconds: int = URL_SECONDS) -> str:
    """A fresh URL for an upload that was offered."""
    return _url(call, "PUT", place=f"uploads/{file_id}", seconds=seconds)


def download_url(call: Call, file_id: str, *, seconds: int = URL_SECONDS) -> str:
    """An absolute URL from which anybody gets a file until it expires."""
    return _url(call, "GET", place=f"downloads/{file_id}", seconds=seconds)


def find(store: Reader, file_id: str) -> File | None:
    """A file with its content, None when there is none."""
    row = _READ.run(store.connection, at_id=file_id).fetchone()
    if row is None:
        return None
    content = bytes(row[3]) if row[3] is not None else None
    return File(file_id, row[0], row[1], msgspec.json.decode(row[2]), content)


def fill(transaction: Transaction, file_id: str, *, content: bytes, content_type: str) -> None:
    """Set the content of a file."""
    _FILL.run(transaction.connection, at_id=file_id, content=content, content_type=content_type)


def remove(transaction: Transaction, file_id: str) -> None:
    """Delete a file; its URLs then lead nowhere."""
    _REMOVE.run(transaction.connection, at_id=file_id)


def check(call: Call, method: str, *, place: str) -> None:
    """ApiError 403 unless the call's URL was signed for this and is still good.

    Args:
        call: with the query parameters `expires` and `signature`.
        method: PUT or GET.
        place: `uploads/…` or `downloads/…`.
    """
    expires = int(call.query["expires"])
    key = _key(call.store)
    good = key is not None and hmac.compare_digest(
        _signature(key, method, place=place, expires=expires).encode(),
        str(call.query["signature"]).encode("utf-8", "replace"),
    )
    if not good:
        raise ApiError(403, "signature.mismatch", "The URL was not given out by this server.")
    if expires * 1000 <= call.now:
        raise ApiError(403, "url.expired", "The URL has expired; ask for a new one.")


def check_upload(call: Call, file: File) -> None:
    """ApiError 403 for headers that differ from those asked for, 400 for other content than they say."""
    for name, value in (file.meta.get("headers") or {}).items():
        if call.headers.get(name.lower(), "").strip() != value:
            raise ApiError(
                403, "signature.mismatch", "The upload needs the header {name} as it was given.", name=name
            )
    digest = (file.meta.get("headers") or {}).get("Content-MD5")
    actual = hashlib.md5(call.raw, usedforsecurity=False).digest()
    if digest and digest not in {base64.b64encode(actual).decode(), actual.hex()}:
        raise errors.bad_request("The content does not match its Content-MD5.", field="Content-MD5")


def _add(transaction: Transaction, purpose: str, *, content_type: str, meta: Body) -> str:
    file_id = secrets.token_hex(16)
    _ADD.run(
        transaction.connection,
        id=file_id,
        purpose=purpose,
        created=transaction.now,
        content_type=content_type,
        meta=msgspec.json.encode(meta).decode(),
        content=None,
    )
    if _key(transaction) is None:
        transaction.set_control(_KEY, {"key": secrets.token_hex(32)})
    return file_id


def _url(call: Call, method: str, *, place: str, seconds: int) -> str:
    expires = call.now // 1000 + seconds
    key = _key(call.store)
    assert key is not None, "the key is made with the first file"
    signature = _signature(key, method, place=place, expires=expires)
    return f"{call.origin}/_ringback/{place}?expires={expires}&signature={signature}"


def _key(store: Reader) -> bytes | None:
    control = store.control(_KEY)
    return bytes.fromhex(control["key"]) if control else None


def _signature(key: bytes, method: str, *, place: str, expires: int) -> str:
    digest = hmac.digest(key, f"{method}\n{place}\n{expires}".encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

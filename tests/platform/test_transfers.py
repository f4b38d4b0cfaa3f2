"""Presigned uploads and downloads, on a real socket."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.platform.client import Client
from tests.platform.conftest import Server

UPLOAD = "/api/v2/uploads/recordings"
CONTENT = b"RIFF \x00\xff"
MD5 = base64.b64encode(hashlib.md5(CONTENT, usedforsecurity=False).digest()).decode()


def offered(api: Client, **sent: Any) -> dict[str, Any]:
    answer: dict[str, Any] = api.post(UPLOAD, {"fileName": "call.wav", **sent}).ok()
    return answer


def test_up_and_down(api: Client, server: Server) -> None:
    upload = offered(api, contentType="audio/wav", contentMd5=MD5, serverSideEncryption="AES256")
    assert upload["url"].startswith(f"{server.origin}/_ringback/uploads/")
    assert upload["headers"] == {
        "Content-Type": "audio/wav",
        "Content-MD5": MD5,
        "x-amz-server-side-encryption": "AES256",
    }
    api.get(f"/api/v2/downloads/{upload['uploadKey']}").refused(404)
    with Client(server.origin) as anyone:
        answer = anyone.send("PUT", upload["url"], content=CONTENT, headers=upload["headers"])
        assert (answer.status, answer.content) == (200, b"")
        url = api.get(f"/api/v2/downloads/{upload['uploadKey']}").ok()["url"]
        fetched = anyone.get(url)
        assert (fetched.status, fetched.content) == (200, CONTENT)
        assert fetched.headers["content-type"] == "audio/wav"
        assert fetched.headers["content-disposition"] == 'attachment; filename="call.wav"'
    redirect = api.get(f"/api/v2/downloads/{upload['uploadKey']}", issueRedirect="true")
    assert redirect.status == 307
    assert api.get(redirect.headers["location"]).content == CONTENT


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({}, CONTENT, 403),
        ({"Content-Type": "text/plain", "Content-MD5": MD5}, CONTENT, 403),
        ({"Content-Type": "audio/wav", "Content-MD5": "x"}, CONTENT, 403),
        ({"Content-Type": "audio/wav", "Content-MD5": MD5}, b"else", 400),
    ],
)
def test_an_upload_must_be_what_was_agreed(
    api: Client, headers: dict[str, str], content: bytes, status: int
) -> None:
    url = offered(api, contentType="audio/wav", contentMd5=MD5)["url"]
    api.send("PUT", url, content=content, headers=headers).refused(status)


def changed(url: str, how: str) -> str:
    place, _, query = url.partition("?")
    expires, _, signature = query.partition("&")
    return {
        "signature": f"{place}?{expires}&signature=AAAA",
        "expiry": f"{place}?expires=9999999999&{signature}",
        "file": f"{place[:-4]}0000?{query}",
        "kind": url.replace("/uploads/", "/downloads/"),
    }[how]


@pytest.mark.parametrize("how", ["signature", "expiry", "file", "kind"])
def test_urls_cannot_be_made_up(api: Client, how: str) -> None:
    url = changed(offered(api)["url"], how)
    api.send("GET" if how == "kind" else "PUT", url, content=b"x").refused(403, "signature.mismatch")


def test_urls_expire(api: Client) -> None:
    url = offered(api, signedUrlTimeoutSeconds=1)["url"]
    api.post("/_ringback/clock", {"advanceMs": 2000}).ok()
    try:
        api.send("PUT", url, content=b"x").refused(403, "url.expired")
    finally:
        api.post("/_ringback/clock", {"offsetMs": 0}).ok()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"fileName": ".hidden"}, "fileName"),
        ({"fileName": "a b"}, "fileName"),
        ({"fileName": "folder/"}, "fileName"),
        ({"signedUrlTimeoutSeconds": 604801}, "signedUrlTimeoutSeconds"),
        ({"signedUrlTimeoutSeconds": -1}, "signedUrlTimeoutSeconds"),
    ],
)
def test_what_cannot_be_offered(api: Client, sent: dict[str, Any], field: str) -> None:
    assert api.post(UPLOAD, sent).refused(400)["details"][0]["fieldName"] == field


@pytest.mark.parametrize(
    "path", ["learning/coverart", "publicassets/images", "workforcemanagement/historicaldata/csv"]
)
def test_every_upload_operation(api: Client, path: str) -> None:
    upload = api.post(f"/api/v2/uploads/{path}", {"fileName": "x.png", "contentType": "image/png"}).ok()
    assert api.send("PUT", upload["url"], content=b"x", headers=upload["headers"]).status == 200


def test_a_download_that_never_was(api: Client) -> None:
    api.get("/api/v2/downloads/nothing").refused(404, "not.found")

"""Recording real answers once and replaying them for ever, secrets removed.

A cassette is JSON: `{"version": 1, "interactions": [{"request": {…}, "response": {…}}]}`. Secrets are
replaced by `***` before anything is kept; on replay the asking request is masked the same way, so that it
still matches. Each interaction answers once, in the order of the recording.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.core.errors import RingbackError, UsageError
from ringback.dataactions import jsontext
from ringback.dataactions.secrets import Secrets
from ringback.dataactions.transport import (
    Request,
    Response,
    Transport,
    TransportError,
    TransportFailure,
    TransportTimeout,
)

VERSION = 1


@dataclass(slots=True)
class RecordingTransport:
    """Sends through `inner` and keeps what was said.

    Secrets that are known before the run are `secrets`; those that turn up in it (tokens) are given to
    `to_dict` by the report. Nothing unmasked leaves the object.

    Attributes:
        inner: who answers.
        secrets: what to hide.
    """

    inner: Transport
    secrets: Secrets
    _kept: list[tuple[Request, Response | TransportError]] = field(default_factory=list, repr=False)

    def send(self, request: Request) -> Response:
        """The answer of `inner`; failures are recorded too."""
        try:
            response = self.inner.send(request)
        except TransportError as error:
            self._kept.append((request, error))
            raise
        self._kept.append((request, response))
        return response

    def to_dict(self, more: Secrets | None = None) -> dict[str, Any]:
        """The cassette, with the secrets of `more` hidden as well."""
        return {"version": VERSION, "interactions": [self._entry(*pair, more=more) for pair in self._kept]}

    def _entry(
        self, request: Request, reply: Response | TransportError, *, more: Secrets | None
    ) -> dict[str, Any]:
        entry: dict[str, Any] = {"request": _request(request, self.secrets)}
        if isinstance(reply, TransportError):
            entry["error"] = _error(reply, self.secrets)
        else:
            entry["response"] = _response(reply, self.secrets)
        return more.json(entry) if more else entry


class ReplayTransport:
    """Answers from a cassette.

    Raises:
        UsageError: the document is no cassette of this version.
    """

    def __init__(self, cassette: Any, *, secrets: Secrets) -> None:
        if not isinstance(cassette, Mapping) or cassette.get("version") != VERSION:
            raise UsageError(f"no cassette of version {VERSION}")
        entries = cassette.get("interactions")
        if not isinstance(entries, list) or not all(_is_interaction(entry) for entry in entries):
            raise UsageError("a cassette holds interactions, each with a request and a response or error")
        self._left: list[Mapping[str, Any]] = list(entries)
        self._secrets = secrets

    def send(self, request: Request) -> Response:
        """The first answer left for this request; `no_reply` when there is none."""
        asked = _request(request, self._secrets)
        for index, entry in enumerate(self._left):
            if all(entry["request"].get(key) == asked[key] for key in ("method", "url", "body")):
                del self._left[index]
                return _replayed(entry)
        raise TransportFailure(
            f"no recorded answer for {asked['method']} {asked['url']}",
            kind="no_reply",
            hint=_nearest(self._left, asked),
        )

    @property
    def unused(self) -> int:
        """How many recorded answers nobody asked for."""
        return len(self._left)


def _is_interaction(entry: Any) -> bool:
    return (
        isinstance(entry, Mapping)
        and isinstance(entry.get("request"), Mapping)
        and (isinstance(entry.get("response"), Mapping) or isinstance(entry.get("error"), Mapping))
    )


def _nearest(left: list[Mapping[str, Any]], asked: Mapping[str, Any]) -> str:
    for entry in left:
        if entry["request"].get("url") == asked["url"]:
            return "an answer for this URL is there, with another method or body"
    return f"{len(left)} recorded answers are left" if left else "every recorded answer is used"


def _request(request: Request, secrets: Secrets) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": secrets.text(request.url),
        "headers": secrets.headers(request.headers),
        "body": None if request.body is None else _masked(request.body, secrets),
    }


def _response(response: Response, secrets: Secrets) -> dict[str, Any]:
    return {
        "status": response.status,
        "headers": secrets.headers(response.headers),
        "body": _masked(response.body, secrets),
        "elapsed_ms": round(response.elapsed_ms, 3),
    }


def _masked(body: bytes, secrets: Secrets) -> Any:
    """JSON as JSON, other text as a text, bytes as `{"base64": …}`."""
    try:
        value = jsontext.decode(body)
        return {"json": secrets.json(value)}
    except RingbackError:
        pass
    try:
        return {"text": secrets.text(body.decode("utf-8"))}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _body(recorded: Any) -> bytes:
    if isinstance(recorded, Mapping) and "json" in recorded:
        return jsontext.encode(recorded["json"]).encode("utf-8")
    if isinstance(recorded, Mapping) and "base64" in recorded:
        return base64.b64decode(str(recorded["base64"]))
    text = recorded.get("text", "") if isinstance(recorded, Mapping) else recorded
    return str(text or "").encode("utf-8")


def _error(error: TransportError, secrets: Secrets) -> dict[str, Any]:
    kind = error.kind if isinstance(error, TransportFailure) else "timeout"
    return {"kind": kind, "message": secrets.text(error.message), "elapsed_ms": round(error.elapsed_ms, 3)}


def _replayed(entry: Mapping[str, Any]) -> Response:
    response = entry.get("response")
    if response is None:
        error = entry["error"]
        elapsed = float(error.get("elapsed_ms", 0))
        if error.get("kind") == "timeout":
            raise TransportTimeout(str(error.get("message")), elapsed_ms=elapsed)
        raise TransportFailure(str(error.get("message")), kind=error.get("kind", "reset"), elapsed_ms=elapsed)
    headers = {str(key): str(value) for key, value in (response.get("headers") or {}).items()}
    elapsed = float(response.get("elapsed_ms", 0))
    return Response(int(response["status"]), headers, _body(response.get("body")), elapsed)

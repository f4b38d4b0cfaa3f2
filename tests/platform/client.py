"""A small client for tests: JSON over one connection pool, no retries."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import httpcore


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content) if self.content else None

    def ok(self, status: int = 200) -> Any:
        """The JSON of an answer that must have a status."""
        assert self.status == status, f"{self.status}: {self.content[:500]!r}"
        return self.json

    def refused(self, status: int, code: str | None = None) -> Any:
        """The error body of a refusal."""
        body = self.ok(status)
        assert body["status"] == status
        assert body["contextId"] == self.headers["inin-correlation-id"]
        if code is not None:
            assert body["code"] == code, body
        return body


class Client:
    def __init__(self, origin: str, token: str = "") -> None:
        self.origin, self.token = origin, token
        self.pool = httpcore.ConnectionPool(max_connections=20)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.pool.close()

    def login(self, client_id: str, secret: str) -> str:
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        answer = self.send(
            "POST",
            "/oauth/token",
            content=b"grant_type=client_credentials",
            headers={"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"},
        )
        self.token = answer.ok()["access_token"]
        return self.token

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        url = path if path.startswith("http") else self.origin + path
        sent = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            content = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        if query:
            url += "?" + urlencode(query, doseq=True)
        sent |= headers or {}
        response = self.pool.request(method, url, headers=sent, content=content)
        names = {name.decode().lower(): value.decode() for name, value in response.headers}
        return Answer(response.status, names, response.content)

    def get(self, path: str, **query: Any) -> Answer:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("POST", path, body=body, query=query)

    def put(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("PUT", path, body=body, query=query)

    def patch(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.send("PATCH", path, body=body, query=query)

    def delete(self, path: str, **query: Any) -> Answer:
        return self.send("DELETE", path, query=query)

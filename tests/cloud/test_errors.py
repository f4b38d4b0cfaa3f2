"""What each refusal says, and that no secret is in any of it."""

from __future__ import annotations

import base64
import json
import pickle
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.cloud import (
    Cloud,
    CloudError,
    Conflict,
    Limits,
    MissingPermission,
    NotAuthenticated,
    NotFound,
    Refused,
    VirtualClock,
    connect,
)
from ringback.cloud.profiles import FAMILIES
from ringback.cloud.regions import REGIONS
from ringback.core.errors import RemoteError
from ringback.dataactions.transport import CannedTransport, Request, Response, TransportFailure
from tests.cloud.servers import Platform, Reply, client, refusal
from tests.test_docs import page, rows

PATH = "/api/v2/flows"
UNABLE = "Unable to perform the requested action. "
ALL = f"{UNABLE}You are missing the following permission(s): "
ANY = f"{UNABLE}You must have at least one of the following permissions assigned: "
CORRECT = "correct what the message names"


@pytest.mark.parametrize(
    ("reply", "kind", "said", "hint"),
    [
        (refusal(400, "bad.request", "Not understood"), Refused, "400 bad.request: Not understood", CORRECT),
        (
            refusal(400, "invalid", "No", details=[{"errorCode": "required", "fieldName": "a"}, {}, 2]),
            Refused,
            "400 invalid: No (a: required)",
            CORRECT,
        ),
        (
            refusal(400, "several", "No", errors=[{"message": "first"}, {"code": "second"}]),
            Refused,
            "400 several: No (first, second)",
            CORRECT,
        ),
        (
            refusal(403, "missing.permissions", ALL + "architect:flow:publish, architect:flow:lock"),
            MissingPermission,
            "403 missing.permissions: Unable",
            "give a role of the OAuth client: architect:flow:publish, architect:flow:lock",
        ),
        (
            refusal(403, "missing.any.permissions", ANY + "[view:flow, routing:queue:*]"),
            MissingPermission,
            "403 missing.any.permissions: Unable",
            "give a role of the OAuth client: view:flow, routing:queue:*",
        ),
        (
            refusal(403, "missing.permissions", "No", messageParams={"permissions": "admin:flow"}),
            MissingPermission,
            "403 missing.permissions: No",
            "give a role of the OAuth client: admin:flow",
        ),
        (
            refusal(403, "not.authorized", "You are not authorized: see https://help.example"),
            MissingPermission,
            "403 not.authorized: ",
            "give a role of the OAuth client the permission, and the division it needs",
        ),
        (refusal(404, "not.found", "Nothing"), NotFound, "404 not.found: Nothing", "check the id"),
        (refusal(409, "conflict", "Locked"), Conflict, "409 conflict: Locked", "read"),
        (refusal(410, "gone"), NotFound, "410 gone", "check the id"),
        (refusal(415, "unsupported.media.type"), Refused, "415 unsupported.media.type", CORRECT),
        (Reply(302, b"", {"Location": "/x"}), Refused, "302", CORRECT),
        (Reply(404, b"<html>\n nginx </html>"), NotFound, "404 <html> nginx </html>", "check the id"),
        (Reply(400, b"\xff\xfe"), Refused, "400 \ufffd\ufffd", CORRECT),
        (Reply(400, ["x"]), Refused, '400 ["x"]', CORRECT),
        (Reply(400, {"message": 1, "code": None, "details": "x", "errors": {}}), Refused, "400", CORRECT),
    ],
)  # fmt: skip
def test_refusals(
    server: Platform, cloud: Cloud, reply: Reply, kind: type[CloudError], said: str, hint: str
) -> None:
    server.script["GET", PATH] = [reply]
    with pytest.raises(RemoteError) as caught:
        cloud.get(PATH)
    error = caught.value
    assert type(error) is kind
    assert error.message.startswith(f"GET {server.url}{PATH}: {said}")
    assert error.hint.startswith(hint)
    assert (error.method, error.url, error.status) == ("GET", f"{server.url}{PATH}", reply.status)
    assert error.correlation_id == reply.headers.get("ININ-Correlation-Id", "")
    assert (f"[ININ-Correlation-Id correlation-{reply.status}]" in error.message) == bool(
        error.correlation_id
    )
    assert error.exit_code == 3


def test_the_correlation_id_of_the_body(server: Platform, cloud: Cloud) -> None:
    server.script["GET", PATH] = [Reply(404, {"code": "not.found", "contextId": "from-the-body"})]
    with pytest.raises(NotFound, match="from-the-body") as caught:
        cloud.get(PATH)
    assert caught.value.correlation_id == "from-the-body"


def test_an_error_carries_request_and_answer(server: Platform, cloud: Cloud) -> None:
    server.script["POST", PATH] = [refusal(400, "bad.request", "No")]
    with pytest.raises(Refused) as caught:
        cloud.post(PATH, {"name": "x", "client_secret": "inner"})
    exchange = caught.value.exchange
    assert json.loads(exchange.request.body or b"") == {"name": "x", "client_secret": "***"}
    assert exchange.request.headers["Authorization"] == "***"
    assert exchange.response is not None
    assert json.loads(exchange.response.body)["code"] == "bad.request"


def test_an_error_survives_pickling(server: Platform, cloud: Cloud) -> None:
    server.script["GET", PATH] = [refusal(409, "general.conflict", "Locked")]
    with pytest.raises(Conflict) as caught:
        cloud.get(PATH)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is Conflict
    assert (again.message, again.hint, again.exchange) == (
        caught.value.message,
        caught.value.hint,
        caught.value.exchange,
    )


# Long enough to be a secret, and not a word of the messages themselves.
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=9, max_size=37).map(
    "~7q".__add__
)
ECHOES = {
    "as it is": lambda text: text.encode(),
    "JSON": lambda text: json.dumps({"message": f"bad {text}", "code": text, "contextId": text}).encode(),
    "in details": lambda text: json.dumps({"details": [{"fieldName": text, "errorCode": text}]}).encode(),
    "encoded": lambda text: quote(text, safe="").encode(),
    "Base64": lambda text: base64.b64encode(f"client:{text}".encode()),
}


class Echo:
    """Answers with what is secret: the token or the client's secret, wherever it can stand."""

    def __init__(self, how: str, secret: str, *, login: int, status: int) -> None:
        self.how, self.secret, self.login, self.status = how, secret, login, status
        self.token = f"T.{secret[::-1]}"

    def send(self, request: Request) -> Response:
        if request.url.endswith("/oauth/token") and self.login == 200:
            return Response(200, {}, json.dumps({"access_token": self.token, "expires_in": 900}).encode())
        status = self.login if request.url.endswith("/oauth/token") else self.status
        if status == 0:
            known = self.token if self.login == 200 else ""
            raise TransportFailure(f"broke at {self.secret} {known}", kind="reset")
        known = self.token if self.login == 200 else self.secret
        both = ECHOES[self.how](self.secret) + b" " + ECHOES[self.how](known)
        body = ECHOES[self.how](f"{self.secret} {known}") if self.how in ("JSON", "in details") else both
        return Response(status, {"X-Echo": known, "ININ-Correlation-Id": self.secret}, body)


@given(
    SECRETS,
    st.sampled_from(sorted(ECHOES)),
    st.sampled_from([200, 200, 400, 401, 500, 0]),
    st.sampled_from([0, 400, 401, 403, 404, 409, 429, 500]),
)
def test_no_secret_is_ever_shown(secret: str, how: str, login: int, status: int) -> None:
    transport = Echo(how, secret, login=login, status=status)
    cloud = connect(
        base_url="http://127.0.0.1:1",
        client_id="client",
        client_secret=secret,
        environ={},
        tokens=None,
        transport=transport,
        clock=VirtualClock(),
        limits=Limits(cloud_tries=2),
    )
    with pytest.raises(CloudError) as caught:
        cloud.post(PATH, {"echo": secret})
    error = caught.value
    shown = "\n".join(
        map(repr, (error, str(error), error.message, error.hint, error.exchange, error.body, cloud))
    )
    for value in (secret, transport.token):
        for form in (value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value, safe="")):
            assert form not in shown
        assert base64.b64encode(f"client:{value}".encode()).decode() not in shown


def test_a_header_that_cannot_be_sent_is_not_shown(server: Platform) -> None:
    with client(server, access_token="bad\ntoken\x00here") as cloud, pytest.raises(CloudError) as caught:
        cloud.get(PATH)
    assert "cannot be asked with this path or header" in caught.value.message
    assert "here" not in caught.value.message


def test_every_error_and_limit_is_documented() -> None:
    text = page("cloud.md")
    for kind in CloudError.__subclasses__():
        assert f"| `{kind.__name__}` |" in text
    listed = rows(page("limits.md"))
    for name in Limits.__dataclass_fields__:
        value = getattr(Limits(), name)
        assert name in listed
        shown = re.sub(r"[ ,]", "", listed[name].split("|")[2])
        number = f"{value // 1024**2}MiB" if name == "cloud_answer_size" else f"{value:g}"
        assert shown.startswith(number), (name, shown)


def test_every_region_and_variable_is_documented() -> None:
    text = page("cloud.md")
    assert {line for line in text.splitlines() if re.match(r"\| `[a-z]+-[a-z-]+-\d` \|", line)} == {
        f"| `{region}` | `{domain}` |" for region, domain in REGIONS.items()
    }
    for family in FAMILIES:
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{family.client_id}` |"))
        assert all(f"`{name}`" in row for name in (family.client_secret, *family.regions))


def test_a_given_token_is_tried_once() -> None:
    transport = CannedTransport([Response(401, {}, b"")])
    cloud = connect(
        base_url="http://127.0.0.1:1", access_token="given", environ={}, tokens=None, transport=transport
    )
    with pytest.raises(NotAuthenticated):
        cloud.get(PATH)
    assert transport.unused == 0

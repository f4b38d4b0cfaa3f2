"""Checks of what the request carries: hosts, ids, secrets, headers, timeouts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from ringback.core.diagnostics import Severity
from ringback.dataactions.model import MAX_SUGGESTED_TIMEOUT
from ringback.lint.model import Finding
from ringback.lint.subject import REQUEST, Subject, Template

_GUID = re.compile(r"(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])")
_HOST = re.compile(r"\s*(https?)://(?:[^/?#@]*@)?([^/?#:\s]+)", re.IGNORECASE)
_GENESYS = re.compile(r"(?:^|\.)(?:mypurecloud\.[a-z.]+|pure\.cloud|genesys\.cloud)$", re.IGNORECASE)
_TUNNEL = re.compile(
    r"\.(?:ngrok\.io|ngrok\.app|ngrok-free\.app|loca\.lt|local|internal|lan|test)$", re.IGNORECASE
)
_SECRET_HEADER = re.compile(
    r"^(?:authorization|proxy-authorization|cookie|x-api-key|api-key|apikey|x-auth-token|x-access-token|"
    r"ocp-apim-subscription-key|x-gc-secret)$|secret|password|token$",
    re.IGNORECASE,
)
_SECRET_QUERY = re.compile(
    r"[?&](access_key|access_token|api_?key|apikey|client_secret|password|sig|token)=([^&#\s$]{3,})",
    re.IGNORECASE,
)
_SECRET_BODY = re.compile(
    r'"?(access_key|access_token|api_?key|apikey|client_?secret|password|passwd|refresh_token)"?\s*[:=]\s*'
    r'"?([^"&\s,}$#]{3,})',
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"https?://([^/?#@$\s]+:[^/?#@$\s]+)@", re.IGNORECASE)
_STAND_IN = re.compile(
    r"<.*>|\[.*\]|redacted|x{3,}|\*{3,}|\.{3}|your|change_?me|placeholder|example|todo|TF_\w+", re.IGNORECASE
)
_SCHEME = re.compile(r"^(?:bearer|basic|token|apikey)\s+", re.IGNORECASE)
_CREDENTIALS = "keep it in the integration's credentials and write ${credentials.name}"


def hard_coded_secret(subject: Subject) -> Iterator[Finding]:
    """A token, key or password that is written into the action."""
    for name, template in subject.headers.items():
        value = _SCHEME.sub("", template.text.strip())
        if _SECRET_HEADER.search(name) and value and "$" not in value and name.lower() != "x-api-key-source":
            yield _secret(template, template.text.find(value), value=value, what=f"the header {name}")
    yield from _secrets_in(subject.url, _SECRET_QUERY)
    yield from _secrets_in(subject.url, _USER_INFO)
    yield from _secrets_in(subject.body, _SECRET_BODY)


def _secrets_in(template: Template | None, pattern: re.Pattern[str]) -> Iterator[Finding]:
    if template is None:
        return
    for match in pattern.finditer(template.text):
        last = match.lastindex or 1
        if match[last] not in ("true", "false", "null"):
            what = f"{template.label} ({match[1]})" if last > 1 else template.label
            yield _secret(template, match.start(last), value=match[last], what=what)


def _secret(template: Template, at: int, *, value: str, what: str) -> Finding:
    span = template.span(at, len(value))
    if _STAND_IN.search(value):
        message = f"{what} leaves room for a secret that would be written into the action"
        return Finding(span, message, _CREDENTIALS, severity="info")
    message = f"{what} holds a secret: whoever may read the action may read it"
    return Finding(span, message, f"{_CREDENTIALS}; then change the secret")


def hard_coded_id(subject: Subject) -> Iterator[Finding]:
    """A GUID in the request: it belongs to one organisation."""
    for template in subject.request_templates:
        for match in _GUID.finditer(template.text):
            yield Finding(
                template.span(match.start(), len(match[0])),
                f"{template.label} holds the id {match[0]}, which belongs to one organisation",
                "make it an input, so that the action can move to another organisation",
            )


def hard_coded_host(subject: Subject) -> Iterator[Finding]:
    """A host name in the URL."""
    if subject.url is None or not (match := _HOST.match(subject.url.text)):
        return
    host = match[2]
    if "$" in host or host.startswith("TF_"):
        return
    message, hint, severity = _about_host(host)
    yield Finding(subject.url.span(match.start(2), len(host)), message, hint, severity=severity)


def _about_host(host: str) -> tuple[str, str, Severity]:
    if _GENESYS.search(host):
        message = f"the URL names {host}: that is one region of Genesys Cloud"
        return message, "begin the URL with /api/v2/ in a purecloud-data-actions integration", "warning"
    if _is_private(host):
        message = f"Genesys Cloud cannot reach {host}, or not for long"
        return message, "use the service's public https address", "info" if _is_loopback(host) else "warning"
    message = f"the host {host} is written into the action: each environment needs its own copy"
    return message, "for several environments write ${credentials.host} or an input", "info"


def _is_loopback(host: str) -> bool:
    return host.lower() == "localhost" or host.startswith("127.") or host == "[::1]"


def _is_private(host: str) -> bool:
    if _is_loopback(host) or _TUNNEL.search(host):
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def plain_http(subject: Subject) -> Iterator[Finding]:
    """A URL without encryption."""
    match = _HOST.match(subject.url.text) if subject.url else None
    if subject.url is None or match is None or match[1].lower() != "http" or _is_loopback(match[2]):
        return
    span = subject.url.span(match.start(1), len("http://"))
    message = "the URL is http: everybody on the way can read the request and change the answer"
    yield Finding(span, message, "write https://")


def timeout_missing(subject: Subject) -> Iterator[Finding]:
    """A call to another service without a suggested timeout."""
    if subject.action.timeout is None and subject.timeout_written is None and not subject.is_platform:
        if subject.action.is_auth_action:
            return
        yield Finding(
            subject.places.value("config", "timeoutSeconds").span(),
            "the action suggests no timeout: a slow service keeps the caller waiting for up to a minute",
            'add "timeoutSeconds": 10 to config, or set the timeout at each Call Data Action',
        )


def timeout_out_of_range(subject: Subject) -> Iterator[Finding]:
    """A suggested timeout that the platform refuses."""
    written = subject.timeout_written
    if written is None:
        return
    span = subject.places.value("config", "timeoutSeconds").span()
    top = int(MAX_SUGGESTED_TIMEOUT)
    if subject.action.is_auth_action:
        message = "a custom auth action may not have timeoutSeconds"
        yield Finding(span, message, "remove it")
    elif isinstance(written, bool) or not isinstance(written, (int, float)) or not 1 <= written <= top:
        shown = written if isinstance(written, (int, float)) else repr(written)
        yield Finding(
            span, f"timeoutSeconds must be from 1 to {top}, not {shown}", f"write a number from 1 to {top}"
        )
    elif written != int(written):
        message = f"timeoutSeconds must be a whole number of seconds, not {written:g}"
        yield Finding(span, message, f"write {max(1, round(written))}")


def accept_not_json(subject: Subject) -> Iterator[Finding]:
    """An Accept header that asks for something else than JSON."""
    for name, template in subject.headers.items():
        text = template.text.lower()
        if name.lower() == "accept" and "$" not in text and "json" not in text and "*/*" not in text:
            message = f"the header Accept asks for {template.text!r}: an action reads JSON only"
            yield Finding(template.place.span(), message, 'write "application/json"')


_CONNECTION = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)


def platform_header(subject: Subject) -> Iterator[Finding]:
    """A header that the platform sets itself."""
    for name in subject.headers:
        span = subject.places.key(*REQUEST, "headers", name).span()
        if name.lower() in _CONNECTION:
            message = f"the platform sets the header {name} itself: the action's value is ignored or refused"
            yield Finding(span, message, "remove it")
        elif name.lower() == "authorization" and subject.action.is_platform_action:
            message = f"the integration signs the call: an {name} header of the action's own gets in its way"
            yield Finding(span, message, "remove it; the OAuth client of the integration is used")

"""Signatures of webhooks: as Genesys Cloud signs, and as Standard Webhooks says.

Two forms stand in the headers of one delivery, so that either kind of receiver can check it:

* `X-Hub-Signature-256: sha256=<base64 of HMAC-SHA256 over the body>`, which is what Genesys Cloud's open
  messaging sends (developer.genesys.cloud/commdigital/digital/openmessaging/validate.html). Its key is the
  secret's text in UTF-8. It holds no time, so a copy of a delivery stays valid for ever.
* `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64 of HMAC-SHA256 over id.timestamp.body>`
  (standardwebhooks.com). Its key is what stands in base64 behind `whsec_`; a secret without that prefix is
  its own key in UTF-8. Several signatures stand apart by a space, one for each secret while a secret changes.

>>> secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
>>> standard_signature(secret, b"{}", webhook_id="msg_1", timestamp=1614265330)
'v1,ZztYR0IIDCBCUcYzh8ZE+qsQWpIgtHU7R1hpe8htaD4='
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ringback.core.errors import RingbackError, UsageError

HUB_HEADER = "X-Hub-Signature-256"
ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
# Seconds that a delivery's timestamp may differ from the receiver's clock; what the standard's libraries use.
TOLERANCE_SECONDS = 300

_PREFIX = "whsec_"
# A full stop would let `a.1` at 2 and `a` at 1 sign the same bytes; the rest keeps headers on one line.
_ID = re.compile(r"[A-Za-z0-9_\-]{1,255}")
# No sign and no space; twelve digits last for 29,000 years.
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
# More signatures than any change of secrets needs; a hostile header must not cost time.
_MOST_SIGNATURES = 20


class SignatureError(RingbackError):
    """A delivery is not what its sender signed; the receiver answers 401 and does nothing else.

    Attributes:
        code: missing_header, bad_id, bad_timestamp, bad_body, too_old, too_new or no_match.
    """

    exit_code = 3

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


@dataclass(frozen=True, slots=True)
class Secret:
    """A webhook's secret; printing it shows `***`.

    Raises:
        UsageError: it is empty, or what follows `whsec_` is no base64.
    """

    text: str = field(repr=False)
    key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _key_of(self.text))

    def __str__(self) -> str:
        return "***"

    @classmethod
    def of(cls, key: bytes) -> Secret:
        """The secret of 24 to 64 random bytes, in the form that Standard Webhooks libraries take.

        Raises:
            UsageError: fewer or more bytes.
        """
        if not 24 <= len(key) <= 64:
            raise UsageError("a webhook secret has 24 to 64 bytes", hint="use 32 random bytes")
        return cls(_PREFIX + base64.b64encode(key).decode("ascii"))


def hub_signature(secret: Secret, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`.

    >>> hub_signature(Secret("key"), b"The quick brown fox jumps over the lazy dog")
    'sha256=97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg='
    """
    return "sha256=" + _mac(secret.text.encode(), body)


def verify_hub(header: str | None, body: bytes, *, secrets: Iterable[Secret]) -> None:
    """Check `X-Hub-Signature-256` against every secret, in constant time.

    Raises:
        SignatureError: the header is missing, or no secret gives it.
    """
    if not header:
        raise _missing(HUB_HEADER)
    expected = [hub_signature(secret, body) for secret in secrets]
    _match([header.strip()], expected)


def standard_signature(secret: Secret, body: bytes, *, webhook_id: str, timestamp: int) -> str:
    """One signature of `webhook-signature`.

    Args:
        secret: whose key signs.
        body: the bytes as they are sent.
        webhook_id: the same for every try of one event; letters, digits, `_` and `-`.
        timestamp: of this try, seconds since 1970.

    Raises:
        UsageError: the id or the timestamp has another form.
    """
    if not _ID.fullmatch(webhook_id):
        hint = "1 to 255 letters, digits, _ and -"
        raise UsageError(f"{webhook_id!r} cannot be the id of a webhook", hint=hint)
    if not _TIMESTAMP.fullmatch(str(timestamp)):
        raise UsageError(f"{timestamp} is no time of a webhook", hint="give seconds since 1970")
    return "v1," + _mac(secret.key, _signed(webhook_id, str(timestamp), body=body))


def sign(
    body: bytes, secrets: Sequence[Secret], *, webhook_id: str, timestamp: int, hub: bool = True
) -> dict[str, str]:
    """All headers of one try of a delivery.

    Args:
        body: the bytes as they are sent.
        secrets: the newest first; each gives a Standard Webhooks signature, the first the one of Genesys.
        webhook_id: the same for every try of one event.
        timestamp: of this try, seconds since 1970.
        hub: whether `X-Hub-Signature-256` stands beside.

    Raises:
        UsageError: no secret, or an id or timestamp of another form.
    """
    if not secrets:
        raise UsageError("a webhook is signed with at least one secret", hint="give it a secret")
    each = [standard_signature(one, body, webhook_id=webhook_id, timestamp=timestamp) for one in secrets]
    headers = {
        ID_HEADER: webhook_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: " ".join(each),
    }
    return headers | ({HUB_HEADER: hub_signature(secrets[0], body)} if hub else {})


def verify(
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Iterable[Secret],
    now: float,
    tolerance: float = TOLERANCE_SECONDS,
) -> str:
    """Check the Standard Webhooks headers of a delivery, in constant time.

    Args:
        headers: of the request, names in any case.
        body: the bytes as they came, never JSON written anew.
        secrets: any of them may have signed.
        now: seconds since 1970.
        tolerance: seconds that the timestamp may lie before or after `now`.

    Returns:
        The id of the delivery, the same for every try.

    Raises:
        SignatureError: a header is missing or malformed, the time is too far away, or no secret matches.
    """
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id, stamp, signatures = (
        _header(given, name) for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER)
    )
    if not _ID.fullmatch(webhook_id):
        raise SignatureError(f"{ID_HEADER} has no legal form", code="bad_id")
    _check_time(stamp, now, tolerance=tolerance)
    signed = _signed(webhook_id, stamp, body=body)
    # Versions that nobody here knows are skipped, as the standard asks.
    found = [one for one in signatures.split(" ")[:_MOST_SIGNATURES] if one.startswith("v1,")]
    _match(found, ["v1," + _mac(secret.key, signed) for secret in secrets])
    return webhook_id


def _key_of(text: str) -> bytes:
    if not text.strip():
        raise UsageError("the secret of a webhook is empty", hint="give it a secret of 24 characters or more")
    if not text.startswith(_PREFIX):
        return text.encode()
    try:
        key = base64.b64decode(text[len(_PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        hint = "copy it whole; without the prefix a secret is taken as plain text"
        raise UsageError("what follows whsec_ in a webhook's secret is no base64", hint=hint)
    return key


def _signed(webhook_id: str, timestamp: str, *, body: bytes) -> bytes:
    return f"{webhook_id}.{timestamp}.".encode("ascii") + body


def _mac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode("ascii")


def _match(given: Sequence[str], expected: Sequence[str]) -> None:
    """Compare every pair, so that the time taken does not say which one was close."""
    pairs = [
        hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("ascii"))
        for one in given
        for other in expected
    ]
    if not any(pairs):
        hint = "check that both sides have the same secret, and that the body is verified before it is parsed"
        raise SignatureError("no secret gives this signature", code="no_match", hint=hint)


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "").strip()
    if not value:
        raise _missing(name)
    return value


def _missing(name: str) -> SignatureError:
    hint = "the request may come from someone else; do not handle it"
    return SignatureError(f"the header {name} is missing", code="missing_header", hint=hint)


def _check_time(stamp: str, now: float, *, tolerance: float) -> None:
    if not _TIMESTAMP.fullmatch(stamp):
        raise SignatureError(f"{TIMESTAMP_HEADER} is no number of seconds", code="bad_timestamp")
    late = now - int(stamp)
    hint = f"the clocks of both sides may differ by {tolerance:g} s"
    if late > tolerance:
        raise SignatureError(f"the delivery was signed {late:.0f} s ago", code="too_old", hint=hint)
    if late < -tolerance:
        raise SignatureError(f"the delivery is dated {-late:.0f} s ahead", code="too_new", hint=hint)

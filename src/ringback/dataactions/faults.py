"""Failure injection: a transport that fails the way real services fail.

| fault | what the action sees | does the service do its work? |
|---|---|---|
| `status:503` | that status; `status:429:2` adds `Retry-After: 2` | no |
| `timeout` | nothing until the time is over | no |
| `slow:2s`, `slow:800ms` | the answer, that much later | yes |
| `slow:lognormal:800ms:0.5` | later by a random time with this median and sigma | yes |
| `reset` | the connection breaks before an answer | no |
| `truncated` | the answer breaks off | yes |
| `malformed` | an answer that is no JSON | yes |
| `empty` | a success without a body | yes |
| `lost` | the connection breaks after the work was done | yes |
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias, get_args

from ringback.core.errors import UsageError
from ringback.dataactions import jsontext
from ringback.dataactions.transport import (
    CannedTransport,
    Request,
    Response,
    Transport,
    TransportFailure,
    TransportTimeout,
    response_of,
)

FaultKind: TypeAlias = Literal[
    "status", "timeout", "slow", "reset", "truncated", "malformed", "empty", "lost"
]
FAULT_KINDS: tuple[str, ...] = get_args(FaultKind)

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_EXAMPLES = (
    "status:503, status:429:2, timeout, slow:2s, slow:lognormal:800ms:0.5, "
    "reset, truncated, malformed, empty, lost"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail.

    Attributes:
        kind: one of `FAULT_KINDS`.
        status: of `status`.
        retry_after: seconds, of `status`; 0 sends no header.
        delay_ms: of `slow`: the delay, or the median of the distribution.
        sigma: of `slow`: 0 for a fixed delay, else the lognormal's sigma.
    """

    kind: FaultKind
    status: int = 503
    retry_after: int = 0
    delay_ms: float = 0.0
    sigma: float = 0.0


def parse_fault(spec: str) -> Fault:
    """The fault of a command line text such as `status:503`.

    Raises:
        UsageError: not one of the forms in the module's table.
    """
    kind, *rest = spec.strip().split(":")
    try:
        if kind == "status" and len(rest) in (1, 2):
            return Fault("status", _status(rest[0]), int(rest[1]) if len(rest) == 2 else 0)
        if kind == "slow" and len(rest) == 1:
            return Fault("slow", delay_ms=_milliseconds(rest[0]))
        if kind == "slow" and len(rest) == 3 and rest[0] == "lognormal":
            return Fault("slow", delay_ms=_milliseconds(rest[1]), sigma=float(rest[2]))
    except ValueError:
        pass
    for known in get_args(FaultKind):
        if kind == known and not rest and kind not in ("status", "slow"):
            return Fault(known)
    raise UsageError(f"{spec!r} is no fault", hint=f"for example: {_EXAMPLES}")


def _status(text: str) -> int:
    status = int(text)
    if not 100 <= status <= 599:
        raise ValueError(text)
    return status


def _milliseconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return float(match.group(1)) * (1000 if match.group(2) == "s" else 1)


def no_wait(_seconds: float) -> None:
    """Virtual time: the delay only counts in `elapsed_ms`."""


@dataclass(slots=True)
class FaultyTransport:
    """Answers through `inner`, with a fault.

    Attributes:
        inner: who does the work.
        fault: what goes wrong.
        random: source of lognormal delays.
        sleep: waits for seconds; `time.sleep` for real delays.
        requests: what was asked.
    """

    inner: Transport
    fault: Fault
    random: random.Random = field(default_factory=lambda: random.Random(0))
    sleep: Callable[[float], None] = no_wait
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        """The faulty answer; see `Transport.send`."""
        self.requests.append(request)
        return _BEHAVIOURS[self.fault.kind](self, request)

    def status(self, request: Request) -> Response:  # noqa: ARG002  one signature for all faults
        """A refusal in the words of the platform."""
        body = {
            "message": "Injected failure",
            "code": f"injected.{self.fault.status}",
            "status": self.fault.status,
        }
        headers = {"Content-Type": "application/json"}
        if self.fault.retry_after:
            headers["Retry-After"] = str(self.fault.retry_after)
        return Response(self.fault.status, headers, jsontext.encode(body).encode())

    def timeout(self, request: Request) -> Response:
        """Nothing until the time is over."""
        self.sleep(request.timeout)
        raise TransportTimeout("injected: no answer", elapsed_ms=request.timeout * 1000)

    def slow(self, request: Request) -> Response:
        """The answer, later; over the request's timeout it is none."""
        response = self.inner.send(request)
        delay = self.fault.delay_ms
        if self.fault.sigma:
            delay = self.random.lognormvariate(math.log(max(delay, 0.001)), self.fault.sigma)
        total = response.elapsed_ms + delay
        if total > request.timeout * 1000:
            self.sleep(request.timeout)
            raise TransportTimeout(
                f"injected: the answer needs {total:.0f} ms", elapsed_ms=request.timeout * 1000
            )
        self.sleep(delay / 1000)
        return replace(response, elapsed_ms=total)

    def reset(self, request: Request) -> Response:  # noqa: ARG002  one signature for all faults
        """The connection breaks before the work is done."""
        raise TransportFailure("injected: the connection was reset before an answer", kind="reset")

    def lost(self, request: Request) -> Response:
        """The work is done, the answer gets lost."""
        self.inner.send(request)
        raise TransportFailure("injected: the service did its work, its answer got lost", kind="lost")

    def truncated(self, request: Request) -> Response:
        """The answer breaks off."""
        size = len(self.inner.send(request).body)
        raise TransportFailure(
            f"injected: the answer broke off after {size // 2} of {size} bytes", kind="truncated"
        )

    def malformed(self, request: Request) -> Response:
        """An answer whose JSON is not closed."""
        response = self.inner.send(request)
        body = response.body.rstrip()
        return replace(response, body=(body[:-1] if len(body) > 2 else b'{"broken": ') + b",")

    def empty(self, request: Request) -> Response:
        """A success without a body."""
        response = self.inner.send(request)
        return replace(response, status=200, body=b"")


_BEHAVIOURS: Mapping[str, Callable[[FaultyTransport, Request], Response]] = {
    kind: getattr(FaultyTransport, kind) for kind in FAULT_KINDS
}


def transport_of(spec: str, *, read: Callable[[str], str], inner: Transport | None = None) -> Transport:
    """The transport of `--reply NAME=SPEC`: a canned answer from `FILE.json`, or a fault.

    Args:
        spec: a file name that ends in `.json`, or a fault.
        read: gives the text of a file.
        inner: who does the work behind a fault; an empty success when None.

    Raises:
        UsageError: no fault, or a file that holds no canned answer.
    """
    if spec.endswith(".json"):
        return CannedTransport([canned(read(spec), name=spec)], repeat=True)
    behind = inner or CannedTransport(
        [Response(200, {"Content-Type": "application/json"}, b"{}")], repeat=True
    )
    return FaultyTransport(behind, parse_fault(spec))


def canned(text: str, *, name: str) -> Response:
    """The canned answer of a file's text; JSON without `status` and `body` is the body of a 200.

    Raises:
        UsageError: no JSON, or another shape.
    """
    try:
        document = jsontext.decode(text)
    except jsontext.JsonTextError as error:
        place = f"line {error.line}, column {error.column}"
        raise UsageError(f"{name} is no JSON: {error.message} at {place}") from None
    is_answer = isinstance(document, Mapping) and ("status" in document or "body" in document)
    return response_of(document if is_answer else {"status": 200, "body": document}, name=name)

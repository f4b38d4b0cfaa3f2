"""When a call is made again, and how long the client waits before it.

| what came back | made again | then |
|---|---|---|
| 429, the login's 400 `rate limit exceeded` | always: nothing was done | `RateLimited` |
| no connection | always: nothing was sent; few times to a host that never answered yet | `NoAnswer` |
| a certificate that is not trusted, an impossible request | never | `NoAnswer` |
| 408, 5xx except 501 | when the call may be repeated | `ServerFailed`, else `OutcomeUnknown` |
| a connection that broke, no answer in time | the same | `NoAnswer`, else `OutcomeUnknown` |
| anything else | never: it is the answer | |

The wait is the answer's Retry-After to the second; without one it is 1, 2, 4 … seconds, a quarter more or
less by chance. A Retry-After that does not fit into the time that is left ends the call at once: coming back
too early would only lengthen it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ringback.cloud.clock import Clock
from ringback.cloud.errors import (
    CloudError,
    Exchange,
    NoAnswer,
    OutcomeUnknown,
    RateLimited,
    ServerFailed,
    retry_after,
)
from ringback.cloud.limits import Limits
from ringback.cloud.network import NEVER_SENT, NOBODY_THERE
from ringback.dataactions.secrets import Secrets
from ringback.dataactions.transport import (
    Request,
    Response,
    Transport,
    TransportError,
    TransportFailure,
)

REPEATABLE_METHODS = frozenset(("GET", "HEAD", "PUT", "DELETE"))
_FIRST_WAIT = 1.0


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause before the next try, for whoever shows progress.

    Attributes:
        method, path: the call; without its query.
        seconds: how long.
        tries: how often the call was sent so far.
        reason: an HTTP status as text, or what broke.
    """

    method: str
    path: str
    seconds: float
    tries: int
    reason: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a try is not the end of a call.

    Attributes:
        error: what is raised when there is no further try.
        again: whether another try is allowed at all.
        tries: how many there are.
        sent: whether the request may have done its work.
    """

    error: type[CloudError]
    again: bool
    tries: int
    sent: bool = False


class Sender:
    """Sends a request until there is an answer, within the limits; usable from several threads.

    Args:
        transport: the network.
        limits: tries and times.
        clock: time and jitter.
        on_wait: is told about every pause; None tells nobody.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        limits: Limits,
        clock: Clock,
        on_wait: Callable[[Wait], None] | None = None,
    ) -> None:
        self._transport = transport
        self._limits = limits
        self._clock = clock
        self._on_wait = on_wait
        self._reached: set[str] = set()  # hosts that answered once: they are there and will come back

    def send(
        self,
        request: Request,
        *,
        repeatable: bool,
        secrets: Callable[[], Secrets],
        limited: Callable[[Response], bool] | None = None,
        spent: float = 0.0,
    ) -> Exchange:
        """The exchange that ended the call: any status that is worth no further try.

        Args:
            request: its timeout bounds one try.
            repeatable: whether doing it twice is like doing it once.
            secrets: what to mask; asked for when there is an error.
            limited: whether an answer, other than 429, says to come back later.
            spent: seconds of the call's time that are gone: it was made before, with another token.

        Raises:
            CloudError: the tries or the time are used up, or the call must not be made again.
        """
        left = max(self._limits.cloud_retry_time - spent, self._limits.cloud_answer_time)  # for one whole try
        end = self._clock.elapsed() + left
        tries, unknown = 0, False
        while True:
            tries += 1
            left = max(end - self._clock.elapsed(), 0.1)
            exchange, failure = self._try(replace(request, timeout=min(request.timeout, left)))
            exchange = replace(exchange, tries=tries, unknown_before=unknown)
            trouble = self._trouble(exchange, failure, repeatable=repeatable, limited=limited)
            if trouble is None:
                return exchange
            wait = self._wait(exchange, tries)
            unknown = unknown or trouble.sent
            last = replace(exchange, unknown_before=unknown)
            if not trouble.again or tries >= trouble.tries:
                raise trouble.error(last.without(secrets()))
            if self._clock.elapsed() + wait > end:
                raise trouble.error(last.without(secrets()), hint=self._too_long(trouble, wait))
            self._pause(exchange, wait)

    def _try(self, request: Request) -> tuple[Exchange, TransportError | None]:
        try:
            response = self._transport.send(request)
        except TransportError as error:
            return Exchange(request, fault=error.message), error
        self._reached.add(_host(request))
        return Exchange(request, response), None

    def _trouble(
        self,
        exchange: Exchange,
        failure: TransportError | None,
        *,
        repeatable: bool,
        limited: Callable[[Response], bool] | None,
    ) -> Trouble | None:
        """The row of the module's table; None when the answer stands."""
        tries, response = self._limits.cloud_tries, exchange.response
        if response is None:
            return self._broken(exchange, failure, repeatable=repeatable)
        if response.status == 429 or (limited and limited(response)):
            return Trouble(RateLimited, True, tries)
        if response.status == 408 or (response.status >= 500 and response.status != 501):
            error = ServerFailed if repeatable else OutcomeUnknown
            return Trouble(error, repeatable, tries, sent=True)
        return None

    def _broken(self, exchange: Exchange, failure: TransportError | None, *, repeatable: bool) -> Trouble:
        tries = self._limits.cloud_tries
        kind = failure.kind if isinstance(failure, TransportFailure) else None
        if kind in NOBODY_THERE:
            known = _host(exchange.request) in self._reached
            return Trouble(NoAnswer, True, tries if known else min(self._limits.cloud_connect_tries, tries))
        if kind in NEVER_SENT:
            return Trouble(NoAnswer, False, 1)
        again = repeatable and kind != "too_large"
        return Trouble(NoAnswer if repeatable else OutcomeUnknown, again, tries, sent=True)

    def _wait(self, exchange: Exchange, tries: int) -> float:
        asked = retry_after(exchange.response)
        if asked is not None:
            return float(asked)
        wait = min(_FIRST_WAIT * 2.0 ** (tries - 1), self._limits.cloud_longest_wait)
        return wait * (0.75 + self._clock.random() / 2)

    def _too_long(self, trouble: Trouble, wait: float) -> str:
        limit = f"the limit cloud_retry_time is {self._limits.cloud_retry_time:g} s"
        if trouble.error is RateLimited:
            return f"the platform asks to come back in {wait:.0f} s; {limit}"
        return f"the next try would come too late; {limit}"

    def _pause(self, exchange: Exchange, seconds: float) -> None:
        if self._on_wait:
            request, response = exchange.request, exchange.response
            reason = str(response.status) if response else exchange.fault
            path = request.url.partition("?")[0]
            self._on_wait(Wait(request.method, path, seconds, exchange.tries, reason))
        self._clock.sleep(seconds)


def _host(request: Request) -> str:
    return urlsplit(request.url).netloc

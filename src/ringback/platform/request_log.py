"""What the server says while it runs: one line for each request, and its troubles; never a secret.

A line holds no query, no header and no body. Path parameters that work like a password show as `***`.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from ringback.platform.clock import iso

if TYPE_CHECKING:
    from ringback.platform.exchange import Exchange

LogMode = Literal["requests", "errors", "off"]
MODES: tuple[LogMode, ...] = ("requests", "errors", "off")
_SECRET = ("tokenId",)  # names of path parameters
_LONGEST = 200  # characters of a path that a line shows
# What granian says of its processes, in words that its users know.
_SAID = {
    "Killing worker": "a request took longer to end than the server waits when it stops; it was cut off",
    "Unexpected exit": "a worker process ended unexpectedly; the server stops",
}


def line(exchange: Exchange, seconds: float, *, now: int) -> str:
    """The line of a finished request: moment, method, status, duration, path, caller, correlation id."""
    call, status = exchange.call, exchange.status
    client = call.principal.client_id if call else ""
    shown = f"{iso(now)[11:23]}  {status or 'cut'}  {exchange.method:<6} {_path(exchange)}"
    told = f"  {seconds * 1000:.1f} ms{f'  {client[:40]}' if client else ''}"
    return f"{shown}{told}{f'  {exchange.correlation_id}' if not status or status >= 500 else ''}"


def _path(exchange: Exchange) -> str:
    path = quote(exchange.scope["path"], safe="/:@!$&'()*+,;=-._~")
    for name in _SECRET:
        value = exchange.call.path.get(name) if exchange.call else None
        if value:
            path = path.replace(quote(value, safe=""), "***")
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"


def wanted(mode: LogMode, exchange: Exchange) -> bool:
    """Whether a finished request has a line: `errors` are 5xx, refusals (4xx) and cut connections."""
    return mode == "requests" or (mode == "errors" and not 100 <= exchange.status < 400)


def write(text: str) -> None:
    """Write a line at once, whole, so that the lines of several workers do not mix."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


class _Plain(logging.Formatter):
    """Messages as a user wants them."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, with its traceback if it has one."""
        said = next((text for start, text in _SAID.items() if record.getMessage().startswith(start)), None)
        return f"ringback: {said}" if said else super().format(record)


# For logging.config: what granian itself and we say, to the standard error output.
CONFIG = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": _Plain, "fmt": "ringback: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}
    },
    "loggers": {
        "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": [], "level": "WARNING", "propagate": False},
        "ringback": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}

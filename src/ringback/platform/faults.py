"""Faults on order: what a test asks the platform to do wrong.

A rule names the calls it is for and what happens to them; `count` limits how often, `skip` lets the first
ones through. Rules live in the control document `faults`, so every worker sees them, and each use is counted
in a transaction.
"""

from __future__ import annotations

import os
import socket
import stat
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from ringback.core.errors import UsageError
from ringback.dataactions.faults import parse_fault
from ringback.platform import errors
from ringback.platform.clock import new_id
from ringback.platform.errors import ApiError
from ringback.platform.store.reader import Reader
from ringback.platform.store.store import Store
from ringback.platform.store.transaction import Transaction

FAULTS = "faults"  # name of the control document
MAX_DELAY_MS = 300_000  # named in docs/limits.md
# status: that answer, nothing is done. delay: later. reset: the connection closes, nothing is done. lost: all
# is done and committed, then the connection closes. conflict: as if somebody else had written in between.
FaultKind = Literal["status", "delay", "reset", "lost", "conflict"]
_CODES = {
    429: "too.many.requests.retry.after",
    500: "internal.server.error",
    503: "service.unavailable",
    504: "request.timeout",
}


class FaultRule(msgspec.Struct, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """One order.

    Attributes:
        kind: what happens.
        method: HTTP method; "" for any.
        path: path of the request, `*` for anything; "" for any.
        operation: operation id of the catalogue; "" for any.
        data_action: name or id of a data action whose upstream call goes wrong, instead of a route.
        reply: for a data action: `status:503`, `timeout`, `lost` or `malformed`.
        status: of the answer.
        retry_after: seconds; sets Retry-After.
        delay_ms: milliseconds to wait before anything else.
        count: how many calls; None for all.
        skip: how many calls go through before.
        id: given by the server.
        used: how many calls it hit.
    """

    kind: FaultKind = "status"
    method: str = ""
    path: str = ""
    operation: str = ""
    data_action: str = ""
    reply: str = ""
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 503
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None = None
    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=MAX_DELAY_MS)] = 0
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    skip: Annotated[int, msgspec.Meta(ge=0)] = 0
    id: str = ""
    used: int = 0

    @property
    def left(self) -> bool:
        """Whether it has uses left."""
        return self.count is None or self.used < self.skip + self.count

    def hits(self, method: str, path: str, *, operation: str) -> bool:
        """Whether it is for a call."""
        return (
            not self.data_action
            and self.method.upper() in ("", method)
            and self.operation in ("", operation)
            and (not self.path or fnmatchcase(path, self.path))
        )

    def error(self) -> ApiError:
        """The refusal of a `status` or `conflict` rule."""
        if self.kind == "conflict":
            return errors.version_conflict("sent", "newer")
        if self.status == 429:
            return too_many_requests(self.retry_after)
        code = _CODES.get(self.status, "fault.on.order")
        error = ApiError(self.status, code, "A fault on order: {rule}.", rule=self.id)
        if self.retry_after is not None:
            error.with_headers({"retry-after": str(self.retry_after)})
        return error


def too_many_requests(seconds: int | None) -> ApiError:
    """429 as the platform has answered it since 2021; without seconds, without Retry-After."""
    error = ApiError(
        429,
        "too.many.requests.retry.after",
        "Rate limit exceeded the maximum. Retry the request in [{seconds}] seconds",
        seconds=60 if seconds is None else seconds,
    )
    return error if seconds is None else error.with_headers({"retry-after": str(seconds)})


def parse_rules(document: object) -> list[FaultRule]:
    """Rules from a request body: one object or a list of them.

    Raises:
        ApiError: 400 with the place of what is wrong.
    """
    listed = document if isinstance(document, list) else [document]
    try:
        rules = msgspec.convert(listed, list[FaultRule])
    except msgspec.ValidationError as error:
        raise errors.bad_request(f"No fault rule: {error}.") from None
    for rule in rules:
        if rule.reply and not rule.data_action:
            raise errors.bad_request("`reply` needs `dataAction`.", field="reply")
        if rule.reply:
            _check_reply(rule.reply)
        rule.id = rule.id or new_id()
    return rules


def _check_reply(reply: str) -> None:
    try:
        parse_fault(reply)
    except UsageError as error:
        raise errors.bad_request(f"{error.message} ({error.hint}).", field="reply") from None


def stored(reader: Reader) -> list[FaultRule]:
    """The rules in force."""
    return msgspec.convert(reader.control(FAULTS) or [], list[FaultRule])


def active(reader: Reader) -> list[FaultRule]:
    """The rules that have uses left."""
    return [rule for rule in stored(reader) if rule.left]


def save(transaction: Transaction, rules: list[FaultRule]) -> None:
    """Put rules in force; every worker notices."""
    transaction.set_control(FAULTS, msgspec.to_builtins(rules))
    transaction.changed_rights()


def take(store: Store, hit: Any) -> FaultRule | None:
    """Use the first rule that `hit(rule)` says yes to and that has uses left; counts the use."""
    with store.write() as transaction:
        rules = stored(transaction)
        for rule in rules:
            if not hit(rule) or not rule.left:
                continue
            rule.used += 1
            save(transaction, rules)
            return rule if rule.used > rule.skip else None
    return None


def for_data_action(store: Store, name: str, *, action_id: str) -> FaultRule | None:
    """The fault that the upstream call of a data action is to have, if any."""
    wanted = {name.casefold(), action_id.casefold()}
    return take(store, lambda rule: rule.data_action.casefold() in wanted)


def close_connection(client: tuple[str, int]) -> bool:
    """Close the TCP connection to a client without an answer; False where the system has no list of sockets.

    The server hands out no way to do it, so the socket is found among the process's own by its peer.
    """
    try:
        # Sockets only: closing a copy of the database's descriptor would give up SQLite's locks on it, and
        # the next process to close the database would take the write-ahead log away from this one.
        entries = [entry for entry in Path("/proc/self/fd").iterdir() if _is_socket(entry)]
    except OSError:
        return False
    numbers = [int(entry.name) for entry in entries]
    return any(_close_if(number, client) for number in numbers)


def _is_socket(entry: Path) -> bool:
    try:
        return stat.S_ISSOCK(entry.stat().st_mode)
    except OSError:  # closed meanwhile
        return False


def _close_if(number: int, client: tuple[str, int]) -> bool:
    """Shut a file descriptor's connection down if it leads to a client."""
    try:
        copy = os.dup(number)
    except OSError:
        return False
    try:
        connection = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return False
    with connection:
        try:
            # Servers name the port as a number or as a text.
            ours = [str(part) for part in connection.getpeername()[:2]] == [str(part) for part in client]
            if ours:
                connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return False
        return ours

"""Sending webhooks: one thread per worker takes what is due out of the outbox and posts it.

A delivery is leased before it is sent, so that several workers share the work; a worker that dies with a
lease leaves it to others when the lease is over. A receiver may therefore see a delivery twice, never less
than once (until a day has passed: then it is a dead letter).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from ringback.contacts.webhook import TIMEOUT_SECONDS, headers_of, result_of, retry_chance, retry_delay
from ringback.core.seam import Seam
from ringback.core.signing import Secret
from ringback.dataactions.hosts import HostPolicy
from ringback.dataactions.live import HttpTransport
from ringback.dataactions.transport import Request, TransportError, TransportFailure
from ringback.platform.clock import OFFSET, from_iso, iso, new_id
from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared
from ringback.platform.store.reader import Body, decode

if TYPE_CHECKING:
    from ringback.platform.services import Services
    from ringback.platform.store.transaction import Transaction

WEBHOOK, SECRET, DELIVERY = "webhook", "webhook_secret", "webhook_delivery"  # kinds
AT_ONCE = 4  # deliveries that one worker sends at the same time
LEASE_MS = 30_000  # longer than a try may take
LOOK_SECONDS = 0.25  # how often the outbox is looked at
_LOG = logging.getLogger("ringback.platform.webhooks")
_E = tables.entities.c
_DUE = Prepared(
    sa.select(_E.body)
    .where(_E.kind == DELIVERY, _E.state >= "due:", _E.state <= sa.bindparam("until"))
    .order_by(_E.state)
    .limit(AT_ONCE)
)
_Made = TypeVar("_Made")


def due(moment: int) -> str:
    """The state of a delivery that is to be sent at a moment (ms): states sort by time."""
    return f"due:{moment:015d}"


class Deliveries:
    """The sender of one worker."""

    def __init__(self, services: Services) -> None:
        self._services = services
        settings = services.settings
        policy = HostPolicy(allow=settings.allow_hosts, loopback=settings.loopback)
        self._transport = HttpTransport(policy, follow_redirects=False)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._seam = Seam()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to send, unless the server may not call the network."""
        if self._services.settings.live:
            self._thread.start()

    def stop(self) -> None:
        """Let the tries that are under way end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(TIMEOUT_SECONDS + 2)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._transport.close()

    def _work(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                while not self._stopping.is_set() and self._send_some():
                    pass
            except Exception:  # the thread must outlive a database that is away for a moment
                if not self._stopping.is_set():
                    _LOG.exception("webhooks could not be sent; they will be tried again")

    def _now(self) -> int:
        """The moved clock, also when only another worker has heard of the move."""
        offset = (self._services.store.read().control(OFFSET) or {}).get("offset_ms", 0)
        return self._services.clock() - self._services.clock.offset_ms + int(offset)

    def _send_some(self) -> bool:
        """Send what is due, at most a few; whether there was any."""
        reader, now = self._services.store.read(), self._now()
        if not _DUE.run(reader.connection, until=due(now)).fetchall():
            return False
        leased = self._write(lambda transaction: self._lease(transaction, now))
        list(self._pool.map(self._one, leased))
        return bool(leased)

    def _write(self, change: Callable[[Transaction], _Made]) -> _Made:
        """Write where all others write, so that nobody waits for a lock."""

        def work() -> _Made:
            with self._services.store.write() as transaction:
                return change(transaction)

        return self._services.writers.submit(work).result()

    @staticmethod
    def _lease(transaction: Transaction, now: int) -> list[tuple[Body, Body | None, str]]:
        """Take deliveries for this worker: (delivery, webhook, secret)."""
        taken = []
        for row in _DUE.run(transaction.connection, until=due(now)).fetchall():
            body = decode(row[0])
            hook = transaction.get(WEBHOOK, body["webhookId"])
            secret = (transaction.get(SECRET, body["webhookId"]) or {}).get("secret", "")
            body = {**body, "tries": body["tries"] + 1, "dateLastTry": iso(now)}
            body.setdefault("dateFirstTry", iso(now))
            transaction.put(DELIVERY, body, parent=body["webhookId"], state=due(now + LEASE_MS))
            taken.append((body, hook, secret))
        return taken

    def _one(self, leased: tuple[Body, Body | None, str]) -> None:
        """Send one delivery and write down what came of it."""
        body, hook, secret = leased
        now, payload = self._now(), body["payload"].encode()
        if hook is None or not hook["enabled"]:
            self._finish({**body, "lastError": "the webhook is gone or disabled"}, "dead")
            return
        secrets = [Secret(secret)] if secret else []
        moment = datetime.fromtimestamp(now / 1000, UTC)
        headers = headers_of(payload, secrets, webhook_id=body["id"], at=moment)
        request = Request("POST", hook["url"], headers=headers, body=payload, timeout=TIMEOUT_SECONDS)
        status, error, wait = None, "", None
        try:
            response = self._transport.send(request)
            status = response.status
            wait = _seconds(response.header("retry-after"))
        except TransportError as failure:
            error = failure.message
            if isinstance(failure, TransportFailure) and failure.kind in {"forbidden", "url"}:
                status = 400  # no later try will be allowed either
        self._note({**body, "lastStatus": status or 0, "lastError": error}, status=status, wait=wait)

    def _note(self, body: Body, *, status: int | None, wait: float | None) -> None:
        """Delivered, dead, or when to try again."""
        result, now = result_of(status), self._now()
        if result == "retry":
            elapsed = (now - from_iso(body["dateFirstTry"])) / 1000
            chance = retry_chance(self._seam, body["id"], tries=body["tries"])
            delay = retry_delay(body["tries"], elapsed=elapsed, chance=chance, retry_after=wait)
            if delay is not None:
                moment = now + round(delay * 1000)
                self._finish({**body, "dateNextTry": iso(moment)}, "due", column=due(moment))
                return
            result = "dead"
        body.pop("dateNextTry", None)
        self._finish(body, result)

    def _finish(self, body: Body, state: str, *, column: str = "") -> None:
        body = {**body, "state": state}

        def write(transaction: Transaction) -> None:
            if transaction.raw(DELIVERY, body["id"], parent=body["webhookId"]) is None:
                return  # the webhook was deleted meanwhile
            transaction.put(DELIVERY, body, parent=body["webhookId"], state=column or state)
            if state != "due":
                transaction.record(
                    _entry(body, transaction.now),
                    service="Integrations",
                    entity_type="WebhookDelivery",
                    entity_id=body["id"],
                )

        self._write(write)


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() else None


def _entry(body: Body, now: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "eventDate": iso(now),
        "level": "SYSTEM",
        "action": "Deliver" if body["state"] == "delivered" else "GiveUp",
        "entityType": "WebhookDelivery",
        "entity": {"id": body["id"], "name": body["event"]},
        "status": "SUCCESS" if body["state"] == "delivered" else "FAILURE",
        "application": "ringback",
        "serviceName": "Integrations",
        "propertyChanges": [],
    }

"""Webhooks of the pipeline: an outbox in its database, sent by threads that never hold up an interaction.

A delivery is written in the transaction that records the interaction, so a crash loses neither. Its body
and id are the same for every try: at least once, and the receiver tells repeats apart. Those of one contact
keep their order: a later one waits until the earlier is delivered or dead.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from ringback.cloud import pipeline_tables as tables
from ringback.cloud.network import Network
from ringback.cloud.pipeline_metrics import Meter
from ringback.cloud.pipeline_store import PipelineStore, Row, Transaction
from ringback.cloud.regions import is_loopback
from ringback.contacts.lifecycle import ROW_STEPS, step
from ringback.contacts.webhook import (
    TIMEOUT_SECONDS,
    InteractionCreated,
    headers_of,
    result_of,
    retry_delay,
)
from ringback.core.errors import UsageError
from ringback.core.signing import Secret
from ringback.dataactions.transport import Request, Response, TransportError

_OUT = tables.deliveries
# A try may take the connection's time and the answer's.
_LEASE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one receiver, as it was claimed; the columns are described in `pipeline_tables`."""

    id: int
    contact: int
    organisation: str
    external_id: str
    webhook_id: str
    url: str
    body: str
    state: str
    due: int
    claim: str
    tries: int
    first_try: int
    status: int
    reason: str
    created: int

    def to_dict(self) -> dict[str, Any]:
        """What people want to know of it."""
        known = ("webhook_id", "external_id", "url", "state", "tries", "status", "reason")
        moment = datetime.fromtimestamp(self.created / 1000, UTC).isoformat(timespec="seconds")
        return {name: getattr(self, name) for name in known} | {"created": moment.replace("+00:00", "Z")}


def check_url(url: str) -> str:
    """The URL of a receiver.

    Raises:
        UsageError: it is none, or would send contacts over plain http to another machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is no URL of a webhook", hint="for example https://crm.example/hooks")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise UsageError(
            "a webhook on another machine needs https", hint=f"https://{parts.netloc}{parts.path}"
        )
    return url


def enqueue(transaction: Transaction, row: Row) -> None:
    """Put the event of a started interaction into the outbox, in the transaction that records it."""
    event = InteractionCreated(
        contact_id=row.external_id,
        conversation_id=row.conversation_id,
        latency_ms=max(0, transaction.now - row.created),
        at=datetime.fromtimestamp(transaction.now / 1000, UTC),
        channel=row.channel,
        compliance_checked=bool(row.compliance),
    )
    values = {
        "contact": row.id,
        "organisation": row.organisation,
        "external_id": row.external_id,
        "webhook_id": _webhook_id(row),
        "url": row.webhook,
        "body": event.body().decode(),
        "state": "pending",
        "due": transaction.now,
        "created": transaction.now,
    }
    transaction.connection.execute(_OUT.insert().values(values))


def _webhook_id(row: Row) -> str:
    """The same for every try, and also when the outbox is written anew after a power cut."""
    named = f"{row.organisation} {row.conversation_id}".encode()
    return f"msg_{hashlib.sha256(named).hexdigest()[:32]}"


class Outbox:
    """The deliveries of an organisation.

    Args:
        store: where they are.
        organisation: whose.
        secrets: what signs them, the newest first; none sends them unsigned.
        meter: counts and times.
        network: sends; None makes one.
    """

    def __init__(
        self,
        store: PipelineStore,
        organisation: str,
        *,
        secrets: Iterable[Secret] = (),
        meter: Meter | None = None,
        network: Network | None = None,
    ) -> None:
        self._store, self._organisation = store, organisation
        self._secrets, self._meter = tuple(secrets), meter or Meter()
        self._network = network or Network()

    def close(self) -> None:
        """Close every connection."""
        self._network.close()

    def send_one(self) -> bool:
        """Send the delivery that is due first; False when none is."""
        delivery = self._claim()
        if delivery is None:
            return False
        status, reason, wait = self._try(delivery)
        self._record(delivery, status, reason=reason, wait=wait)
        return True

    def _claim(self) -> Delivery | None:
        earlier = _OUT.alias()
        first = ~sa.exists().where(
            earlier.c.external_id == _OUT.c.external_id,
            earlier.c.organisation == _OUT.c.organisation,
            earlier.c.url == _OUT.c.url,
            earlier.c.state == "pending",
            earlier.c.id < _OUT.c.id,
        )
        mine = (_OUT.c.organisation == self._organisation) & (_OUT.c.state == "pending")
        with self._store.write() as transaction:
            due = sa.select(_OUT).where(mine, _OUT.c.due <= transaction.now, first)
            due = due.order_by(_OUT.c.due, _OUT.c.id).limit(1)
            if not self._store.embedded:
                due = due.with_for_update(skip_locked=True, of=_OUT)
            found = transaction.connection.execute(due).mappings().first()
            if found is None:
                return None
            claim = f"{self._store.owner}#{uuid.uuid4().hex}"
            values = {"claim": claim, "due": transaction.now + _LEASE_MS}
            values["first_try"] = found["first_try"] or transaction.now
            transaction.connection.execute(_OUT.update().where(_OUT.c.id == found["id"]).values(values))
            return Delivery(**{**found, **values})

    def _try(self, delivery: Delivery) -> tuple[int | None, str, float | None]:
        """Status (None without an answer), what went wrong, and the seconds that the receiver asks for."""
        body = delivery.body.encode()
        headers = headers_of(body, self._secrets, webhook_id=delivery.webhook_id, at=datetime.now(UTC))
        try:
            answer = self._network.send(Request("POST", delivery.url, headers, body, TIMEOUT_SECONDS))
        except TransportError as error:
            return None, str(error), None
        self._meter.took("webhook", answer.elapsed_ms)
        return answer.status, "" if answer.status < 300 else f"status {answer.status}", _retry_after(answer)

    def _record(self, delivery: Delivery, status: int | None, *, reason: str, wait: float | None) -> None:
        result, tries = result_of(status), delivery.tries + 1
        with self._store.write() as transaction:
            elapsed = (transaction.now - delivery.first_try) / 1000
            delay = retry_delay(tries, elapsed=elapsed, chance=random.random(), retry_after=wait)
            if result == "retry" and delay is None:
                result, reason = "dead", f"{reason}, for a day"
            values: dict[str, Any] = {"tries": tries, "status": status or 0, "reason": reason, "claim": ""}
            if result == "retry":
                values["due"] = transaction.now + int((delay or 0) * 1000)
            else:
                values["state"] = result
            mine = (_OUT.c.id == delivery.id) & (_OUT.c.claim == delivery.claim)
            if not transaction.connection.execute(_OUT.update().where(mine).values(values)).rowcount:
                return
            facts = {"webhook": delivery.webhook_id, "try": tries, "status": status, "reason": reason}
            self._tell(transaction, delivery, result=result, facts=facts)
        kinds = {"delivered": "success", "dead": "failure", "retry": "retry"}
        self._meter.count("webhook", kinds[result])

    def _tell(
        self, transaction: Transaction, delivery: Delivery, *, result: str, facts: Mapping[str, Any]
    ) -> None:
        """What a try means for the contact."""
        actions = {"delivered": "told", "dead": "undelivered", "retry": "webhook failed"}
        if result != "retry":
            rows = tables.contacts
            state = transaction.connection.execute(
                sa.select(rows.c.state).where(rows.c.id == delivery.contact)
            ).scalar_one()
            if state != actions[result]:
                reached = step(ROW_STEPS, state, to=actions[result])
                change = rows.update().where(rows.c.id == delivery.contact).values(state=reached)
                transaction.connection.execute(change)
        self._store.note(transaction, delivery.contact, action=actions[result], facts=facts)

    # ---- what people ask for

    def pending(self, *, only: str = "") -> int:
        """Deliveries that are still to be made, of all or of one external id."""
        mine = (_OUT.c.organisation == self._organisation) & (_OUT.c.state == "pending")
        if only:
            mine &= _OUT.c.external_id == only
        with self._store.read() as transaction:
            query = sa.select(sa.func.count()).select_from(_OUT).where(mine)
            return int(transaction.connection.execute(query).scalar_one())

    def listed(self, *, states: Iterable[str], most: int) -> list[Delivery]:
        """Deliveries in some states, the newest first."""
        mine = (_OUT.c.organisation == self._organisation) & _OUT.c.state.in_(tuple(states))
        query = sa.select(_OUT).where(mine).order_by(_OUT.c.id.desc()).limit(most)
        with self._store.read() as transaction:
            return [Delivery(**row) for row in transaction.connection.execute(query).mappings()]

    def retry(self, ids: Iterable[str] = ()) -> int:
        """Send dead letters again, and what waits for its next try now; gives how many those are.

        Args:
            ids: webhook ids; none means all.
        """
        mine = (_OUT.c.organisation == self._organisation) & _OUT.c.state.in_(("dead", "pending"))
        wanted = tuple(ids)
        if wanted:
            mine &= _OUT.c.webhook_id.in_(wanted)
        with self._store.write() as transaction:
            # A new day of tries begins.
            values = {"state": "pending", "due": transaction.now, "tries": 0, "first_try": 0}
            return transaction.connection.execute(
                _OUT.update().where(mine, _OUT.c.claim == "").values(values)
            ).rowcount


def _retry_after(answer: Response) -> float | None:
    text = answer.header("Retry-After").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 8 else None

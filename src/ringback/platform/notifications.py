"""Notification channels: events of the store on their way to WebSockets.

Every worker has a hub. A few times a second it looks for events that were committed, finds the channels that
subscribed to their topics, and hands them to those that are connected to this worker. A connection takes a
channel over from the one before it at a certain event, so a channel has each event once, in the order of the
commits; what happens while nobody is connected is lost, as on the platform.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from ringback.platform.clock import from_iso, new_id
from ringback.platform.services import Services
from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared
from ringback.platform.store.reader import Body, Key, Reader
from ringback.platform.store.store import Store
from ringback.platform.store.transaction import Transaction, encode

CHANNEL = "notification_channel"  # kind
POLL_SECONDS = 0.1
CHECK_SECONDS = 5.0  # how soon a channel that is gone or taken over closes its connection at the latest
# Limits, named in docs/limits.md.
MAX_WAITING = 1_000  # messages that wait for a slow client
BATCH = 500  # events that are read at once

_LOG = logging.getLogger("ringback.platform.notifications")
_V = tables.events.c
_NEW = Prepared(
    sa.select(_V.seq, _V.topic, _V.body).where(_V.seq > sa.bindparam("after")).order_by(_V.seq).limit(BATCH)
)
_NEWEST = Prepared(sa.select(sa.func.max(_V.seq)))
_Found = TypeVar("_Found")
CLOSED = object()  # ends the queue of a connection


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket.

    Attributes:
        channel: id of its channel.
        id: its own id; the channel's body says which one holds it.
        cursor: number of the newest event that was looked at for it.
        waiting: messages on their way to it.
    """

    channel: str
    id: str
    cursor: int
    waiting: asyncio.Queue[Any] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING + 1))

    def send(self, message: str) -> None:
        """Hand over a message; a client that is too slow is let go."""
        if self.waiting.qsize() >= MAX_WAITING:
            self.close()
        else:
            self.waiting.put_nowait(message)

    def close(self) -> None:
        """Let it end after what waits, or at once when nothing fits any more."""
        while self.waiting.full():
            self.waiting.get_nowait()
        self.waiting.put_nowait(CLOSED)


def newest_event(reader: Reader) -> int:
    """The number of the newest event."""
    return int(_NEWEST.run(reader.connection).fetchone()[0] or 0)


def topics_of(topic: str) -> list[str]:
    """The topics that a subscription stands for: `v2.users.1?presence&station` are two of them."""
    base, _, parts = topic.partition("?")
    return [f"{base}.{part}" for part in parts.split("&")] if parts else [base]


def keys_of(channel: Mapping[str, Any]) -> Iterable[Key]:
    """The search keys of a channel: its client and its topics."""
    yield "client", channel["client"]
    for subscription in channel["topics"]:
        for topic in topics_of(subscription):
            yield "topic", topic


def message(topic: str, body: str) -> str:
    """An event as a client reads it; `body` is JSON."""
    name = encode(topic).decode()
    return (
        f'{{"topicName":{name},"version":"2","eventBody":{body},"metadata":{{"correlationId":"{new_id()}"}}}}'
    )


def alive(channel: Body | None, now: int) -> bool:
    """Whether a channel is there and has not expired."""
    return channel is not None and from_iso(channel["expires"]) > now


class Hub:
    """The connections of one worker."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._open: set[Connection] = set()
        self._task: asyncio.Task[None] | None = None

    async def connect(self, channel_id: str) -> Connection | None:
        """Take a channel over; None when there is none."""
        services = self._services

        def take() -> Connection | None:
            with services.store.write() as transaction:
                return _take(transaction, channel_id)

        taken = await asyncio.get_running_loop().run_in_executor(services.writers, take)
        if taken is not None:
            for older in [each for each in self._open if each.channel == channel_id]:
                await self._deliver([older])
                self.leave(older)
            self._open.add(taken)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._run())
        return taken

    def leave(self, connection: Connection) -> None:
        """Forget a connection and end it."""
        if connection in self._open:
            self._open.discard(connection)
            connection.close()

    async def _read(self, work: Callable[[Reader], _Found]) -> _Found:
        store = self._services.store
        if store.embedded:
            return work(store.read())
        return await asyncio.get_running_loop().run_in_executor(
            self._services.pool, partial(_with, store, work)
        )

    async def _run(self) -> None:
        """Deliver until nobody is connected."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while self._open:
            await asyncio.sleep(POLL_SECONDS)
            await self._calmly(self._deliver(list(self._open)))
            if loop.time() - checked >= CHECK_SECONDS:
                checked = loop.time()
                await self._calmly(self._check())

    async def _calmly(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # a database that is away for a moment must not end the hub
            _LOG.exception("notifications could not be read; they will be tried again")

    async def _deliver(self, connections: list[Connection]) -> None:
        """Hand out everything that is new to these connections."""
        more = bool(connections)
        while more:
            after = min(each.cursor for each in connections)
            seen, events = await self._read(partial(_found, connections=connections, after=after))
            for connection in connections:
                for seq, text in events.get(connection.channel, ()):
                    if seq > connection.cursor:
                        connection.send(text)
                connection.cursor = max(connection.cursor, seen)
            more = seen >= after + BATCH

    async def _check(self) -> None:
        """Close connections whose channel is gone, has expired, or was taken over by another worker."""
        now = self._services.clock()
        for connection in list(self._open):
            channel = await self._read(partial(_channel, channel_id=connection.channel))
            if not alive(channel, now) or (channel or {}).get("connection") != connection.id:
                self.leave(connection)


def _take(transaction: Transaction, channel_id: str) -> Connection | None:
    channel = transaction.get(CHANNEL, channel_id)
    if channel is None or not alive(channel, transaction.now):
        return None
    connection = Connection(channel_id, new_id(), newest_event(transaction))
    after = channel | {
        "connection": connection.id,
        "from": connection.cursor,
        "before": channel.get("connection"),
    }
    transaction.put(CHANNEL, after)
    return connection


def _with(store: Store, work: Callable[[Reader], _Found]) -> _Found:
    return work(store.read())


def _channel(reader: Reader, channel_id: str) -> Body | None:
    return reader.get(CHANNEL, channel_id)


def _found(
    reader: Reader, connections: list[Connection], *, after: int
) -> tuple[int, dict[str, list[tuple[int, str]]]]:
    """The newest number read, and the events of each channel after one.

    Channels are read after the events: whoever took one over, or subscribed, before an event is seen here.
    """
    rows = _NEW.run(reader.connection, after=after).fetchall()
    here = {each.channel: each for each in connections}
    channels: dict[str, Body | None] = {}
    found: dict[str, list[tuple[int, str]]] = {}
    for seq, topic, body in rows:
        for channel_id in reader.ids_by_key(CHANNEL, ("topic", topic), limit=100_000):
            if channel_id not in here:
                continue
            if channel_id not in channels:
                channels[channel_id] = reader.get(CHANNEL, channel_id)
            if _wants(channels[channel_id], here[channel_id], topic=topic, seq=seq):
                found.setdefault(channel_id, []).append((seq, message(topic, body)))
    return (rows[-1][0] if rows else after), found


def _wants(channel: Body | None, connection: Connection, *, topic: str, seq: int) -> bool:
    """Whether an event belongs to a channel, and its delivery to this connection."""
    if channel is None:
        return False
    if channel.get("connection") != connection.id and seq > channel.get("from", 0):
        return False
    return any(seq > since and topic in topics_of(each) for each, since in channel["topics"].items())

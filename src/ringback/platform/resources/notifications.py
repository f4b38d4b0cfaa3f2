"""Notification channels, what they subscribe to, and the WebSocket that delivers it."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Any

import msgspec
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from ringback.platform import errors, notifications
from ringback.platform.call import Call
from ringback.platform.clock import iso
from ringback.platform.errors import ApiError
from ringback.platform.notifications import CHANNEL, Connection, Hub
from ringback.platform.routing import Routes
from ringback.platform.store.reader import Body

routes = Routes()
PATH = "/api/v2/notifications/channels"
SUBSCRIPTIONS = f"{PATH}/{{channelId}}/subscriptions"
SOCKET = "/channels/{channelId}"
# The platform's limits, named in docs/limits.md.
LIFETIME_MS = 24 * 3600 * 1000
MAX_CHANNELS = 20  # of one client; a new one takes the place of the oldest
MAX_TOPICS = 1_000  # of one channel
HEARTBEAT_SECONDS = 30.0

_TOPIC = re.compile(r"v2(\.[A-Za-z0-9_:+@-]+)+(\?[A-Za-z0-9_.-]+(&[A-Za-z0-9_.-]+)*)?")
_MAX_TOPIC = 500  # characters
# What the local platform tells of.
_AVAILABLE = {
    "v2.flows.{id}": "architect:flow:view",
    "v2.conversations.{id}": "conversation:communication:view",
    "v2.users.{id}.conversations": "conversation:communication:view",
    "v2.routing.queues.{id}.conversations": "routing:queue:view",
    "v2.externalcontacts.contact.{id}": "externalContacts:contact:view",
    "v2.externalcontacts.organization.{id}": "externalContacts:externalOrganization:view",
    "v2.architect.prompts.{id}": "architect:userPrompt:view",
}


@routes.get("/api/v2/notifications/availabletopics")
def list_topics(call: Call) -> object:
    """The topics that something is told of."""
    schemas = "schema" in call.listed("expand")
    return {"entities": [_available(topic, schemas=schemas) for topic in _AVAILABLE]}


def _available(topic: str, *, schemas: bool) -> Body:
    return {
        "id": topic,
        "description": f"Changes of {topic}",
        "requiresPermissions": [_AVAILABLE[topic]],
        "enforced": False,
        "visibility": "Public",
        "transports": ["Websockets"],
        "topicParameters": ["id"],
        **({"schema": {}} if schemas else {}),
    }


@routes.get(PATH)
def list_channels(call: Call) -> object:
    """The channels of the caller's client."""
    return {"entities": [_view(channel) for channel in _mine(call)]}


@routes.post(PATH)
def create_channel(call: Call) -> object:
    """A new channel for a day; the client's oldest one makes room for it."""
    for old in _mine(call)[: -(MAX_CHANNELS - 1)]:
        call.tx.remove(CHANNEL, old["id"])
    channel_id = call.new_id()
    origin = re.sub(r"^http", "ws", call.origin)
    channel = {
        "id": channel_id,
        "connectUri": f"{origin}{SOCKET.format(channelId=channel_id)}",
        "expires": iso(call.now + LIFETIME_MS),
        "client": call.principal.client_id,
        "created": call.now,
        "topics": {},
    }
    call.tx.add(CHANNEL, channel, keys=notifications.keys_of(channel))
    return _view(channel)


@routes.serve("HEAD", f"{PATH}/{{channelId}}", errors=(404,))
def probe_channel(call: Call) -> object:
    """Whether a channel is still there."""
    _channel(call)
    return None


@routes.get(SUBSCRIPTIONS, errors=(404,))
def list_subscriptions(call: Call) -> object:
    """What a channel subscribes to."""
    return _subscriptions(_channel(call))


@routes.post(SUBSCRIPTIONS, errors=(404,))
def subscribe(call: Call) -> object:
    """Subscribe to more topics; the channel then lives for another day."""
    channel = _channel(call)
    return _set(call, channel, kept=channel["topics"])


@routes.put(SUBSCRIPTIONS, errors=(404,))
def replace_subscriptions(call: Call) -> object:
    """Subscribe to these topics and no others; the channel then lives for another day."""
    channel = _channel(call)
    wanted = {str(each.get("id")) for each in call.body or []}
    kept = {topic: since for topic, since in channel["topics"].items() if topic in wanted}
    return _set(call, channel, kept=kept)


@routes.delete(SUBSCRIPTIONS, status=204, errors=(404,))
def unsubscribe(call: Call) -> object:
    """Subscribe to nothing."""
    channel = _channel(call)
    after = channel | {"topics": {}}
    call.tx.put(CHANNEL, after, keys=notifications.keys_of(after))
    return None


def _set(call: Call, channel: Body, *, kept: dict[str, int]) -> Body:
    """Subscribe to the topics of the request beside those that are kept."""
    newest, topics, refused = notifications.newest_event(call.store), dict(kept), list[Body]()
    for sent in call.body or []:
        topic = str(sent.get("id") or "")
        if len(topic) <= _MAX_TOPIC and _TOPIC.fullmatch(topic):
            topics.setdefault(topic, newest)
        elif not call.flag("ignoreErrors"):
            raise errors.bad_request(f"[{topic[:100]}] is no notification topic.", field="id")
        else:
            reason = "It is no notification topic."
            refused.append({"id": topic[:_MAX_TOPIC], "state": "Rejected", "rejectionReason": reason})
    if len(topics) > MAX_TOPICS:
        raise ApiError(
            400, "limit.exceeded", "A channel has at most {most} topics.", most=MAX_TOPICS
        ).with_extra(limit={"key": "topics of a channel", "value": MAX_TOPICS})
    after = channel | {"topics": topics, "expires": iso(call.now + LIFETIME_MS)}
    call.tx.put(CHANNEL, after, keys=notifications.keys_of(after))
    return {"entities": _subscriptions(after)["entities"] + refused}


def _subscriptions(channel: Body) -> Body:
    path = SUBSCRIPTIONS.format(channelId=channel["id"])
    return {
        "entities": [
            {"id": topic, "state": "Permitted", "selfUri": f"{path}/{topic}"} for topic in channel["topics"]
        ]
    }


def _view(channel: Body) -> Body:
    return {name: channel[name] for name in ("id", "connectUri", "expires")}


def _mine(call: Call) -> list[Body]:
    """The client's channels that have not expired, the oldest first."""
    ids = call.store.ids_by_key(CHANNEL, ("client", call.principal.client_id))
    found = [body for body in call.store.many(CHANNEL, ids) if notifications.alive(body, call.now)]
    return sorted(found, key=lambda body: (body["created"], body["id"]))


def _channel(call: Call) -> Body:
    channel_id = call.path["channelId"]
    channel = call.store.get(CHANNEL, channel_id)
    if channel is None or not notifications.alive(channel, call.now):
        raise errors.not_found(CHANNEL, channel_id)
    if channel["client"] != call.principal.client_id:
        raise errors.not_found(CHANNEL, channel_id)
    return channel


# The WebSocket


def _metadata(text: str) -> str:
    body: Any = {"topicName": "channel.metadata", "eventBody": {"message": text}}
    return msgspec.json.encode(body).decode()


def _hub(socket: WebSocket) -> Hub:
    """The hub of this worker."""
    state = socket.app.state
    if not hasattr(state, "hub"):
        state.hub = Hub(state.services)
    hub: Hub = state.hub
    return hub


async def listen(socket: WebSocket) -> None:
    """Deliver the events of a channel until either side ends it; who knows its URI may listen."""
    hub = _hub(socket)
    connection = await hub.connect(socket.path_params["channelId"])
    if connection is None:
        await socket.close()  # before it was accepted: an HTTP 403
        return
    await socket.accept()
    reading = asyncio.create_task(_answer(socket, connection))
    try:
        await _send(socket, connection)
    finally:
        hub.leave(connection)
        reading.cancel()


async def _send(socket: WebSocket, connection: Connection) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # it was closed while something was being sent
        while True:
            try:
                message = await asyncio.wait_for(connection.waiting.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                message = _metadata("WebSocket Heartbeat")
            if message is notifications.CLOSED:
                await socket.close(1001)
                return
            await socket.send_text(message)


async def _answer(socket: WebSocket, connection: Connection) -> None:
    """Read what the client sends; a ping is answered, all else is passed over."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                break
            if '"ping"' in str(received.get("text") or "")[:1000]:
                connection.send(_metadata("pong"))
    connection.close()


web_sockets = [WebSocketRoute(SOCKET, listen)]

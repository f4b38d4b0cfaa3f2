"""Request bodies on their way in: within limits of size and time, and all of them together within memory."""

from __future__ import annotations

import asyncio

from ringback.platform.call import Call
from ringback.platform.errors import ApiError
from ringback.platform.exchange import Receive
from ringback.platform.settings import BODIES_BYTES


class Intake:
    """The bodies that a worker holds at one moment.

    Attributes:
        held: their bytes, of those that are still arriving too.
    """

    def __init__(self, most: int = BODIES_BYTES) -> None:
        self.most = most
        self.held = 0

    async def body(self, receive: Receive, call: Call) -> bytes:
        """The whole body of a request.

        Raises:
            ApiError: 400 when it breaks off, 408 when it takes too long, 413 when it is too large, 503 when
                all bodies together are.
        """
        headers, settings = call.headers, call.services.settings
        declared = headers.get("content-length", "0")
        if declared == "0" and "transfer-encoding" not in headers:
            return b""
        if declared.isdecimal() and int(declared) > settings.max_body:
            raise _too_large(settings.max_body)
        try:
            async with asyncio.timeout(settings.body_seconds):
                return await self._whole(receive, settings.max_body)
        except TimeoutError:
            raise ApiError(
                408,
                "request.timeout",
                "The request body did not arrive within {seconds} s.",
                seconds=settings.body_seconds,
            ).with_headers({"connection": "close"}) from None

    async def _whole(self, receive: Receive, limit: int) -> bytes:
        whole = bytearray()  # not a list of parts: a body of one-byte chunks would fill the memory
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ApiError(
                        400, "client.failed.request", "The client did not send the end of its request."
                    )
                part = message.get("body", b"")
                if len(whole) + len(part) > limit:
                    raise _too_large(limit)
                self._hold(len(part))
                whole += part
                if not message.get("more_body"):
                    return bytes(whole)
        finally:
            self.held -= len(whole)

    def _hold(self, size: int) -> None:
        if self.held + size > self.most:
            raise ApiError(
                503,
                "service.unavailable",
                "The bodies of all requests together are over the limit of {limit} bytes; try again.",
                limit=self.most,
            ).with_headers({"retry-after": "1", "connection": "close"})
        self.held += size


def _too_large(limit: int) -> ApiError:
    return ApiError(
        413, "request.entity.too.large", "The request body is over the limit of {limit} bytes.", limit=limit
    ).with_headers({"connection": "close"})

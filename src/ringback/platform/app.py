"""The ASGI application of one worker: lifespan, the API, and what is not the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from ringback.platform.deliveries import Deliveries
from ringback.platform.dispatcher import Dispatcher
from ringback.platform.journal import FLUSH_SECONDS
from ringback.platform.resources import all_routes, web_sockets
from ringback.platform.services import Services
from ringback.platform.settings import Settings


async def _flush(services: Services) -> None:
    """Show this worker's requests to the others, a few times a second."""
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        await asyncio.get_running_loop().run_in_executor(services.writers, services.journal.flush)


def create_app(settings: Settings) -> Starlette:
    """The application over a database that `bootstrap.prepare_database` has prepared."""
    services = Services(settings, all_routes())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        flushing = asyncio.create_task(_flush(services)) if services.journal.shared else None
        deliveries = Deliveries(services)
        deliveries.start()
        yield
        await asyncio.get_running_loop().run_in_executor(services.pool, deliveries.stop)
        if flushing:
            flushing.cancel()
        services.close()

    dispatcher = Dispatcher(services)

    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            await dispatcher(scope, receive, send)

    app = Starlette(routes=[*web_sockets()], lifespan=lifespan)
    app.router.default = api  # a Mount would not see paths with a line break
    app.state.services = services
    return app

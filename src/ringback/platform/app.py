"""The ASGI application of one worker: lifespan, the API, and what is not the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

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


def create_app(settings: Settings) -> ASGIApp:
    """The application over a database that `bootstrap.prepare_database` has prepared.

    Starlette has the lifespan and the WebSockets. Requests go straight to the dispatcher: it answers every
    one itself, and Starlette's layers around it would cost as much as a look-up.
    """
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
    others = Starlette(routes=[*web_sockets()], lifespan=lifespan)
    others.state.services = services

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await (dispatcher if scope["type"] == "http" else others)(scope, receive, send)

    return application

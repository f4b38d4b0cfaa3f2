"""The ASGI application of one worker: lifespan, the API, and what is not the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from ringback.platform.dispatcher import Dispatcher
from ringback.platform.resources import all_routes, web_sockets
from ringback.platform.services import Services
from ringback.platform.settings import Settings


def create_app(settings: Settings) -> Starlette:
    """The application over a database that `bootstrap.prepare_database` has prepared."""
    services = Services(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        services.close()

    app = Starlette(
        routes=[*web_sockets(), Mount("/", app=Dispatcher(services, all_routes()))],
        lifespan=lifespan,
    )
    app.state.services = services
    return app

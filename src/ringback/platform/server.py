"""Starting and stopping the server: granian with one or more workers."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from tempfile import TemporaryDirectory
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from starlette.applications import Starlette

from ringback.platform.bootstrap import prepare_database
from ringback.platform.settings import METRICS_FOLDER, Settings

_VARIABLE = (
    "RINGBACK_PLATFORM_SETTINGS"  # how the workers, which are processes of their own, get the settings
)


def worker() -> Starlette:
    """The application of one worker; called by granian in the worker's process."""
    # Imported here, in the worker: the figures are shared only when their folder is known beforehand.
    from ringback.platform.app import create_app  # noqa: PLC0415

    settings = json.loads(os.environ[_VARIABLE])
    return create_app(Settings(**settings | {"allow_hosts": tuple(settings["allow_hosts"])}))


def serve(settings: Settings) -> None:
    """Prepare the database, then serve until SIGINT or SIGTERM; requests that are under way are answered."""
    prepare_database(settings)
    os.environ[_VARIABLE] = json.dumps(asdict(settings))
    with TemporaryDirectory(prefix="ringback-metrics-") as folder:
        if settings.workers > 1:
            os.environ[METRICS_FOLDER] = folder
        _granian(settings).serve()


def _granian(settings: Settings) -> Any:
    return Granian(
        "ringback.platform.server:worker",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        factory=True,
        log_access=False,
        websockets=True,
    )

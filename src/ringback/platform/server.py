"""Starting and stopping the server: granian with one or more workers."""

from __future__ import annotations

import errno
import json
import logging.config
import os
import socket
from collections.abc import Callable
from dataclasses import asdict
from tempfile import TemporaryDirectory
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from starlette.types import ASGIApp

from ringback.core.errors import UsageError
from ringback.platform.request_log import CONFIG
from ringback.platform.settings import (
    CONNECTIONS,
    HEADER_BYTES,
    HEADER_SECONDS,
    METRICS_FOLDER,
    STOP_SECONDS,
    Settings,
)

_VARIABLE = (
    "RINGBACK_PLATFORM_SETTINGS"  # how the workers, which are processes of their own, get the settings
)
_BACKLOG = 4_096  # connections that the system keeps until a worker takes them
_OWN_FILES = 256  # files and sockets of a worker beside its clients' connections
_REFUSED = {
    errno.EADDRINUSE: ("the port {port} of {host} is in use", "stop the other program, or choose --port"),
    errno.EACCES: ("the port {port} may not be used by this user", "choose --port above 1023"),
    errno.EADDRNOTAVAIL: ("the address {host} is not one of this machine's", "see --host"),
}


def worker() -> ASGIApp:
    """The application of one worker; called by granian in the worker's process."""
    # Imported here, in the worker: the figures are shared only when their folder is known beforehand.
    from ringback.platform.app import create_app  # noqa: PLC0415

    logging.config.dictConfig(CONFIG)
    settings = json.loads(os.environ[_VARIABLE])
    return create_app(Settings(**settings | {"allow_hosts": tuple(settings["allow_hosts"])}))


def serve(settings: Settings, prepare: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; requests that are under way are answered, for `STOP_SECONDS`.

    Args:
        settings: of every worker.
        prepare: makes the database ready; called once the address is known to be free.

    Raises:
        UsageError: the address cannot be used.
    """
    check_address(settings.host, settings.port)
    os.environ[_VARIABLE] = json.dumps(asdict(settings))
    with TemporaryDirectory(prefix="ringback-metrics-") as folder:
        if settings.workers > 1:
            os.environ[METRICS_FOLDER] = folder
        prepare()
        _granian(settings, connections=allowed_connections()).serve()


def check_address(host: str, port: int) -> None:
    """UsageError unless the server can be bound to an address."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as probe:
            if os.name == "posix":  # as the server does: connections that have ended are not in the way
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise UsageError(f"--host {host!r} is no address: {error.strerror}", hint="see --host") from error
    except OSError as error:
        message, hint = _REFUSED.get(error.errno or 0, (f"the server cannot listen: {error.strerror}", ""))
        raise UsageError(message.format(host=host, port=port), hint=hint) from error


def allowed_connections() -> int:
    """How many connections a worker may hold: `CONNECTIONS`, or what the limit on open files leaves.

    The limit is raised as far as the system allows.
    """
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ModuleNotFoundError:
        return CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(64, min(CONNECTIONS, soft - _OWN_FILES))


def _granian(settings: Settings, *, connections: int) -> Any:
    return Granian(
        "ringback.platform.server:worker",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        # HTTP/2 is recognised by its first bytes, for which granian would wait without end.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES, keep_alive=True
        ),
        backlog=_BACKLOG,
        backpressure=connections,
        workers=settings.workers,
        workers_kill_timeout=STOP_SECONDS,
        factory=True,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=CONFIG,
        websockets=True,
    )

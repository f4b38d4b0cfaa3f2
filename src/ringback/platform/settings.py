"""What one local platform is started with, and the limits of its connections."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from ringback.platform.request_log import LogMode

DEFAULT_PORT = 8080
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # variable; prometheus_client reads it when it is imported
# Exists only while the server is bound to a loopback address.
LOCAL_CLIENT = "ringback-local"
CLIENT_SECRET = "RINGBACK_CLIENT_SECRET"  # noqa: S105 - name of the variable with the secret of `--client`

# Limits of our own, named in docs/limits.md.
MAX_BODY_BYTES = 10 * 1024 * 1024
BODY_SECONDS = 20.0  # a client that takes longer to send its body is refused
BODIES_BYTES = 256 * 1024 * 1024  # of all bodies that a worker holds at one moment
HEADER_SECONDS = 15  # for the next request of a connection to arrive, up to its empty line
HEADER_BYTES = 128 * 1024  # of a request line with its headers
CONNECTIONS = 16_384  # open at the same time in one worker; more wait
STOP_SECONDS = 10  # that a request may go on when the server is told to stop


def is_loopback(name: str) -> bool:
    """Whether a host name or address means this machine only."""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


@cache
def _only_here(host: str, public_url: str) -> bool:
    public = urlsplit(public_url).hostname or "" if public_url else host
    return is_loopback(host) and is_loopback(public)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the server, the same in every worker.

    Attributes:
        url: database, as `store.engines.open_engine` takes it.
        host: address to bind to.
        port: TCP port.
        workers: processes.
        allow_hosts: hosts that data actions may call beside the internet's; loopback is allowed while
            bound to it.
        public_url: origin for presigned and paging URLs; "" takes it from each request's Host header.
        max_body: bytes of a request body.
        body_seconds: seconds in which a body must arrive.
        live: whether data actions may call the network at all.
        log: which requests have a line on the standard error output.
    """

    url: str
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    workers: int = 1
    allow_hosts: tuple[str, ...] = ()
    public_url: str = ""
    max_body: int = MAX_BODY_BYTES
    body_seconds: float = BODY_SECONDS
    live: bool = True
    log: LogMode = "off"

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can reach the server; a public origin says otherwise."""
        return _only_here(self.host, self.public_url)

    @property
    def origin(self) -> str:
        """Where the server is reached on this machine."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

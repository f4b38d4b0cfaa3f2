"""What one local platform is started with."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_PORT = 8080
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # variable; prometheus_client reads it when it is imported
# Exists only while the server is bound to a loopback address.
LOCAL_CLIENT = "ringback-local"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MAX_BODY_BYTES = 10 * 1024 * 1024  # named in docs/limits.md
BODY_SECONDS = 20.0  # a client that takes longer to send its body is refused


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

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine can reach the server."""
        return self.host in LOOPBACK

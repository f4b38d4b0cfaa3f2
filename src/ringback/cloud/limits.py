"""The limits of the client; `docs/limits.md` lists them with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often the client tries; times in seconds.

    Attributes:
        cloud_tries: times that one call is sent, the first included.
        cloud_connect_tries: the same while no connection can be made to a host that never answered yet.
        cloud_retry_time: all tries of one call and the waits between them.
        cloud_longest_wait: one wait that nobody asked for; a Retry-After counts as it is.
        cloud_connect_time: one connection, its TLS handshake included.
        cloud_answer_time: one request and its whole answer.
        cloud_answer_size: bytes of one answer or download.
        cloud_connections: connections at a time; further threads wait for one.
        cloud_login_wait: how long to wait for another process that logs in.
        cloud_pages: pages of one list.
        cloud_job_begin: until a job has begun whose upload had no answer.
        cloud_job_time: one job of the platform (publish, export), until it says that it is done.
    """

    cloud_tries: int = 8
    cloud_connect_tries: int = 3
    cloud_retry_time: float = 300.0
    cloud_longest_wait: float = 30.0
    cloud_connect_time: float = 10.0
    cloud_answer_time: float = 60.0
    cloud_answer_size: int = 64 * 1024 * 1024
    cloud_connections: int = 32
    cloud_login_wait: float = 60.0
    cloud_pages: int = 10_000
    cloud_job_begin: float = 15.0
    cloud_job_time: float = 960.0

"""Genesys Cloud, or a local platform, as a client.

    cloud = ringback.cloud.connect()             # environment, then [DEFAULT] of ~/.gc/config.toml
    cloud.get("/api/v2/organizations/me").json["name"]
    for queue in cloud.entities("/api/v2/routing/queues"): ...

See docs/cloud.md.
"""

from ringback.cloud.client import Answer, Cloud, connect, quoted
from ringback.cloud.clock import Clock, SystemClock, VirtualClock
from ringback.cloud.errors import (
    CloudError,
    Conflict,
    MissingPermission,
    NoAnswer,
    NotAuthenticated,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ServerFailed,
    UnreadableAnswer,
)
from ringback.cloud.limits import Limits
from ringback.cloud.retries import Wait

__all__ = [
    "Answer",
    "Clock",
    "Cloud",
    "CloudError",
    "Conflict",
    "Limits",
    "MissingPermission",
    "NoAnswer",
    "NotAuthenticated",
    "NotFound",
    "OutcomeUnknown",
    "RateLimited",
    "Refused",
    "ServerFailed",
    "SystemClock",
    "UnreadableAnswer",
    "VirtualClock",
    "Wait",
    "connect",
    "quoted",
]

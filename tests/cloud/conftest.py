"""Fixtures of the client's tests: a platform on a real socket, and virtual time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ringback.cloud import Cloud, VirtualClock
from tests.cloud.servers import Platform, client, platform


@pytest.fixture
def server() -> Iterator[Platform]:
    with platform() as running:
        yield running


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def cloud(server: Platform, clock: VirtualClock) -> Iterator[Cloud]:
    with client(server, clock) as found:
        yield found

"""Settings of the whole suite."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The same examples in every run: a build is red because of a change, never by chance or by a busy machine.
# RINGBACK_HYPOTHESIS=explore looks for new ones; what it finds becomes a case.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("RINGBACK_HYPOTHESIS", "repeatable"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: while one process is at them, the others do the rest."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)

"""Seeding from a file, before the first worker starts."""

from __future__ import annotations

from pathlib import Path

from ringback.core.errors import UsageError
from ringback.platform.settings import Settings


def seed_file(settings: Settings, file: Path, *, again: bool) -> str:
    """Fill an empty organisation; gives a line for the user."""
    raise UsageError(f"--seed {file}: seeds come next ({settings.host}, {again})")

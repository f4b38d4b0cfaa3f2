"""Runs the command as people do, in a process of its own, and as click's runner does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from ringback.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "customer_lookup"


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    def events(self, type_: str) -> list[dict[str, Any]]:
        return [event for event in self.json["trace"] if event["type"] == type_]


def invoke(*arguments: str | Path, env: dict[str, str] | None = None) -> Outcome:
    """The command inside this process."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


def command(*arguments: str | Path, folder: Path = ROOT, timeout: float = 60) -> Outcome:
    """The real command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "ringback", *(str(argument) for argument in arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)

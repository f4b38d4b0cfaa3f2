"""The `ringback` command itself: help, version, errors to exit codes, nothing imported for nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import NoReturn

import click
import pytest

from ringback import __version__
from ringback.cli import main as cli_main
from ringback.core.errors import InternalError, RemoteError, UsageError
from tests.cli.helpers import EXAMPLE, command, invoke


def test_version() -> None:
    assert command("--version").out == f"ringback {__version__}\n"


def test_help_lists_the_commands() -> None:
    outcome = command("--help")
    assert outcome.code == 0
    for name, (_, text) in cli_main.COMMANDS.items():
        assert f"{name} " in outcome.out
        assert text in " ".join(outcome.out.split())


@pytest.mark.parametrize(
    "arguments", [["nope"], ["run"], ["run", "--nope"], ["run", "x.yaml", "--channel", "fax"]]
)
def test_wrong_usage_is_2_without_a_traceback(arguments: list[str]) -> None:
    outcome = command(*arguments)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err
    assert outcome.err


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (UsageError("no such thing", hint="try another"), 2, "error: no such thing\n  hint: try another\n"),
        (RemoteError("the host refused"), 3, "error: the host refused\n"),
        (InternalError("this cannot be"), 70, "error: this cannot be\n"),
        (ValueError("oh"), 70, "internal error: ValueError: oh\n  hint: this is a bug in ringback; set "),
        (click.exceptions.Abort(), 130, ""),
    ],
)
def test_errors_become_exit_codes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
    text: str,
) -> None:
    def fail(**_options: object) -> NoReturn:
        raise error

    monkeypatch.delenv("RINGBACK_DEBUG", raising=False)
    monkeypatch.setattr(cli_main.cli, "main", fail)
    with pytest.raises(SystemExit) as stopped:
        cli_main.main()
    assert stopped.value.code == code
    assert capsys.readouterr().err.startswith(text)


def test_debug_shows_the_traceback_of_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setenv("RINGBACK_DEBUG", "1")
    monkeypatch.setattr(cli_main.cli, "main", fail)
    with pytest.raises(ZeroDivisionError):
        cli_main.main()


def test_help_loads_no_engine() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from ringback.cli.main import cli; "
        "CliRunner().invoke(cli, ['--help']); "
        "print(sorted({'msgspec', 'yaml', 'httpcore', 'phonenumbers', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_reader_of_the_output_may_go_away() -> None:
    flow = EXAMPLE / "flow.yaml"
    line = f"{sys.executable} -m ringback run {flow} --from +15551234567 --output-format events | head -n 1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith('{"id":1')
    assert done.stderr == ""


RUN = f"{sys.executable} -m ringback run {EXAMPLE / 'flow.yaml'} --from +15551234567"


@pytest.mark.parametrize(
    ("line", "code", "err"),
    [
        (f"{RUN} >&-", 0, ""),
        (f"{RUN} >/dev/full", 2, "error: the output cannot be written: No space left on device\n"),
        (f"{RUN} --output-format json >/dev/full", 2, "error: the output cannot be written: "),
    ],
)
def test_output_that_nobody_takes(line: str, code: int, err: str) -> None:
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith(err)
    assert "Traceback" not in done.stderr


def test_a_terminal_that_knows_ascii_only() -> None:
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    text = subprocess.run(["sh", "-c", RUN], env=ascii_only, capture_output=True, check=True).stdout
    assert b"Lookup Customer ? Call Data Action ? success" in text
    line = f"{RUN} --output-format json"
    run = json.loads(
        subprocess.run(["sh", "-c", line], env=ascii_only, capture_output=True, check=True).stdout
    )
    assert run["status"] == "ended"


def test_a_command_that_does_not_exist_is_named() -> None:
    outcome = invoke("nope")
    assert outcome.code == 2
    assert "No such command 'nope'" in outcome.err

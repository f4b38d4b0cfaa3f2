"""Colours: on a terminal only, never with NO_COLOR; lines as wide as the terminal, up to 100 columns."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from ringback.cli.terminal import coloured, print_lines, wants_colour, width_of
from ringback.trace.layout import Segment
from tests.cli.helpers import EXAMPLE

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_wants_colour(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colour: bool) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(Terminal()) is colour
    assert wants_colour(io.StringIO()) is False


def test_a_line_in_colours() -> None:
    line = (Segment("plain "), Segment("bad", "error"))
    assert coloured(line) == "plain \x1b[31m\x1b[1mbad\x1b[0m"


def test_lines_to_a_file_are_plain() -> None:
    stream = io.StringIO()
    print_lines([(Segment("bad", "error"),), ()], stream)
    assert stream.getvalue() == "bad\n\n"
    assert width_of(stream) == 100


def in_a_terminal(columns: int, **variables: str) -> str:
    """What a terminal of that width shows for a run of the example."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    without = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    command = [sys.executable, "-m", "ringback", "run", str(EXAMPLE / "flow.yaml"), "--from", "+15551234567"]
    environment = {**without, "TERM": "xterm", **variables}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:
            # Linux says so when the other side is closed.
            pass
        os.close(ours)
        assert process.wait(timeout=30) == 0
    return shown.decode()


def test_a_real_terminal_shows_colours() -> None:
    shown = in_a_terminal(120)
    assert "\x1b[32mWelcome to Harbor Travel.\x1b[0m" in shown
    assert max(len(ANSI.sub("", line)) for line in shown.splitlines()) <= 100


def test_a_narrow_terminal_gets_narrow_lines() -> None:
    shown = in_a_terminal(70)
    assert max(len(ANSI.sub("", line)) for line in shown.splitlines()) <= 70


def test_no_color_in_a_real_terminal() -> None:
    assert "\x1b" not in in_a_terminal(100, NO_COLOR="1")

"""Lines of styled text on a terminal, or as plain text anywhere else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import IO, Any

import click

from ringback.trace.layout import WIDTH, Line, text_of

MIN_WIDTH = 60
# Style of the layout -> arguments of click.style; the sixteen colours, which follow the terminal's theme.
_STYLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "dim": {"dim": True},
        "time": {"dim": True},
        "action": {"bold": True},
        "output": {"fg": "cyan", "bold": True},
        "said": {"fg": "green"},
        "heard": {"fg": "magenta", "bold": True},
        "name": {"fg": "blue"},
        "value": {"fg": "cyan"},
        "http": {"fg": "blue", "bold": True},
        "warning": {"fg": "yellow"},
        "error": {"fg": "red", "bold": True},
        "good": {"fg": "green", "bold": True},
        "heading": {"bold": True, "underline": True},
    }
)


def wants_colour(stream: IO[str]) -> bool:
    """Whether a stream is a terminal whose owner has not said NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(stream: IO[str]) -> int:
    """Columns for lines: those of the terminal, but no more than a person reads well."""
    if not stream.isatty():
        return WIDTH
    return max(MIN_WIDTH, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))


def print_lines(lines: Iterable[Line], stream: IO[str]) -> None:
    """Write the lines, with colours only where they are wanted."""
    colour = wants_colour(stream)
    for line in lines:
        click.echo(coloured(line) if colour else text_of(line), file=stream, color=colour)


def coloured(line: Line) -> str:
    """The line with ANSI codes."""
    return "".join(
        click.style(part.text, **_STYLES[part.style]) if part.style in _STYLES else part.text for part in line
    )

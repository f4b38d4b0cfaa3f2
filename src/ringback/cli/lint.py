"""`ringback lint`: checks of data actions, and the fixes that are safe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringback.cli.options import guarded

if TYPE_CHECKING:
    from ringback.core.diagnostics import Severity
    from ringback.lint.model import Checked
    from ringback.lint.reporters import Style

FORMATS = ("text", "json", "sarif", "github")
LEVELS = ("error", "warning", "info")

_ENDINGS = frozenset((".json", ".tf", ".hcl"))
_HIDDEN = frozenset(("node_modules", "__pycache__"))
_COLOURS = {
    "error": "red",
    "warning": "yellow",
    "info": "cyan",
    "code": "bright_black",
    "dim": "bright_black",
}


@click.command("lint")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output-format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--select", multiple=True, metavar="CODE", help="Only checks whose code begins so, e.g. RB11.")
@click.option("--ignore", multiple=True, metavar="CODE", help="No checks whose code begins so.")
@click.option("--fix", "fixing", is_flag=True, help="Make the safe changes, in place.")
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="Exit 1 from this severity up.",
)
@guarded
def lint(
    paths: tuple[Path, ...],
    *,
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fixing: bool,
    fail_on: Severity,
) -> int:
    """Check data actions: files, or every JSON and Terraform file of a folder.

    A data action is known by its content; other files are skipped. Each check has a page in docs/checks.
    Exit code 0: nothing at or above --fail-on; 1: findings; 2: wrong usage.
    """
    from ringback.lint.model import at_least, counts
    from ringback.lint.registry import chosen

    codes = chosen(select, ignore)
    files = list(_files(paths))
    fixed = sum(_fix(file, codes) for file in files) if fixing else 0
    checked = [_check(file, codes) for file in files]
    _print(checked, output_format, fixed=fixed)
    number = counts(checked)
    return int(any(number[severity] for severity in number if at_least(severity, fail_on)))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those of the folders that may hold data actions; each once, in order.

    Raises:
        UsageError: a path that does not exist.
    """
    from ringback.core.errors import UsageError

    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
        for file in [path] if path.is_file() else _below(path):
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _HIDDEN and not name.startswith("."))
        yield from (Path(at) / name for name in sorted(names) if Path(name).suffix in _ENDINGS)


def _read(file: Path) -> str:
    """The text as it is, line ends included.

    Raises:
        UsageError: the file cannot be read, or is no text.
    """
    from ringback.core.errors import UsageError

    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is no UTF-8 text (byte {error.start:,})") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _check(file: Path, codes: frozenset[str]) -> Checked:
    from ringback.lint.runner import lint as check

    return check(_read(file), file=str(file), codes=codes)


def _fix(file: Path, codes: frozenset[str]) -> int:
    from ringback.core.errors import UsageError
    from ringback.lint.fixing import fix

    text = _read(file)
    fixed, count = fix(text, file=str(file), codes=codes)
    if fixed != text:
        try:
            file.write_bytes(fixed.encode("utf-8"))
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    return count


def _print(checked: list[Checked], output_format: str, *, fixed: int) -> None:
    from ringback.lint.reporters import REPORTERS, summary, to_text

    if output_format == "text":
        text = to_text(checked, _style())
        click.echo(f"{text}\n\n{summary(checked, fixed=fixed)}" if text else summary(checked, fixed=fixed))
        return
    click.echo(
        REPORTERS[output_format](checked), nl=output_format != "github" or any(c.reports for c in checked)
    )
    if output_format == "github":
        click.echo(summary(checked, fixed=fixed), err=True)


def _style() -> Style:
    """Colours on a terminal."""
    from ringback.lint.reporters import plain

    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return plain

    def coloured(text: str, part: str) -> str:
        return click.style(text, fg=_COLOURS.get(part), bold=part in ("place", "error"))

    return coloured

"""`ringback lint`: checks of flows, data actions and worlds, and the fixes that are safe."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.options import guarded, pairs, substitute_option

if TYPE_CHECKING:
    from ringback.lint.model import Checked
    from ringback.lint.reporters import Style

FORMATS = ("text", "json", "sarif", "github")
LEVELS = ("error", "warning", "info")

_ENDINGS = frozenset((".json", ".tf", ".hcl", ".yaml", ".yml"))
_TEMPLATES = (".yaml.tftpl", ".yml.tftpl")
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
@click.option(
    "--max-silence",
    metavar="DURATION",
    help="Warn where a caller may hear nothing for longer, e.g. 8s.",
)
@substitute_option
@guarded
def lint(paths: tuple[Path, ...], **given: Any) -> int:
    """Check flows, data actions and world.yaml: files, or folders with all that is in them.

    They are known by their content; other files of a folder are skipped. What is named together is one
    project: flows are checked against the contracts of its data actions and the names of its world. Each
    check has a page in docs/checks. Exit code 0: nothing at or above --fail-on; 1: findings; 2: wrong usage.
    """
    from ringback.lint.model import at_least, counts
    from ringback.lint.registry import chosen
    from ringback.lint.runner import lint_all

    codes = chosen(given["select"], given["ignore"])
    silence = _milliseconds(given["max_silence"])
    values = pairs(given["substitute"], "--substitute")
    files = list(_files(paths))
    fixed = _fix(files, codes, max_silence_ms=silence, substitutions=values) if given["fixing"] else 0
    texts = [(str(file), _read(file)) for file in files]
    checked = lint_all(texts, codes=codes, max_silence_ms=silence, substitutions=values)
    _print(checked, given["output_format"], fixed=fixed)
    _refuse_unknown(paths, checked)
    number = counts(checked)
    return int(any(number[severity] for severity in number if at_least(severity, given["fail_on"])))


def _refuse_unknown(paths: Iterable[Path], checked: Iterable[Any]) -> None:
    """A file that is named and then passed over would make a check look green.

    Raises:
        UsageError: a named file is no document that lint knows.
    """
    from ringback.core.errors import UsageError

    named = {str(path) for path in paths if not path.is_dir()}
    unknown = [item.file for item in checked if item.kind is None and item.file in named]
    if unknown:
        names = ", ".join(unknown)
        raise UsageError(
            f"not checked, because it is no flow, data action or world: {names}",
            hint="a folder may hold other files; a file that is named must be one of these",
        )


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those of the folders that may count; each once, in order.

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
        yield from (Path(at) / name for name in sorted(names) if _may_count(name))


def _may_count(name: str) -> bool:
    """Whether a file of a folder is read: JSON, Terraform, YAML, and exports (`.i3InboundFlow` …)."""
    suffix = Path(name).suffix.lower()
    return suffix in _ENDINGS or suffix.startswith(".i3") or name.endswith(_TEMPLATES)


def _read(file: Path) -> str:
    """The text as it is, line ends included."""
    from ringback.files import read_exact

    return read_exact(file)


def _milliseconds(text: str | None) -> int | None:
    """A length of time as it is typed: `8s`, `1500ms`, `2m`, or seconds as a number.

    Raises:
        UsageError: anything else.
    """
    from ringback.core.errors import UsageError

    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m)?", text.strip())
    if match is None:
        raise UsageError(f"--max-silence: {text!r} is no length of time", hint="write 8s, 1500ms or 1m")
    return round(float(match[1]) * {"ms": 1, "s": 1000, "m": 60_000}[match[2] or "s"])


def _fix(
    files: Iterable[Path],
    codes: frozenset[str],
    *,
    max_silence_ms: int | None,
    substitutions: Mapping[str, str],
) -> int:
    """Make the safe changes in every file; how many there were."""
    from ringback.lint.fixing import fix
    from ringback.lint.runner import project

    texts = [(file, _read(file)) for file in files]
    around = project([(str(file), text) for file, text in texts], max_silence_ms=max_silence_ms)
    count = 0
    for file, text in texts:
        fixed, made = fix(text, file=str(file), codes=codes, project=around, substitutions=substitutions)
        count += made
        if fixed != text:
            _write(file, fixed)
    return count


def _write(file: Path, text: str) -> None:
    from ringback.files import write_text

    write_text(file, text)


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

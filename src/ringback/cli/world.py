"""`ringback world`: a starter world.yaml for flows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringback.cli.options import guarded, pairs, show_warning, substitute_option

if TYPE_CHECKING:
    from ringback.flows.model import Flow


@click.command("world")
@click.argument("flows", metavar="FLOW…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write; standard output when not given.",
)
@click.option("--force", is_flag=True, help="Replace FILE when it exists.")
@substitute_option
@guarded
def world(flows: tuple[Path, ...], output: Path | None, *, force: bool, substitute: tuple[str, ...]) -> int:
    """Write a world.yaml with everything that the FLOWs name, to be edited.

    Queues, users, skills, schedules, tables with their columns, prompts, data actions with an answer, other
    flows: each with the place that names it. The flows run in it as it stands. Exit code 0: written; 1: a
    document is wrong; 2: wrong usage.
    """
    from ringback import api
    from ringback.core.errors import UsageError
    from ringback.engine.world_starter import starter_world
    from ringback.files import write_text

    if force and output is None:
        raise UsageError("--force does nothing without -o", hint="add -o world.yaml")
    if output is not None and output.exists() and not force:
        raise UsageError(f"{output} exists", hint="choose another name, or add --force to replace it")
    values = pairs(substitute, "--substitute")
    loaded = [api.load_flow(path, substitutions=values) for path in flows]
    _warn(loaded)
    text = starter_world(loaded, files=_files(flows, loaded, output=output))
    if output is None:
        click.echo(text.encode(), nl=False)
        return 0
    write_text(output, text)
    return 0


def _warn(flows: list[Flow]) -> None:
    """A `{{name}}` without a value stands for itself, in the world too."""
    for flow in flows:
        for warning in flow.diagnostics:
            if warning.code == "RB029":
                show_warning(warning)


def _files(paths: tuple[Path, ...], flows: list[Flow], *, output: Path | None) -> dict[str, str]:
    """Lower-case name of a flow -> its file as seen from the folder of the world."""
    folder = output.parent if output is not None else Path()
    return {
        flow.name.strip().lower(): Path(os.path.relpath(path, folder)).as_posix()
        for path, flow in zip(paths, flows, strict=True)
    }

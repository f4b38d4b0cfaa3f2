"""`ringback pull`: an organisation into a project folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.cloud_options import cloud_options, connected
from ringback.cli.options import guarded, harmless, pairs
from ringback.cli.plan import json_text

if TYPE_CHECKING:
    from ringback.cloud.pull import Pulled


@click.command("pull")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@cloud_options
@click.option("--env", "environment", default="", metavar="NAME", help="An environment of ringback.yaml.")
@click.option("--substitute", multiple=True, metavar="NAME=VALUE", help="A value for {{NAME}} in flows.")
@click.option("--select", multiple=True, metavar="NAME", help="Only these: a name or kind:name, * for any.")
@click.option("--force", is_flag=True, help="Write over files that were changed here.")
@click.option("--output-format", type=click.Choice(("text", "json")), default="text", show_default=True)
@guarded
def pull(folder: Path, **given: Any) -> int:
    """Read flows, data actions, data tables and queues of an organisation into FOLDER.

    Files that mean the same stay as they are. A file that was changed here since it was pulled is kept, and
    the exit code is 1; --force writes over it.
    """
    from ringback.cloud.organisation import Organisation
    from ringback.cloud.project import load_project
    from ringback.cloud.pull import Puller

    folder.mkdir(parents=True, exist_ok=True)
    values = pairs(given["substitute"], "--substitute")
    project = load_project(folder, environment=given["environment"], substitutions=values)
    quiet = given["output_format"] == "json"

    def tell(pulled: Pulled) -> None:
        if not quiet and pulled.outcome != "same":
            why = f" ({pulled.why})" if pulled.why else ""
            click.echo(harmless(f"{pulled.outcome:<8} {pulled.kind} {pulled.name}: {pulled.file}{why}"))

    with connected(given) as cloud:
        found = Puller(project, Organisation(cloud), force=given["force"]).pull(given["select"], tell)
    kept = sum(pulled.outcome == "kept" for pulled in found)
    if quiet:
        click.echo(json_text([pulled.to_dict() for pulled in found]), nl=False)
    else:
        counts = {name: sum(each.outcome == name for each in found) for name in _OUTCOMES}
        click.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    return 1 if kept else 0


_OUTCOMES = ("written", "same", "kept", "skipped")

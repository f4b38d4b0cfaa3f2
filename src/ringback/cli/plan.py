"""`ringback plan`: what would change in an organisation so that it has what a project says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.cloud_options import cloud_options, connected, project_of, project_options
from ringback.cli.options import guarded, harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringback.cloud.plan import Plan

CHANGES = 2
"""The exit code of `--detailed-exitcode` when there is something to do, as Terraform's."""


@click.command("plan")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@cloud_options
@project_options
@click.option(
    "--take-over", multiple=True, metavar="HOLDER", help="Plan as if HOLDER's lock or draft were not."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 0: nothing to do; 2: changes; 1: blocked.")
@click.option(
    "--output-format", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True
)
@click.option("-o", "--out", metavar="FILE", help="Also write the plan as JSON, for `apply --plan`.")
@click.option("--all", "every", is_flag=True, help="Also show what is as it should be.")
@guarded
def plan(folder: Path, **given: Any) -> int:
    """Compare the project in FOLDER with an organisation, by meaning; change nothing.

    Shows lint errors first, then what would be created and changed, locks and drafts and who holds them, and
    what is missing. Exit code 0: the plan can be applied, or there is nothing to do; 1: something is blocked;
    2: wrong usage (with --detailed-exitcode also: there are changes); 3: the organisation refused.
    """
    from ringback.cloud.organisation import Organisation
    from ringback.cloud.planner import Planner
    from ringback.files import write_text

    project = project_of(folder, given)
    items = project.selected(given["select"])
    with connected(given) as cloud:
        planner = Planner.of(
            project, Organisation(cloud), items=items, ignore=given["ignore"], taken=given["take_over"]
        )
        found = planner.plan(items)
    if given["out"]:
        write_text(given["out"], json_text(found.to_dict()))
    show(found, given)
    if found.blocked:
        return 1
    return CHANGES if found.todo and given["detailed_exitcode"] else 0


def show(found: Plan, given: Mapping[str, Any]) -> None:
    """Print a plan in the format that was asked for."""
    from ringback.cli.terminal import print_lines, width_of
    from ringback.cloud.plan_text import lines_of, markdown_of

    if given["output_format"] == "json":
        click.echo(json_text(found.to_dict()), nl=False)
    elif given["output_format"] == "markdown":
        click.echo(harmless(markdown_of(found)), nl=False)
    else:
        if not found.steps:
            click.echo("the project has no flows, data actions, data tables or queues", err=True)
        every = bool(given.get("every"))
        print_lines(lines_of(found, width=width_of(sys.stdout), every=every), sys.stdout)


def json_text(value: object) -> str:
    """JSON for people and programs."""
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

"""`ringback apply`: makes an organisation have what a project says, or rolls a flow back."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.cloud_options import cloud_options, connected, project_of, project_options
from ringback.cli.options import guarded, harmless
from ringback.cli.plan import json_text, show

if TYPE_CHECKING:
    from ringback.cloud import Cloud
    from ringback.cloud.apply import Report
    from ringback.cloud.plan import Plan, Step


@click.command("apply")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(path_type=Path))
@cloud_options
@project_options
@click.option("--take-over", multiple=True, metavar="HOLDER", help="Go past HOLDER's lock or draft.")
@click.option("--plan", "plan_file", metavar="FILE", help="Apply exactly this plan, or nothing.")
@click.option("--rollback", metavar="FLOW", help="Publish the previous version of a flow: name or id.")
@click.option("--to", "version", metavar="VERSION", default="", help="With --rollback: this version.")
@click.option(
    "--tries", default=3, show_default=True, type=click.IntRange(1, 20), help="For one thing, on conflicts."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--output-format", type=click.Choice(("text", "json")), default="text", show_default=True)
@guarded
def apply(folder: Path, **given: Any) -> int:
    """Make an organisation have what the project in FOLDER says.

    Shows the plan and asks, unless --yes is given. Goes in the order of dependencies and stops at the first
    thing that fails; apply again goes on. Nothing that is as it should be is published again. A colleague's
    lock or draft is never overridden, unless --take-over names its holder. Exit code 0: done; 1: blocked, or
    not confirmed; 2: wrong usage; 3: the organisation refused.
    """
    from ringback.core.errors import UsageError

    if given["version"] and not given["rollback"]:
        raise UsageError("--to does nothing without --rollback", hint="add --rollback FLOW")
    with connected(given) as cloud:
        if given["rollback"]:
            return _roll_back(cloud, given)
        return _apply(folder, cloud, given=given)


def _apply(folder: Path, cloud: Cloud, *, given: Mapping[str, Any]) -> int:
    from ringback.cloud.apply import Applier
    from ringback.cloud.organisation import Organisation
    from ringback.cloud.planner import Planner

    project = project_of(folder, given)
    items = project.selected(given["select"])
    planner = Planner.of(
        project, Organisation(cloud), items=items, ignore=given["ignore"], taken=given["take_over"]
    )
    plan = planner.plan(items)
    _same_plan(plan, given["plan_file"])
    quiet = given["output_format"] == "json"
    if not quiet or plan.blocked:
        show(plan, given)
    if plan.blocked:
        click.echo("Nothing was done: correct what is blocked, or leave it out with --select.", err=True)
        return 1
    if not plan.todo:
        return _finish(None, quiet=quiet)
    count = len(plan.todo)
    if not _confirmed(given, f"Apply {count} change{'' if count == 1 else 's'} to {plan.organisation}?"):
        return 1
    report = Applier(planner, _Progress(quiet, count), tries=given["tries"]).apply(plan)
    return _finish(report, quiet=quiet)


def _finish(report: Report | None, *, quiet: bool) -> int:
    """Print what became of it; the exit code."""
    from ringback.cli.terminal import print_lines, width_of
    from ringback.cloud.apply import Report
    from ringback.cloud.plan_text import report_lines

    if quiet:
        click.echo(json_text((report or Report()).to_dict()), nl=False)
    elif report is None:
        click.echo("Nothing to do.")
    else:
        stream = sys.stdout if report.failed is None else sys.stderr
        print_lines(report_lines(report, width=width_of(stream)), stream)
    return 0 if report is None or report.failed is None else 3


class _Progress:
    """Prints a line for each step that is done."""

    def __init__(self, quiet: bool, count: int) -> None:
        self.quiet, self.count, self.number = quiet, count, 0

    def __call__(self, phase: str, step: Step, *, words: str) -> None:
        """Tell about a step."""
        self.number += phase == "begin"
        if self.quiet or phase in ("begin", "failed"):
            return
        place = f"[{self.number}/{self.count}]"
        words = f"once more: {words}" if phase == "again" else words
        click.echo(harmless(f"{place} {step.item.label}: {words}"))


def _same_plan(plan: Plan, file: str | None) -> None:
    """UsageError unless the plan is the one of a file."""
    from ringback.core.errors import UsageError
    from ringback.files import read_text

    if file is None:
        return
    try:
        found = json.loads(read_text(file))
        wanted = {step["fingerprint"] for step in found["steps"] if step["action"] != "none"}
        place = str(found["organisation"])
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{file} is no plan", hint=f"make one: ringback plan -o {file}") from None
    if place != plan.organisation:
        raise UsageError(
            f"{file} is a plan for {place}, not for {plan.organisation}",
            hint="name the same organisation: --profile, --base-url or the environment",
        )
    if wanted != {step.fingerprint for step in plan.todo}:
        raise UsageError(
            f"{file} is out of date: the project or the organisation changed since",
            hint=f"was it made with the same options? else read a new one: ringback plan -o {file}",
        )


def _confirmed(given: Mapping[str, Any], question: str) -> bool:
    """Whether to go on.

    Raises:
        UsageError: nobody can be asked.
    """
    from ringback.core.errors import UsageError

    if given["yes"]:
        return True
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here", hint="add --yes, after reading `ringback plan`")
    return click.confirm(question, default=False, err=True)


def _roll_back(cloud: Cloud, given: Mapping[str, Any]) -> int:
    from ringback.cloud.organisation import Organisation
    from ringback.cloud.rollback import find_target, roll_back

    organisation = Organisation(cloud)
    target = find_target(organisation, given["rollback"], version=given["version"])
    target.check(organisation, taken=given["take_over"])
    words = f"flow {target.name}: version {target.current} becomes what version {target.version} was"
    if given["output_format"] == "text":
        click.echo(harmless(f"{words} ({target.published})" if target.published else words))
    if not _confirmed(given, "Publish it?"):
        return 1
    version = roll_back(organisation, target, taken=given["take_over"])
    if given["output_format"] == "json":
        click.echo(json_text(target.to_dict() | {"published": version}), nl=False)
    else:
        click.echo(harmless(f"flow {target.name}: published as version {version}"))
    return 0

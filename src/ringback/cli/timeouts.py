"""`ringback timeouts`: the timeouts of a flow's data action steps, and new ones in its file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.cloud_options import cloud_options, connected
from ringback.cli.options import guarded, harmless, pairs, substitute_option

if TYPE_CHECKING:
    from ringback.cloud.org_timeouts import Outcome
    from ringback.flows.timeouts import TimedStep, Timeouts
    from ringback.trace.layout import Line

_SOURCES = {
    "step": "the step",
    "settings": "flow settings",
    "dataAction": "the data action",
    "platform": "the platform",
}
_NAME, _TIMEOUT, _SOURCE, _WORST = 40, 9, 17, 12


@click.command("timeouts")
@click.argument("flow", metavar="FLOW", type=click.Path(path_type=Path))
@click.option("--set", "wanted", multiple=True, metavar="NAME=TIMEOUT", help="A new timeout: 'Look up=10s'.")
@click.option("--all", "every", is_flag=True, help="A name that several steps have means all of them.")
@click.option("--allow-range", metavar="LOW..HIGH", help="Other limits than 1s..60s (plain flows: 1s..30s).")
@click.option("--dry-run", is_flag=True, help="Show what --set would change; write nothing.")
@click.option(
    "--world", "world_file", metavar="FILE", help="Knows the data actions. [default: world.yaml beside FLOW]"
)
@substitute_option
@click.option("--org", is_flag=True, help="FLOW is the id or name of a flow in an organisation.")
@cloud_options
@click.option(
    "--take-over", multiple=True, metavar="HOLDER", help="With --org: go past HOLDER's lock or draft."
)
@click.option("--output-format", type=click.Choice(("text", "json")), default="text", show_default=True)
@guarded
def timeouts(flow: Path, **given: Any) -> int:
    """List the timeout of every data action step of FLOW, or change it in the file or with --org.

    Shows which timeout holds, where it comes from, and what a caller can wait at worst from the start to the
    end of the step. FLOW is Archy YAML, the plain form, a document with `steps`, or (only to list) an export.
    Exit code 0: done; 1: a document is wrong or cannot be changed safely; 2: wrong usage.
    """
    from ringback.core.errors import UsageError
    from ringback.flows.timeouts import read_timeouts

    for option in ("every", "allow_range", "dry_run"):
        if given[option] and not given["wanted"]:
            name = {"every": "--all"}.get(option, f"--{option.replace('_', '-')}")
            raise UsageError(f"{name} does nothing without --set", hint="add --set 'NAME=10s'")
    if given["org"]:
        return _in_organisation(str(flow), given)
    _refuse_without_org(given)
    text = _read(flow)
    found = read_timeouts(
        text,
        file=str(flow),
        substitutions=pairs(given["substitute"], "--substitute"),
        suggested=_suggested(flow, given["world_file"]),
    )
    if given["wanted"]:
        return _change(flow, found, given=given)
    _print(found, given["output_format"])
    return 0


def _refuse_without_org(given: Mapping[str, Any]) -> None:
    from ringback.core.errors import UsageError

    for option in ("profile", "base_url", "take_over"):
        if given[option]:
            raise UsageError(f"--{option.replace('_', '-')} does nothing without --org")


def _in_organisation(flow: str, given: Mapping[str, Any]) -> int:
    """List or set the timeouts of a published flow."""
    from ringback.cloud.org_timeouts import Wanted, flow_id_of, org_timeouts, set_timeouts
    from ringback.cloud.organisation import Organisation
    from ringback.flows.timeouts_choice import range_of

    with connected(given) as cloud:
        organisation = Organisation(cloud)
        flow_id = flow_id_of(organisation, flow)
        if not given["wanted"]:
            _print(org_timeouts(organisation, flow_id), given["output_format"])
            return 0
        allowed = range_of(given["allow_range"]) if given["allow_range"] else None
        wanted = Wanted(
            given["wanted"], given["every"], allowed, given["take_over"], dry_run=given["dry_run"]
        )
        outcome = set_timeouts(organisation, flow_id, wanted=wanted)
    _tell_outcome(outcome, given)
    return 0


def _tell_outcome(outcome: Outcome, given: Mapping[str, Any]) -> None:
    changes = _changes(outcome.before, outcome.changes)
    if given["output_format"] == "json":
        found = {"flow": outcome.name, "id": outcome.flow_id, "version": outcome.version}
        _echo_json(found | {"changes": changes, "published": outcome.published})
        return
    if not changes:
        click.echo(harmless(f"{outcome.name}: is so already (version {outcome.version})"))
        return
    for change in changes:
        before = "a computed timeout" if change["from_s"] is None else f"{change['from_s']:g} s"
        done = "is now" if outcome.published else "would be"
        click.echo(harmless(f"{change['name']}: {before} {done} {change['to_s']:g} s"))
    if outcome.published:
        click.echo(harmless(f"{outcome.name}: published as version {outcome.version}"))


def _read(file: Path) -> str:
    """The text as it is, line ends included."""
    from ringback.files import read_exact

    return read_exact(file)


def _suggested(flow: Path, named: str | None) -> dict[str, float]:
    """Name of each data action that the world has a document of -> its `timeoutSeconds`."""
    from ringback import api

    beside = flow.parent / "world.yaml"
    if named is None and not beside.is_file():
        return {}
    setups = api.load_world(named or beside).data_actions or {}
    known = {name: setup.action.timeout for name, setup in setups.items() if setup.action is not None}
    return {name: seconds for name, seconds in known.items() if seconds is not None}


# ---- a change


def _change(flow: Path, found: Timeouts, *, given: Mapping[str, Any]) -> int:
    """Set timeouts in the file, or show what would change."""
    from ringback.flows.timeouts_choice import changes_of, range_of
    from ringback.flows.timeouts_edit import with_timeouts

    allowed = range_of(given["allow_range"]) if given["allow_range"] else None
    changes = changes_of(found, given["wanted"], every=given["every"], allowed=allowed)
    text = with_timeouts(found, changes)
    writes = text != found.text and not given["dry_run"]
    if writes:
        _write(flow, before=found.text, text=text)
    if given["output_format"] == "json":
        _echo_json(_to_json(found.again(text)) | {"changes": _changes(found, changes), "written": writes})
        return 0
    if given["dry_run"]:
        tabs = _diff(flow, found.text, text=text).split("\t")
        click.echo("\t".join(harmless(part) for part in tabs), nl=False)
    for change in _changes(found, changes):
        before = "a computed timeout" if change["from_s"] is None else f"{change['from_s']:g} s"
        place = f"{flow}:{change['line']}"
        done = "would be" if given["dry_run"] else "is now"
        click.echo(harmless(f"{change['name']}: {before} {done} {change['to_s']:g} s ({place})"), err=True)
    return 0


def _changes(found: Timeouts, changes: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "id": step.id,
            "name": step.name,
            "line": step.span.line,
            "from_s": _seconds(step.timeout_ms),
            "to_s": changes[step.id] / 1000,
        }
        for step in found.steps
        if step.id in changes
    ]


def _diff(flow: Path, before: str, *, text: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(
        before.splitlines(keepends=True), text.splitlines(keepends=True), str(flow), f"{flow} (changed)"
    )
    shown = [line.replace("\r\n", "\n") for line in lines]
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in shown)


def _write(flow: Path, *, before: str, text: str) -> None:
    """Replace the file in one step: a reader sees the old or the new text, never a part.

    Raises:
        UsageError: it cannot be written, or somebody else changed it meanwhile.
    """
    import os
    import shutil
    import tempfile

    from ringback.core.errors import UsageError

    target = flow.resolve()
    try:
        if target.read_bytes() != before.encode("utf-8"):
            raise UsageError(f"{flow} changed meanwhile; nothing was written", hint="run the command again")
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
            shutil.copymode(target, temporary)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{flow} cannot be written: {error.strerror}") from None


# ---- the list


def _print(found: Timeouts, form: str) -> None:
    if form == "json":
        _echo_json(_to_json(found))
        return
    from ringback.cli.terminal import print_lines, width_of

    print_lines(_lines(found, width_of(sys.stdout)), sys.stdout)


def _echo_json(value: Mapping[str, Any]) -> None:
    import json

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _to_json(found: Timeouts) -> dict[str, Any]:
    waits = [step.wait.ms for step in found.steps]
    return {
        "flow": {"name": found.name, "form": found.form, "source": found.file},
        "steps": [_step_json(step) for step in found.steps],
        "longest_wait_s": max(waits, default=0) / 1000,
    }


def _step_json(step: TimedStep) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "container": step.container,
        "type": step.type,
        "calls": step.calls,
        "timeout_s": _seconds(step.timeout_ms),
        "source": step.source,
        "expression": step.written or None,
        "data_action_timeout_s": _seconds(step.service_ms),
        "worst_wait_s": step.wait.ms / 1000,
        "cycle": step.wait.cycle,
        "computed_loop": step.wait.computed,
        "file": step.span.file,
        "line": step.span.line,
        "column": step.span.column,
    }


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _lines(found: Timeouts, width: int) -> Iterator[Line]:
    from ringback.flows.timeouts_choice import in_words
    from ringback.trace.layout import Segment, fitted

    count = len(found.steps)
    title = f"{found.name}: {count} data action step{'' if count == 1 else 's'}"
    yield fitted([Segment(harmless(title), "heading")], width=width)
    if not count:
        return
    heads = f"  {'step':<{_NAME}}{'timeout':>{_TIMEOUT}}  {'from':<{_SOURCE}}{'worst wait':>{_WORST}}  where"
    yield fitted([Segment(heads, "dim")], width=width)
    container = ""
    for step in found.steps:
        if step.container != container:
            container = step.container
            yield fitted([Segment(f" {harmless(container)}", "action")], width=width)
        yield from _row(step, width)
    if any(step.wait.cycle for step in found.steps):
        text = "≥  on or behind a cycle: each round waits again; a round is counted once"
        yield fitted([Segment(text, "dim")], width=width)
    if any(step.wait.computed for step in found.steps):
        text = "≥  in or behind a loop whose count is computed: one turn is counted"
        yield fitted([Segment(text, "dim")], width=width)
    longest = in_words(max(step.wait.ms for step in found.steps))
    yield fitted(
        [Segment(f"Longest wait for data actions on one way through the flow: {longest}")], width=width
    )


def _row(step: TimedStep, width: int) -> Iterator[Line]:
    """The line of a step, and what is odd about it below."""
    from ringback.flows.timeouts_choice import in_words
    from ringback.trace.layout import Segment, clean, columns, cut, fitted

    name = cut(clean(step.name), _NAME - 2)
    timeout = "computed" if step.timeout_ms is None else in_words(step.timeout_ms)
    mark = "≥ " if step.wait.cycle or step.wait.computed else ""
    yield fitted(
        [
            Segment(f"  {name}{' ' * (_NAME - columns(name))}", "name"),
            Segment(f"{timeout:>{_TIMEOUT}}  ", "value"),
            Segment(f"{_SOURCES[step.source]:<{_SOURCE}}"),
            Segment(f"{mark + in_words(step.wait.ms):>{_WORST}}  "),
            Segment(_place(step, width - 2 - _NAME - _TIMEOUT - 2 - _SOURCE - _WORST - 2), "dim"),
        ],
        width=width,
    )
    if step.written:
        yield fitted([Segment(f"    {clean(step.written)}", "dim")], width=width)
    if step.service_ms is not None and step.timeout_ms is not None and step.service_ms < step.timeout_ms:
        text = f"    the data action gives up after {in_words(step.service_ms)}: Failure, not Timeout"
        yield fitted([Segment(text, "warning")], width=width)


def _place(step: TimedStep, room: int) -> str:
    """File and line; the beginning of a long name is left out. An export has no lines."""
    file, pointer, _ = step.span.file.partition("#")
    place = Path(file).name if pointer else f"{Path(file).name}:{step.span.line}"
    return place if len(place) <= room else f"…{place[1 - room :]}"

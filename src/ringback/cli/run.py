"""`ringback run`: simulate one interaction through a flow."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.options import guarded, pairs, phone_number, show_warning, substitute_option

if TYPE_CHECKING:
    from ringback.dataactions.transport import Transport
    from ringback.engine.run import Run
    from ringback.engine.world import World

CHANNELS = ("voice", "message", "email", "chat", "workflow")
MAX_SECONDS = 300.0  # as `api.MAX_SECONDS`, which is not imported for --help
FORMATS = ("text", "json", "events")


@click.command()
@click.argument("flow", metavar="FLOW")
@click.option(
    "--world", "world_file", metavar="FILE", help="The organisation. [default: world.yaml beside FLOW]"
)
@click.option("--from", "from_", default="", metavar="NUMBER", help="Who calls, E.164 for voice.")
@click.option("--to", default="", metavar="NUMBER", help="The number that was called.")
@click.option(
    "--channel", type=click.Choice(CHANNELS), default="voice", show_default=True, help="The medium."
)
@click.option(
    "--caller",
    default="",
    metavar="SCRIPT",
    help="What the caller does: 'press 1; say billing; wait 10s; hangup'.",
)
@click.option("--text", default="", metavar="TEXT", help="What the customer wrote first (message, email).")
@click.option("--queue", default="", metavar="NAME", help="Where the interaction waits (in-queue flows).")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE", help="A flow variable before the start."
)
@click.option("--node", metavar="NAME_OR_ID", help="Start at this action.")
@click.option(
    "--reply",
    "replies",
    multiple=True,
    metavar="NAME=SPEC",
    help="Who answers a data action: FILE.json, status:503, timeout, slow:2s, lost, malformed, empty, reset.",
)
@click.option("--live", is_flag=True, help="Really send the requests of data actions.")
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="HOST", help="With --live: a private host or network."
)
@click.option("--at", metavar="ISO8601", help="The moment of the call. [default: 2025-06-02T10:00:00Z]")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="For random numbers.")
@click.option(
    "--max-seconds",
    type=click.FloatRange(0, min_open=True),
    default=MAX_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Stop a run that takes longer on this machine.",
)
@substitute_option
@click.option("--policy", "policies", multiple=True, metavar="NAME=CHOICE", help="See docs/policies.md.")
@click.option(
    "--output-format", type=click.Choice(FORMATS), default="text", show_default=True, help="What to print."
)
@guarded
def run(flow: str, **given: Any) -> int:
    """Simulate one interaction through FLOW: Archy YAML, an Architect export, or plain JSON.

    Exit code 0: the flow ended; 1: it failed or hit a limit, or a document is wrong; 2: wrong usage;
    3: a remote host refused.
    """
    from ringback import api

    _check(given)
    with ExitStack() as stack:
        document = api.load_flow(flow, substitutions=pairs(given["substitute"], "--substitute"))
        world = _world(flow, given["world_file"])
        live = _live(given, world, stack=stack) if given["live"] else None
        outcome = api.simulate(
            document,
            world=world,
            caller=given["caller"],
            start=_start(given),
            transport=live,
            replies=_replies(given["replies"], world, live=live),
            policies=pairs(given["policies"], "--policy"),
            seed=given["seed"],
            max_seconds=given["max_seconds"],
        )
    _print(outcome, given["output_format"])
    # Waiting is an end too: in a queue, or for a person.
    return 0 if outcome.status in ("ended", "waiting") else 1


def _check(given: Mapping[str, Any]) -> None:
    from ringback.core.errors import UsageError

    if given["hosts"] and not given["live"]:
        raise UsageError("--allow-host does nothing without --live", hint="add --live")
    if given["channel"] == "voice":
        for option in ("from", "to"):
            phone_number(given["from_" if option == "from" else option], f"--{option}")


def _start(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from": given["from_"],
        "to": given["to"],
        "channel": given["channel"],
        "text": given["text"],
        "queue": given["queue"],
        "at": given["at"],
        "node": given["node"],
        "set": pairs(given["values"], "--set"),
    }


def _world(flow: str, named: str | None) -> World | None:
    """The world that was named, or the one beside the flow; None when there is none."""
    from ringback import api

    if named is not None:
        return api.load_world(named)
    beside = Path(flow).parent / "world.yaml"
    return api.load_world(beside) if beside.is_file() else None


def _live(given: Mapping[str, Any], world: World | None, *, stack: ExitStack) -> Transport:
    from ringback.dataactions.hosts import HostPolicy
    from ringback.dataactions.live import HttpTransport

    routes = world.hosts if world is not None else {}
    policy = HostPolicy(tuple(given["hosts"]), loopback=True, routes=routes)
    return stack.enter_context(HttpTransport(policy))


def _replies(texts: Iterable[str], world: World | None, *, live: Transport | None) -> dict[str, Transport]:
    """Who answers each data action; a fault stands in front of the live service or of the world's reply."""
    from ringback.api import read_text
    from ringback.dataactions.faults import transport_of

    found = {}
    for name, spec in pairs(texts, "--reply").items():
        setup = world.data_action(name) if world is not None else None
        behind = live or (setup.reply if setup is not None else None)
        found[name] = transport_of(spec, read=read_text, inner=behind)
    return found


def _print(outcome: Run, form: str) -> None:
    if form == "json":
        _print_json(outcome)
    elif form == "events":
        from ringback.trace.codec import event_line

        for event in outcome.events:
            click.echo(event_line(event).encode())
    else:
        _print_text(outcome)


def _print_json(outcome: Run) -> None:
    import msgspec

    # Bytes: JSON is UTF-8 whatever the terminal is.
    click.echo(msgspec.json.format(msgspec.json.encode(outcome.to_dict()), indent=2))


def _print_text(outcome: Run) -> None:
    from ringback.cli.terminal import print_lines, width_of
    from ringback.flows.actions import ACTIONS
    from ringback.trace.render import folded, render

    titles = {action.key: action.title for action in ACTIONS.values()}
    lines = render(outcome.events, titles=titles, width=width_of(sys.stdout))
    print_lines(folded(lines), sys.stdout)
    for warning in outcome.warnings:
        show_warning(warning)

"""`ringback action run|show|convert`: data actions from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.action_new import new
from ringback.cli.options import guarded, harmless

if TYPE_CHECKING:
    from ringback.dataactions import DataAction, Integration, Report, Transport

FORMATS = click.Choice(["text", "json"])


@click.group()
def action() -> None:
    """Run, show and convert data actions."""


@action.command("run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="Which action, when the file holds several.")
@click.option(
    "--input", "inputs", multiple=True, metavar="NAME=VALUE", help="An input, or @FILE.json for all."
)
@click.option(
    "--credentials", type=click.Path(path_type=Path), help="JSON with credentials, authResponse, baseUrl."
)
@click.option("--auth-action", type=click.Path(path_type=Path), help="The custom auth action to run first.")
@click.option("--base-url", default="", help="Where relative URLs and functions belong.")
@click.option(
    "--upstream", type=click.Path(path_type=Path), help="A canned answer: JSON with status, headers, body."
)
@click.option("--replay", type=click.Path(path_type=Path), help="Answers from a cassette.")
@click.option("--live", is_flag=True, help="Send the request.")
@click.option(
    "--record", type=click.Path(path_type=Path), help="With --live: write a cassette, secrets removed."
)
@click.option(
    "--fault", help="Fail on purpose: status:503, timeout, slow:2s, reset, truncated, malformed, empty, lost."
)
@click.option("--allow-host", multiple=True, help="A private host, address or network that may be reached.")
@click.option(
    "--route", multiple=True, metavar="ORIGIN=ORIGIN", help="Send requests for one origin to another."
)
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="The step's own timeout in seconds.")
@click.option("--policy", multiple=True, metavar="NAME=CHOICE", help="A choice for undocumented behaviour.")
@click.option("--output-format", type=FORMATS, default="text", show_default=True)
@click.option("--reveal", is_flag=True, help="Show secrets in this output.")
@guarded
def run(file: Path, **options: Any) -> int:
    """Run one data action and show every step.

    FILE is export JSON, a plain document or Terraform. Exit code 0: the output is complete; 1: it is not;
    2: wrong usage; 3: a live service refused.
    """
    from ringback.core.policies import Policies
    from ringback.dataactions import execute

    _check_usage(options)
    chosen = _one_action(file, options["name"])
    integration = _integration(options)
    policies = Policies(_pairs(options["policy"], "--policy"))
    transport, finish = _transport(options, integration)
    report = execute(
        chosen,
        _inputs(options["inputs"], chosen),
        transport=transport,
        integration=integration,
        timeout=options["timeout"],
        policies=policies,
    )
    finish(report)
    return _show_report(report, options)


def _check_usage(options: Mapping[str, Any]) -> None:
    from ringback.core.errors import UsageError

    who = [name for name in ("upstream", "replay", "live") if options[name]]
    if len(who) > 1:
        raise UsageError(f"--{who[0]} and --{who[1]} both say who answers")
    if not who and not options["fault"]:
        hint = "use --upstream FILE.json (a canned answer), --live (the real service) or --fault SPEC"
        raise UsageError("nobody answers the request", hint=hint)
    if options["record"] and not options["live"]:
        raise UsageError("--record needs --live")


def _show_report(report: Report, options: Mapping[str, Any]) -> int:
    from ringback.dataactions.explain import READ, SEND, first_loss, losses

    if options["output_format"] == "json":
        hide = report.secrets(reveal=options["reveal"])
        lost = [
            {
                "step": loss.step,
                "message": hide.text(loss.message),
                "hint": hide.text(loss.hint),
                "fatal": loss.fatal,
            }
            for loss in losses(report)
        ]
        _print_json({**report.to_dict(reveal=options["reveal"]), "lost": lost})
    else:
        from ringback.cli.action_panels import console_for, print_report

        print_report(report, console_for(sys.stdout), reveal=options["reveal"])
    if report.error is None:
        return 1 if first_loss(report) else 0
    refused = report.operations[-1].step in (SEND, READ) and report.found.has_document is False
    refused = refused or (report.operations[-1].step == READ and report.error.status >= 300)
    return 3 if options["live"] and refused else 1


def _print_json(document: Any) -> None:
    import json

    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _read(file: Path) -> str:
    from ringback.files import read_text

    return read_text(file)


def _write(file: Path, text: str) -> None:
    from ringback.files import write_text

    write_text(file, text)


def _read_json(file: Path) -> Any:
    from ringback.core.errors import UsageError
    from ringback.dataactions import jsontext

    try:
        return jsontext.decode(_read(file))
    except jsontext.JsonTextError as error:
        raise UsageError(f"{file}:{error.line}:{error.column}: no JSON: {error.message}") from None


def _one_action(file: Path, name: str | None) -> DataAction:
    from ringback.core.errors import UsageError
    from ringback.dataactions import load_data_action, load_data_actions

    text = _read(file)
    if name is None:
        return load_data_action(text, file=str(file))
    found = load_data_actions(text, file=str(file))
    for item in found:
        if item.name == name:
            return item
    known = ", ".join(repr(item.name) for item in found)
    raise UsageError(f"{file} holds no data action {name!r}", hint=f"it holds {known}")


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    from ringback.core.errors import UsageError

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} {text!r}: NAME=VALUE is needed")
        pairs[name] = value
    return pairs


def _inputs(texts: tuple[str, ...], chosen: DataAction) -> dict[str, Any]:
    from ringback.core.errors import UsageError
    from ringback.dataactions.contract import from_text

    values: dict[str, Any] = {}
    for text in texts:
        if text.startswith("@"):
            document = _read_json(Path(text[1:]))
            if not isinstance(document, dict):
                raise UsageError(f"{text[1:]} must hold an object of inputs")
            values.update(document)
        else:
            pairs = _pairs((text,), "--input").items()
            values.update(
                {name: from_text(name, value, contract=chosen.input_contract) for name, value in pairs}
            )
    return values


def _integration(options: Mapping[str, Any]) -> Integration:
    from dataclasses import replace

    from ringback.dataactions import integration_of, load_data_action

    auth_file, file = options["auth_action"], options["credentials"]
    auth_action = load_data_action(_read(auth_file), file=str(auth_file)) if auth_file else None
    document = _read_json(file) if file else {}
    integration = integration_of(document, auth_action=auth_action, name=str(file or "credentials"))
    return replace(integration, base_url=options["base_url"]) if options["base_url"] else integration


Finish = Callable[["Report"], None]


def _transport(options: Mapping[str, Any], integration: Integration) -> tuple[Transport, Finish]:
    """Who answers, and what to do when the run is over."""
    from ringback.dataactions import CannedTransport, Response
    from ringback.dataactions.faults import FaultyTransport, canned, parse_fault

    finish: Finish = _nothing
    transport: Transport = CannedTransport([Response(200, {}, b"{}")], repeat=True)
    if options["upstream"]:
        reply = canned(_read(options["upstream"]), name=str(options["upstream"]))
        transport = CannedTransport([reply], repeat=True)
    elif options["replay"]:
        from ringback.dataactions.cassette import ReplayTransport

        transport = ReplayTransport(_read_json(options["replay"]), secrets=_secrets(integration))
    elif options["live"]:
        transport, finish = _live(options, integration)
    if options["fault"]:
        transport = FaultyTransport(transport, parse_fault(options["fault"]), sleep=_sleep(options))
    return transport, finish


def _nothing(report: Report) -> None:
    """Nothing is left to do."""


def _sleep(options: Mapping[str, Any]) -> Callable[[float], None]:
    """Delays are real beside a real service and virtual otherwise."""
    import time

    from ringback.dataactions.faults import no_wait

    return time.sleep if options["live"] else no_wait


def _live(options: Mapping[str, Any], integration: Integration) -> tuple[Transport, Finish]:
    from ringback.dataactions.cassette import RecordingTransport
    from ringback.dataactions.hosts import HostPolicy
    from ringback.dataactions.live import HttpTransport

    follow = _pairs(options["policy"], "--policy").get("redirects") != "never"
    routes = _pairs(options["route"], "--route")
    policy = HostPolicy(tuple(options["allow_host"]), loopback=True, routes=routes)
    transport = HttpTransport(policy, follow_redirects=follow)
    if not options["record"]:
        return transport, lambda _: transport.close()
    recorder = RecordingTransport(transport, _secrets(integration))

    def finish(report: Report) -> None:
        import json

        transport.close()
        text = json.dumps(recorder.to_dict(report.secrets()), indent=2, ensure_ascii=False)
        _write(options["record"], text + "\n")

    return recorder, finish


def _secrets(integration: Integration) -> Any:
    from ringback.dataactions.secrets import Secrets

    given = [integration.credentials, integration.auth_response or {}]
    return Secrets.of(given)


@action.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--output-format", type=FORMATS, default="text", show_default=True)
@guarded
def show(file: Path, output_format: str) -> int:
    """Print the data actions of a file."""
    from ringback.dataactions import load_data_actions
    from ringback.dataactions.writing import summary, summary_text

    actions = load_data_actions(_read(file), file=str(file))
    if output_format == "json":
        shown = [summary(item) for item in actions]
        _print_json(shown[0] if len(shown) == 1 else shown)
        return 0
    for item in actions:
        click.echo(harmless(summary_text(item)))
    return 0


@action.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", "form", type=click.Choice(["export", "terraform", "plain"]), default="export", show_default=True
)
@click.option("--name", help="Which action, when the file holds several.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; the screen when not given."
)
@guarded
def convert(file: Path, form: str, **options: Any) -> int:
    """Convert a data action between export JSON, Terraform and the plain form.

    What the target form cannot express is said on stderr.
    """
    from ringback.dataactions.writing import write

    text, diagnostics = write(_one_action(file, options["name"]), form)
    for diagnostic in diagnostics:
        click.echo(harmless(str(diagnostic)), err=True)
    output: Path | None = options["output"]
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)
    return 0


# Behind the others: `new` shares their group.
action.add_command(new)

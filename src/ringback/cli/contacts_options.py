"""What the commands of the contact pipeline share: options, and what they open."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ringback.core.errors import UsageError

if TYPE_CHECKING:
    from ringback.cloud import Cloud
    from ringback.cloud.pipeline_reader import Wanted
    from ringback.cloud.pipeline_store import PipelineStore
    from ringback.cloud.pipeline_workers import Pipeline
    from ringback.contacts import Rules
    from ringback.core.signing import Secret

SECRET_VARIABLE = "RINGBACK_WEBHOOK_SECRET"  # noqa: S105  the name of a variable
DATABASE = Path(".ringback") / "contacts.db"
STEPS = ("register", "check", "start")
_Command = TypeVar("_Command", bound=Callable[..., Any])

_ORGANISATION = (
    click.option("--profile", metavar="NAME", help="Section of ~/.gc/config.toml; else the environment."),
    click.option("--base-url", default="", metavar="URL", help="Address of a local platform."),
)
_DATABASE = (
    click.option(
        "--db", "url", metavar="URL", help="sqlite:///FILE or postgresql://…; default .ringback/contacts.db."
    ),
)
_FORMAT = (
    click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True),
)
_WORK = (
    click.option(
        "--campaign",
        default="default",
        show_default=True,
        metavar="NAME",
        help="A contact of a campaign is started once.",
    ),
    click.option(
        "--rate",
        default="100/min",
        show_default=True,
        metavar="N/TIME",
        help="Registrations of the organisation; or none.",
    ),
    click.option(
        "--form",
        type=click.Choice(["auto", "plain", "native"]),
        default="auto",
        show_default=True,
        help="Of contacts; auto is native for a real organisation.",
    ),
    click.option(
        "--rules",
        "rules_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Judged beside the platform's own.",
    ),
    click.option("--webhook", default="", metavar="URL", help="Told of each started interaction."),
    click.option(
        "--webhook-wait",
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        type=click.FloatRange(0),
        help="For webhooks that are tried again.",
    ),
    click.option(
        "--settle",
        default=30.0,
        show_default=True,
        metavar="SECONDS",
        type=click.FloatRange(0),
        help="Until a start without an answer is looked for.",
    ),
    click.option(
        "--lease",
        default=120.0,
        show_default=True,
        metavar="SECONDS",
        type=click.FloatRange(1),
        help="Until a lost machine's work is taken up.",
    ),
)


def organisation_options(command: _Command) -> _Command:
    """`--profile`, `--base-url`."""
    return _with(command, _ORGANISATION)


def database_options(command: _Command) -> _Command:
    """`--db`."""
    return _with(command, _DATABASE)


def format_option(command: _Command) -> _Command:
    """`--output-format`."""
    return _with(command, _FORMAT)


def work_options(command: _Command) -> _Command:
    """Everything that a command needs to do steps of the pipeline."""
    return _with(command, (*_WORK, *_DATABASE, *_ORGANISATION, *_FORMAT))


def _with(command: _Command, options: tuple[Callable[[_Command], _Command], ...]) -> _Command:
    for option in reversed(options):
        command = option(command)
    return command


def database(url: str | None) -> PipelineStore:
    """The pipeline's database, with the key of its audit trails."""
    from ringback.cloud.pipeline_store import PipelineStore
    from ringback.cloud.pipeline_trail import KEY_VARIABLE, Chain

    return PipelineStore(url or f"sqlite:///{DATABASE}", chain=Chain(os.environ.get(KEY_VARIABLE, "")))


def secrets() -> tuple[Secret, ...]:
    """The webhooks' secrets of the environment, the newest first; commas stand between several."""
    from ringback.core.signing import Secret

    given = os.environ.get(SECRET_VARIABLE, "").split(",")
    return tuple(Secret(text.strip()) for text in given if text.strip())


def rules_of(path: Path | None) -> Rules | None:
    """The rules of a file."""
    if path is None:
        return None
    from ringback.contacts import load_rules

    try:
        return load_rules(path.read_text(encoding="utf-8"), file=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def organisation(profile: str | None, base_url: str, **overrides: Any) -> Cloud:
    """The client of the organisation."""
    from ringback.cloud import connect

    return connect(profile, base_url=base_url, **overrides)


@dataclass(frozen=True, slots=True)
class Work:
    """A pipeline that is ready to work, and what is wanted of it."""

    store: PipelineStore
    cloud: Cloud
    pipeline: Pipeline
    wanted: Wanted


def _reach(cloud: Cloud) -> None:
    """End at once when nobody is there at the start: later, the pipeline waits for who comes back.

    Raises:
        NoAnswer: nobody listens, or nobody knows the host.
    """
    from ringback.cloud.errors import CloudError, NoAnswer

    try:
        cloud.get("/api/v2/organizations/me")
    except NoAnswer:
        raise
    except CloudError:
        return  # somebody is there; what he says is the business of each step


@contextmanager
def opened(
    options: dict[str, Any], *, until: str, bulk: bool | None = None, workers: int = 8
) -> Iterator[Work]:
    """The pipeline of the options that `work_options` gives; closed at the end."""
    from ringback.cloud.pipeline_limiter import parse_rate
    from ringback.cloud.pipeline_reader import Wanted
    from ringback.cloud.pipeline_steps import Pace
    from ringback.cloud.pipeline_webhooks import check_url
    from ringback.cloud.pipeline_workers import Options, Pipeline, call_limits

    pace = Pace(lease=options["lease"], settle=options["settle"])
    settings = Options(
        rate=parse_rate(options["rate"]),
        workers=workers,
        bulk=bulk,
        pace=pace,
        rules=rules_of(options["rules_file"]),
        secrets=secrets(),
        form=options["form"],
    )
    webhook = check_url(options["webhook"]) if options["webhook"] else ""
    if webhook and not settings.secrets:
        click.echo(f"no secret in {SECRET_VARIABLE}: webhooks are NOT signed", err=True)
    with organisation(options["profile"], options["base_url"], limits=call_limits(pace)) as cloud:
        store = database(options["url"])
        try:
            _reach(cloud)
            pipeline = Pipeline(store, cloud, options=settings)
            if until == "start" and not pipeline.platform.starts:
                hint = "add --until check; a real organisation has no operation that starts an interaction so"
                raise UsageError("interactions are started on a local platform only", hint=hint)
            steps = STEPS.index(until) + 1
            wanted = Wanted(pipeline.organisation, options["campaign"], steps, webhook)
            yield Work(store, cloud, pipeline, wanted)
        finally:
            store.close()

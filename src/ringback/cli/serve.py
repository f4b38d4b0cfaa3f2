"""`ringback serve`: the local platform."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.options import guarded
from ringback.core.errors import UsageError

if TYPE_CHECKING:
    from ringback.platform.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind to.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="TCP port.")
@click.option(
    "--db", "url", metavar="URL", help="sqlite:///FILE or postgresql://…; default .ringback/platform.db."
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option(
    "--allow-host", "allow_hosts", multiple=True, metavar="HOST", help="A host that data actions may call."
)
@click.option("--public-url", default="", metavar="URL", help="Origin for presigned URLs, behind a proxy.")
@click.option(
    "--client", metavar="ID", help="Make a client with every permission; secret in RINGBACK_CLIENT_SECRET."
)
@click.option("--seed", metavar="FILE", type=click.Path(path_type=Path), help="Fill an empty organisation.")
@click.option("--reseed", is_flag=True, help="With --seed: throw away what is there.")
@click.option(
    "--log",
    default="errors",
    show_default=True,
    type=click.Choice(("requests", "errors", "off")),
    help="Which requests have a line.",
)
@click.option("--check-sdk", is_flag=True, help="Print which operations of the SDK are served, and stop.")
@click.option(
    "--output-format", type=click.Choice(("text", "json")), default="text", help="Of --check-sdk; text."
)
@click.option("--verify-audit", "verify", is_flag=True, help="Check the audit trail instead of serving.")
@guarded
def serve(**given: Any) -> int:
    """Serve a Genesys Cloud Platform API from a database of your own.

    Exit code 0: stopped; 1: the audit trail is broken or the seed is wrong; 2: it could not start.
    """
    try:
        from ringback.platform import server
    except ModuleNotFoundError as error:
        raise UsageError(f"serving needs {error.name}", hint="pip install 'ringback[platform]'") from error
    if given["check_sdk"]:
        return _check_sdk(as_json=given["output_format"] == "json")
    settings = _settings(given)
    if given["verify"]:
        return _verify(settings)
    if given["reseed"] and not given["seed"]:
        raise UsageError("--reseed does nothing without --seed", hint="add --seed FILE")
    server.serve(settings, prepare=lambda: _prepare(settings, given))
    click.echo("Stopped.")
    return 0


def _settings(given: dict[str, Any]) -> Settings:
    from ringback.platform.settings import Settings

    names = ("host", "port", "workers", "allow_hosts", "log")
    return Settings(
        url=given["url"] or f"sqlite:///{Path('.ringback') / 'platform.db'}",
        public_url=given["public_url"].rstrip("/"),
        **{name: given[name] for name in names},
    )


def _prepare(settings: Settings, given: dict[str, Any]) -> None:
    """The database with its organisation, and what a user needs to know to begin."""
    from ringback.platform.bootstrap import prepare_database

    prepare_database(settings, client=_client(given["client"]))
    seeded = _seed(settings, given) if given["seed"] else ""
    _refuse_nobody(settings)
    from ringback.platform.settings import LOCAL_CLIENT

    click.echo(f"Local platform at {settings.origin}, database {_shown(settings.url)}")
    if seeded:
        click.echo(f"  {seeded}")
    if settings.loopback:
        click.echo(f"  client id {LOCAL_CLIENT}, secret {LOCAL_CLIENT}: every permission, this machine only")
    click.echo("  Ctrl-C stops it")


def _client(client_id: str | None) -> tuple[str, str] | None:
    """Id and secret of `--client`."""
    from ringback.platform.settings import CLIENT_SECRET, LOCAL_CLIENT

    if client_id is None:
        return None
    secret = os.environ.get(CLIENT_SECRET, "")
    if not secret:
        raise UsageError(
            f"--client {client_id}: the variable {CLIENT_SECRET} holds no secret",
            hint=f"set {CLIENT_SECRET} in the environment, never on the command line",
        )
    if LOCAL_CLIENT in (client_id, secret) or not 1 <= len(client_id) <= 100:
        raise UsageError("--client needs an id and a secret of your own", hint="choose others")
    return client_id, secret


def _refuse_nobody(settings: Settings) -> None:
    """UsageError when others can reach the server and only the well-known client could have logged in."""
    from ringback.platform.bootstrap import can_log_in
    from ringback.platform.settings import CLIENT_SECRET

    if settings.loopback or can_log_in(settings):
        return
    where = f"--public-url {settings.public_url}" if settings.public_url else f"--host {settings.host}"
    raise UsageError(
        f"{where}: other machines could reach the server, and its organisation has no client but the"
        " well-known one of loopback addresses",
        hint=f"make a client first: --client ID with its secret in {CLIENT_SECRET}, or --seed FILE with"
        " oauthClients",
    )


def _shown(url: str) -> str:
    """A database URL without its password."""
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True) if "://" in url else url


def _seed(settings: Settings, given: dict[str, Any]) -> str:
    from ringback.platform.seed_file import seed_file

    return seed_file(settings, given["seed"], again=given["reseed"])


def _verify(settings: Settings) -> int:
    """Check the chain of the audit trail; 1 when it is broken."""
    from ringback.platform.audit_check import verify_audit

    verdict = verify_audit(settings.url)
    if verdict.broken_at is None:
        click.echo(f"The audit trail holds: {verdict.entries} entries, head {verdict.head}")
        return 0
    click.echo(f"The audit trail is broken at entry {verdict.broken_at}: {verdict.reason}")
    click.echo(f"  entries 1 to {verdict.entries} hold" if verdict.entries else "  no entry before it")
    return 1


def _check_sdk(*, as_json: bool) -> int:
    """Which operations of the SDK work."""
    import msgspec

    from ringback.platform.check_sdk import lines, report

    found = report()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)))
    else:
        click.echo("\n".join(lines(found)))
    return 0

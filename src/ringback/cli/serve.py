"""`ringback serve`: the local platform."""

from __future__ import annotations

from pathlib import Path

import click

from ringback.core.errors import UsageError


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
def serve(
    *, host: str, port: int, url: str | None, workers: int, allow_hosts: tuple[str, ...], public_url: str
) -> None:
    """Serve a Genesys Cloud Platform API from a database of your own."""
    try:
        from ringback.platform.server import serve as run
        from ringback.platform.settings import LOCAL_CLIENT, Settings
    except ModuleNotFoundError as error:
        raise UsageError(f"serving needs {error.name}", hint="pip install 'ringback[platform]'") from error
    settings = Settings(
        url=url or f"sqlite:///{Path('.ringback') / 'platform.db'}",
        host=host,
        port=port,
        workers=workers,
        allow_hosts=allow_hosts,
        public_url=public_url.rstrip("/"),
    )
    click.echo(
        f"Local platform at http://{host}:{port} (database {settings.url.partition('@')[2] or settings.url})"
    )
    if settings.loopback:
        click.echo(f"  client id {LOCAL_CLIENT}, secret {LOCAL_CLIENT}: every permission, this machine only")
    run(settings)

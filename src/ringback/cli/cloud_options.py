"""Options of the commands that talk to an organisation, and the client that they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.options import pairs, substitute_option

if TYPE_CHECKING:
    from ringback.cloud import Cloud, Wait
    from ringback.cloud.project import Project

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_CLOUD = (
    click.option(
        "-p", "--profile", metavar="NAME", help="A section of ~/.gc/config.toml. [default: environment]"
    ),
    click.option("--base-url", metavar="URL", help="A local platform, e.g. http://127.0.0.1:8080."),
)
_PROJECT = (
    click.option("--env", "environment", default="", metavar="NAME", help="An environment of ringback.yaml."),
    substitute_option,
    click.option("--select", multiple=True, metavar="NAME", help="Only these: a name, kind:name, or file."),
    click.option("--ignore", multiple=True, metavar="CODE", help="Lint errors that do not block."),
)


def cloud_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that choose an organisation."""
    return _all(_CLOUD, command)


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that choose a project and a part of it."""
    return _all(_PROJECT, command)


def _all(options: tuple[Decorator, ...], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def connected(given: Mapping[str, Any]) -> Cloud:
    """The client that the options mean; it says on stderr when it waits.

    Raises:
        UsageError: region or credentials are missing.
    """
    from ringback.cloud import connect

    more = {"base_url": given["base_url"]} if given["base_url"] else {}
    return connect(given["profile"], on_wait=_tell_wait, **more)


def _tell_wait(wait: Wait) -> None:
    if wait.seconds >= 2:
        click.echo(f"waiting {wait.seconds:.0f} s: {wait.reason}", err=True)


def project_of(folder: Path, given: Mapping[str, Any]) -> Project:
    """The project of a folder with what the options say."""
    from ringback.cloud.project import load_project

    values = pairs(given["substitute"], "--substitute")
    return load_project(folder, environment=given["environment"], substitutions=values)

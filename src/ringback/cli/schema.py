"""`ringback schema`: JSON Schemas for editors and pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ringback.cli.options import guarded

KINDS = ("archy", "world", "action", "seed", "scenario")


@click.command("schema")
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write; standard output when not given.",
)
@guarded
def schema(kind: str, output: Path | None) -> int:
    """Print the JSON Schema (draft 2020-12) of a KIND of document.

    archy: flows in Archy YAML. world: world.yaml. action: data actions, export JSON and the plain form.
    seed: an organisation for the local platform.
    docs/schemas.md says how an editor uses them.
    """
    import json

    text = json.dumps(_made(kind), ensure_ascii=False, indent=1) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return 0
    from ringback.files import write_text

    write_text(output, text)
    return 0


def _made(kind: str) -> dict[str, Any]:
    """The schema of a kind.

    Raises:
        UsageError: it does not exist yet.
    """
    from ringback.core.errors import UsageError
    from ringback.flows.schemas import archy_schema, data_action_schema, world_schema

    if kind == "archy":
        return archy_schema()
    if kind == "world":
        return world_schema()
    if kind == "action":
        return data_action_schema()
    if kind == "seed":
        return _seed()
    hint = "there are: archy, world, action, seed"
    raise UsageError("the schema of scenarios comes with scenario files, in a later version", hint=hint)


def _seed() -> dict[str, Any]:
    try:
        from ringback.platform.seed_schema import seed_schema
    except ModuleNotFoundError as error:
        from ringback.core.errors import UsageError

        raise UsageError(
            f"the schema of seeds needs {error.name}", hint="pip install 'ringback[platform]'"
        ) from error
    return seed_schema()

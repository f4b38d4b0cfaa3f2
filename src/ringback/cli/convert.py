"""`ringback convert`: a flow from one form into another."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringback.cli.options import guarded, pairs, show_error, show_warning, substitute_option

if TYPE_CHECKING:
    from ringback.core.diagnostics import Diagnostic
    from ringback.flows.model import Flow
    from ringback.flows.writers import Written

TARGETS = click.Choice(["archy", "plain"])
# What only data actions have: the parts of their export, and their Terraform resource.
_DATA_ACTION = re.compile(r'"contract"\s*:\s*\{|resource\s+"genesyscloud_integration_action"')
# Says that the simulator does not know an action, which does not matter here.
_OF_THE_SIMULATOR = frozenset(["RB027"])


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "target", type=TARGETS, required=True, help="Archy YAML, or the plain JSON form.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="Write there, not to stdout."
)
@substitute_option
@guarded
def convert(file: Path, target: str, *, output: Path | None, substitute: tuple[str, ...]) -> int:
    """Write the flow of FILE in another form.

    FILE is a .i3 export, the configuration JSON of the API, Archy YAML or a plain document. Exit
    code 0: written; 1: the document is wrong, or the other form cannot say what it says (nothing is written);
    2: wrong usage.
    """
    from ringback import api
    from ringback.core.errors import UsageError

    text = api.read_text(file)
    if _DATA_ACTION.search(text) and "flowSequenceItemList" not in text:
        hint = f"ringback action convert {file} --to plain"
        raise UsageError(f"{file} is a data action, not a flow", hint=hint)
    if output is not None and output.exists() and output.samefile(file):
        raise UsageError("the output is the file that is read", hint="choose another name for -o")
    flow = api.load_flow(file, substitutions=pairs(substitute, "--substitute"))
    written = _written(flow, target)
    _show(tuple(found for found in flow.diagnostics if found.code not in _OF_THE_SIMULATOR))
    if not _show(written.diagnostics):
        return 1
    _put(written.text, output)
    return 0


def _written(flow: Flow, target: str) -> Written:
    from ringback.flows.writers import write_archy, write_plain

    return write_archy(flow) if target == "archy" else write_plain(flow)


def _show(found: tuple[Diagnostic, ...]) -> bool:
    """Print what was found on stderr; whether there were no errors."""
    from ringback.documents import DocumentErrors

    errors = [item for item in found if item.severity == "error"]
    for item in found:
        if item.severity != "error":
            show_warning(item)
    if errors:
        show_error(DocumentErrors(errors))
    return not errors


def _put(text: str, output: Path | None) -> None:
    from ringback.files import write_text

    if output is None:
        click.echo(text, nl=False)
        return
    write_text(output, text)

"""`ringback draw`: a flow as a diagram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ringback.cli.options import guarded, pairs, show_warning, substitute_option

if TYPE_CHECKING:
    from ringback.draw import Form, TraceEvent

FORMS = {".svg": "svg", ".html": "html", ".htm": "html", ".mmd": "mmd", ".mermaid": "mmd"}


@click.command()
@click.argument("flow", metavar="FLOW")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Where to write: .svg, .html or .mmd. [default: Mermaid on standard output]",
)
@click.option("--trace", metavar="FILE", help="Light the path of a run: its JSON or its events.")
@substitute_option
@guarded
def draw(flow: str, output: str | None, trace: str | None, substitute: tuple[str, ...]) -> int:
    """Draw FLOW: containers as lanes, actions as boxes, outputs as lines.

    The ending of the file decides: SVG, one HTML page that needs nothing else, or Mermaid text.
    """
    from ringback import api
    from ringback.draw import draw as drawn

    form = _form(output)
    document = api.load_flow(flow, substitutions=pairs(substitute, "--substitute"))
    text = drawn(
        document,
        form,
        source=api.read_text(flow) if form == "html" else "",
        events=_events(trace),
        trace=trace or "",
    )
    _write(text, output)
    for warning in document.diagnostics:
        if warning.code not in _ABOUT_RUNS:
            show_warning(warning)
    return 0


# Actions that only the simulator does not know are drawn like any other.
_ABOUT_RUNS = frozenset({"RB027"})


def _form(output: str | None) -> Form:
    from ringback.core.errors import UsageError

    if output is None:
        return "mmd"
    ending = Path(output).suffix.lower()
    if ending not in FORMS:
        raise UsageError(
            f"{output} has no ending that says what to draw", hint=f"known endings: {', '.join(FORMS)}"
        )
    return cast("Form", FORMS[ending])


def _events(trace: str | None) -> list[TraceEvent] | None:
    from ringback import api
    from ringback.draw import read_trace

    return read_trace(api.read_text(trace), file=trace) if trace is not None else None


def _write(text: str, output: str | None) -> None:
    from ringback.files import write_text

    if output is None:
        click.echo(text, nl=False)
        return
    write_text(output, text)

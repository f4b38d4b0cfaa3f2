"""`ringback action new`: a data action from a sample request and response."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringback.cli.options import guarded

if TYPE_CHECKING:
    from ringback.dataactions.scaffold import Scaffold
    from ringback.dataactions.scaffold_request import Choice
    from ringback.dataactions.scaffold_sample import Sample

_HAR = 64 * 1024 * 1024  # bytes: browsers save whole sessions
_CANNED = frozenset(("status", "headers", "body", "elapsed_ms"))


@click.command("new")
@click.option("--curl", metavar="COMMAND", help="The request as a curl command; it is read, never run.")
@click.option(
    "--har", type=click.Path(path_type=Path), help="The request in a HAR file, as browsers save it."
)
@click.option("--entry", type=int, default=0, show_default=True, help="Which entry of the HAR file, from 0.")
@click.option("--response", type=click.Path(path_type=Path), help="The service's answer: a JSON file.")
@click.option("--name", required=True, help="The action's name.")
@click.option("--category", default="", help="The action's category.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="The sample's VALUE is the input NAME; NAME= keeps it fixed.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; the screen when not given."
)
@guarded
def new(**options: Any) -> int:
    """Write a data action from a sample request and its answer.

    Values that look variable become inputs, secrets become ${credentials.x}. What was chosen is said on
    stderr. Exit code 0: written; 2: wrong usage.
    """
    from ringback.dataactions.scaffold import scaffold

    sample = _sample(options)
    response = _response(options["response"], sample)
    made = scaffold(
        sample,
        response,
        name=options["name"],
        category=options["category"],
        inputs=_inputs(options["inputs"]),
    )
    if options["output"] is None:
        click.echo(made.text, nl=False)
    else:
        _write(options["output"], made.text)
    click.echo(_told(made, options["output"]), err=True)
    return 0


def _sample(options: dict[str, Any]) -> Sample:
    from ringback.core.errors import UsageError
    from ringback.dataactions.scaffold_sample import sample_of_curl, sample_of_har

    if (options["curl"] is None) == (options["har"] is None):
        raise UsageError("say the request once: with --curl or with --har", hint="--curl 'curl https://…'")
    if options["curl"] is not None:
        return sample_of_curl(sys.stdin.read() if options["curl"] == "-" else options["curl"])
    return sample_of_har(_read(options["har"], most=_HAR), entry=options["entry"])


def _response(file: Path | None, sample: Sample) -> Any:
    """The answer: of the file, where it may stand in `body` beside a status, or of the HAR entry."""
    from ringback.core.errors import UsageError
    from ringback.dataactions import jsontext

    if file is None:
        if sample.response is None:
            raise UsageError("the answer is not known", hint="--response FILE.json")
        return sample.response
    try:
        found = jsontext.decode(_read(file))
    except jsontext.JsonTextError as error:
        raise UsageError(f"{file}:{error.line}:{error.column}: no JSON: {error.message}") from None
    is_canned = isinstance(found, dict) and {"status", "body"} <= set(found) <= _CANNED
    return found["body"] if is_canned else found


def _inputs(texts: tuple[str, ...]) -> dict[str, str]:
    from ringback.core.errors import UsageError

    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            hint = "for example --input customerId=4711, where 4711 stands in the sample"
            raise UsageError(f"--input {text!r} is not NAME=VALUE", hint=hint)
        found[name] = value
    return found


def _read(file: Path, *, most: int | None = None) -> str:
    from ringback.files import read_text

    return read_text(file) if most is None else read_text(file, most=most)


def _write(file: Path, text: str) -> None:
    from ringback.files import write_text

    write_text(file, text)


def _told(made: Scaffold, file: Path | None) -> str:
    """What was chosen, and what to do next."""
    lines = [_line(choice) for choice in made.choices]
    lines += ["no inputs: use --input NAME=VALUE to make one"] if not made.inputs else []
    if file is not None:
        options = " ".join(f"--input {name}={_shell(value)}" for name, value in made.inputs.items())
        secrets = " --credentials FILE.json" if made.credentials else ""
        lines.append(f"wrote {file}; try: ringback action run {file} {options}{secrets} --upstream FILE.json")
    return "\n".join(lines)


def _line(choice: Choice) -> str:
    if choice.kind == "input":
        shown = json.dumps(choice.value, ensure_ascii=False)
        return f"input {choice.name} ({choice.type}) = {shown}, from {choice.where}"
    if choice.kind == "credential":
        return f"credential {choice.name}, from {choice.where}: put its value into the credentials"
    return f"{choice.kind}: {choice.name}, {choice.where}"


def _shell(value: Any) -> str:
    import shlex

    return shlex.quote(value if isinstance(value, str) else json.dumps(value))

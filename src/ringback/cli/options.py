"""What commands share: texts of options to values, and errors to messages and exit codes."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringback.core.errors import RingbackError, UsageError

if TYPE_CHECKING:
    from ringback.core.diagnostics import Diagnostic
    from ringback.core.errors import DefinitionError

# ITU-T E.164: a plus and at most fifteen digits, the first of them no zero.
_E164 = re.compile(r"\+[1-9]\d{1,14}")
_SHOWN = 20
_HALF = re.compile("[\ud800-\udfff]")  # what Python makes of bytes that are no UTF-8


def guarded(command: Callable[..., int]) -> Callable[..., None]:
    """Turns ringback's errors into a message on stderr and the exit code of their kind."""

    @functools.wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            _check_text([*args, *options.values()])
            code = command(*args, **options)
        except RingbackError as error:
            show_error(error)
            code = error.exit_code
        sys.exit(code)

    return run


def _check_text(given: Iterable[object]) -> None:
    """Raise UsageError for an argument that is no text; a file that is only read may have any name."""
    from ringback.core.errors import UsageError

    for value in given:
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and not text.isascii() and _HALF.search(text):
                raise UsageError(f"{text!r} is no UTF-8 text", hint="the terminal has another encoding")


def show_error(error: RingbackError) -> None:
    """Each problem on stderr as `file:line:column: error CODE: message`, its line, and a hint."""
    from ringback.core.errors import DefinitionError

    if not isinstance(error, DefinitionError):
        hint = f"\n  hint: {error.hint}" if error.hint else ""
        click.echo(harmless(f"error: {error.message}{hint}"), err=True)
        return
    several = getattr(error, "errors", (error,))
    for problem in several[:_SHOWN]:
        click.echo(problem_text(problem), err=True)
    if len(several) > _SHOWN:
        click.echo(f"… and {len(several) - _SHOWN} more errors", err=True)


def show_warning(warning: Diagnostic) -> None:
    """One warning on stderr; without a line when the whole document is meant."""
    place = f"{warning.file}: " if warning.file and not warning.line else ""
    if not place:
        click.echo(harmless(str(warning)), err=True)
        return
    hint = f"\n  hint: {warning.hint}" if warning.hint else ""
    click.echo(harmless(f"{place}{warning.severity} {warning.code}: {warning.message}{hint}"), err=True)


def problem_text(error: DefinitionError) -> str:
    """What is wrong with a document, as a compiler would say it."""
    place = f"{error.span.where}: " if error.span else ""
    code = f" {error.code}" if error.code else ""
    lines = [f"{place}error{code}: {error.message}"]
    if error.span and (caret := error.span.caret()):
        lines += [f"    {line}" for line in caret.splitlines()]
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    return harmless("\n".join(lines))


def harmless(text: str) -> str:
    """The text without characters that steer a terminal: a document may hold any."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; with `--substitute` also `@FILE`, over which they go.

    Raises:
        UsageError: a text without `=` or without a name, or a name that comes twice.
        DefinitionError: a file that is no options file.
    """
    given = list(texts)
    files = [text for text in given if option == "--substitute" and text.startswith("@")]
    found: dict[str, str] = {}
    for text in given:
        if text in files:
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"{option} {text!r} is not NAME=VALUE", hint=f"for example: {option} {_EXAMPLES[option]}"
            )
        if name.strip() in found:
            raise UsageError(f"{option} names {name.strip()!r} twice", hint="keep one of them")
        found[name.strip()] = value
    return _with_files(files, found) if files else found


def _with_files(files: Iterable[str], found: dict[str, str]) -> dict[str, str]:
    from ringback.flows.loaders.substitution import Options

    values: dict[str, str] = {}
    for text in files:
        values |= _options_file(text[1:])
    return Options(values | found, single=found)


def _options_file(file: str) -> dict[str, str]:
    """Names and values of an options file: a YAML or JSON mapping of texts, numbers, true and false."""
    from ringback.core.errors import DefinitionError
    from ringback.documents import read_yaml
    from ringback.files import read_text

    document = read_yaml(read_text(Path(file)), file=file)
    found = {}
    for name, node in document.items():
        if node.is_map or node.is_list or node.value is None:
            message = f"the value of {name!r} is no text, number, true or false"
            raise DefinitionError(message, span=node.span, hint=f"write `{name}: a text`", code="RB047")
        found[name] = node.text or str(node.value)
    if not document.is_map:
        message = "an options file holds names and their values"
        raise DefinitionError(message, span=document.span, hint="write `name: value`", code="RB047")
    return found


substitute_option = click.option(
    "--substitute", multiple=True, metavar="NAME=VALUE|@FILE", help="Values for {{NAME}} in a flow."
)

_EXAMPLES = {
    "--set": "Flow.IsVip=true",
    "--reply": "'Lookup Customer=status:503'",
    "--policy": "decision_not_set=flow_error",
    "--substitute": "queue=General",
}


def phone_number(text: str, option: str) -> str:
    """A telephone number in E.164.

    Raises:
        UsageError: it is written in another way.
    """
    if text and not _E164.fullmatch(text):
        meant = "+" + re.sub(r"\D", "", text).removeprefix("00")
        hint = "write + and country code, digits only, for example +15551234567"
        if _E164.fullmatch(meant) and text.startswith(("+", "00")):
            hint = f"did you mean {meant}?"
        raise UsageError(f"{option} {text!r} is no telephone number in E.164", hint=hint)
    return text

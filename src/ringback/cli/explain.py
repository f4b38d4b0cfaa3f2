"""`ringback explain`: every stage of an expression, template or path, and its result; what a check finds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from ringback.core.errors import RingbackError, UsageError

_EXAMPLE = 'ringback explain \'expr:Append("Hello ", Flow.name)\' --data \'{"Flow.name": "Ann"}\''


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """What the options gave.

    Attributes:
        data: variables, context or document; None when none was given.
        types: variable name -> type code, for expressions without data.
        target: the type that the expression's place wants.
        strict: whether a template's unset variable is an error.
    """

    data: Any
    types: Mapping[str, str]
    target: str | None
    strict: bool


@click.command()
@click.argument("thing")
@click.option("--data", metavar="JSON|@FILE", help="Variables, template context or document, as JSON.")
@click.option(
    "--type", "types", multiple=True, metavar="NAME=CODE", help="Type of a variable, e.g. Flow.x=int."
)
@click.option("--target", metavar="CODE", help="Type that the expression's place wants, e.g. str.")
@click.option("--strict", is_flag=True, help="Render the template with strict references.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(
    thing: str,
    *,
    data: str | None,
    types: tuple[str, ...],
    target: str | None,
    strict: bool,
    output_format: str,
) -> int:
    """Show every stage of THING: 'expr:…', 'vtl:…', 'path:…' or 'rule:RB113'.

    Tokens, tree, types or definiteness, and the result on --data; for a check, what it looks for.
    """
    kind, _, text = thing.partition(":")
    stages = _STAGES.get(kind)
    if stages is None or not text:
        kinds = ", ".join(f"{name}:…" for name in _STAGES)
        raise UsageError(
            f"{thing!r} is nothing to explain", hint=f"write one of {kinds}, for example\n  {_EXAMPLE}"
        )
    given = Given(_data(data), dict(map(_pair, types)), target, strict)
    found: dict[str, Any] = {}
    failed = False
    try:
        for name, stage in stages(text, given):
            found[name] = stage
            if output_format == "text":
                _print(name, stage)
    except RingbackError as error:
        failed = True
        found["error"] = {"message": error.message, "hint": error.hint, "text": str(error)}
        if output_format == "text":
            _print("error", str(error))
    if output_format == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    return 1 if failed else 0


def _data(given: str | None) -> Any:
    if given is None:
        return None
    from ringback.api import read_text  # start-up: only when there is data

    text = read_text(given[1:]) if given.startswith("@") else given
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(
            f"--data is no JSON: {error}", hint="for example --data '{\"Flow.points\": 5}'"
        ) from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, code = text.partition("=")
    if not equals:
        raise UsageError(f"--type {text!r} lacks =", hint="for example --type Flow.points=int")
    return name.strip(), code.strip()


def _print(name: str, stage: Any) -> None:
    click.echo(click.style(name, bold=True))
    lines = stage if isinstance(stage, list) else str(stage).splitlines() or [""]
    for line in lines:
        click.echo(f"  {line}")


# ---- the stages


def _expression(text: str, given: Given) -> Iterator[tuple[str, Any]]:
    from ringback.lang import expr
    from ringback.lang.expr.parser import parse
    from ringback.lang.expr.scope import Bench
    from ringback.lang.expr.tokens import tokenize
    from ringback.lang.expr.typed import outline
    from ringback.lang.expr.values import infer

    yield "tokens", [str(token) for token in tokenize(text)]
    yield "tree", list(tree_lines(parse(text)))
    values = _variables(given.data)
    types = {name: infer(value)[0] for name, value in values.items()} | dict(given.types)
    checked = expr.check(text, types, given.target)
    yield "checked", outline(checked.root).splitlines()
    yield "type", checked.type
    yield "configuration", json.dumps(checked.tree(), ensure_ascii=False)
    if checked.unsupported:
        yield "known by name only", ", ".join(checked.unsupported)
    missing = [name for name in checked.variables if name.lower() not in {key.lower() for key in values}]
    if missing:
        yield "result", f"needs --data for {', '.join(missing)}"
        return
    bench = Bench({name.lower(): infer(value)[1] for name, value in values.items()})
    yield "result", expr.Value(checked.type, checked.evaluate(bench)).show()


def _variables(data: Any) -> dict[str, Any]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise UsageError("--data of an expression is an object: variable name to value")
    return data


def _template(text: str, given: Given) -> Iterator[tuple[str, Any]]:
    from ringback.lang import velocity

    yield (
        "tokens",
        [f"{token.start:>4} {token.kind.name:<16} {token.image!r}" for token in velocity.tokens(text)],
    )
    template = velocity.compile(text)
    yield "tree", list(tree_lines(template.tree))
    uses = [f"{use.span.line}:{use.span.column} {use.source}" for use in template.references]
    yield "references", uses or ["none"]
    if given.data is not None and not isinstance(given.data, dict):
        raise UsageError("--data of a template is an object: its context")
    yield "result", template.render(given.data or {}, given.strict)


def _path(text: str, given: Given) -> Iterator[tuple[str, Any]]:
    from ringback.lang import jsonpath

    yield "tokens", [f"{token.offset:>4} {token.kind:<12} {token.text!r}" for token in jsonpath.tokens(text)]
    path = jsonpath.compile(text)
    yield "tree", list(tree_lines(path.tree))
    yield "steps", [f"{part.text:<24} {part.about}" for part in path.segments]
    yield "definite", "yes: the value itself" if path.definite else "no: always a list"
    if given.data is not None:
        yield "result", json.dumps(path.read(given.data), ensure_ascii=False)


def _rule(text: str, _given: Given) -> Iterator[tuple[str, Any]]:
    from ringback.lint.registry import RULES

    rule = RULES.get(text.strip().upper())
    if rule is None:
        raise UsageError(f"there is no check {text!r}", hint=f"checks: {', '.join(sorted(RULES))}")
    yield "check", f"{rule.code} {rule.name}"
    yield "severity", rule.severity
    yield "summary", rule.summary
    yield "page", rule.page


_STAGES: Mapping[str, Callable[[str, Given], Iterator[tuple[str, Any]]]] = {
    "expr": _expression,
    "vtl": _template,
    "path": _path,
    "rule": _rule,
}


# ---- any tree as text

# Places and texts that the stages before have shown.
_HIDDEN = ("start", "end", "span", "at", "offset", "position", "depth", "source")


def tree_lines(node: Any, label: str = "", *, depth: int = 0) -> Iterator[str]:
    """A tree of dataclasses or named tuples, one node a line, children indented below their field's name."""
    head = f"{'  ' * depth}{f'{label}: ' if label else ''}"
    fields = _fields(node)
    if fields is None:
        yield f"{head}{node!r}"
        return
    plain = {name: value for name, value in fields.items() if not _is_inner(value)}
    shown = " ".join(f"{name}={value!r}" for name, value in plain.items())
    yield f"{head}{type(node).__name__}{f' {shown}' if shown else ''}"
    for name, value in fields.items():
        if _is_inner(value):
            for item in value if type(value) in (tuple, list) else (value,):
                yield from tree_lines(item, name, depth=depth + 1)


def _fields(node: Any) -> dict[str, Any] | None:
    if dataclasses.is_dataclass(node):
        names = [field.name for field in dataclasses.fields(node)]
    else:
        given: Sequence[str] = getattr(node, "_fields", ()) or getattr(node, "__struct_fields__", ())
        names = list(given)
    if not names:
        return None
    shown = (name for name in names if name not in _HIDDEN and not name.startswith("_"))
    return {name: value for name in shown if (value := getattr(node, name)) not in (None, (), "", False)}


def _is_inner(value: Any) -> bool:
    if type(value) in (tuple, list):
        return any(_is_inner(item) for item in value)
    return _fields(value) is not None

"""The size rules of CONTRIBUTING.md, measured over `src`; an exception is listed by name with its reason."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import ringback

SRC = Path(__file__).resolve().parents[1] / "src"

# name of the function -> why it may be longer than 60 lines
LONG_FUNCTIONS: dict[str, str] = {}
# file below src/ringback -> why it may be longer than 500 lines
LONG_FILES: dict[str, str] = {}
# name of the function -> why it may take more parameters
MANY_PARAMETERS: dict[str, str] = {
    "api.simulate": "the front door: every way to set a run up, all but the flow by keyword",
}
# beginning of a function's name -> why its third parameter may stand without a name
POSITIONAL: dict[str, str] = {
    "lang.expr.fn_": "functions of the expression language, called with their operands in order",
    "lang.expr.operators.": "operators of the expression language, called with their operands in order",
    "lang.expr.signature.overload": "a row of a table: name, signature, what computes it",
    "lang.expr.raw.compute": "operation, left, right: as written",
    "lang.expr.collation.compare_text": "environment, left, right: as functions of the language get them",
    "lang.expr.value_members.read_property": "type, name, value: an operator of the language",
    "lang.expr.value_speech._say": "spoken forms of functions, called with their operands in order",
    "lang.velocity.methods": "methods of template values, called with their arguments in order",
    "lang.velocity.tools": "tools of templates, called with their arguments in order",
    "lang.jsonpath.functions": "functions of paths, called with their arguments in order",
    "lang.expr.api.check": "a fixed interface: text, variables, target",
    "lang.expr.api.compile_expression": "the same for a compiled scope: text, scope, target",
    "lang.expr.environment.Services.find": "kind, name, by: what FindQueue and its siblings ask",
    "lang.expr.scope.Bench.find": "implements Services.find",
    "dataactions.sockets.": "httpcore's network backend: its signatures, and what they call",
    "core.diagnostics.Diagnostic.at": "code, severity, message, place: the order in which they are read",
    "engine.session.Session.__init__": "program, world, interaction: the three parts of every run",
    "engine.dumping.load": "program, world, state: the three parts of every run",
    "engine.run.run_session": "program, driver, interaction: the three parts of every run",
    "engine.driver.ScriptedDriver.__init__": "world, data actions, caller: what a run talks to",
    "engine.precheck.check_world": "program, world, data actions: what is checked against each other",
    "engine.services.SessionServices.find": "implements Services.find of the expression language",
    "engine.builder.ActionBuilder.duration": "field, setting, fallback: in the order in which they are tried",
    "engine.builder.ActionBuilder.setting": "implements the same order",
    "platform.errors.ApiError.__init__": "status, code, message: in the order in which they are read",
    "platform.dispatcher.Dispatcher.__call__": "ASGI: scope, receive, send",
    "platform.app.create_app.application": "ASGI: scope, receive, send",
    "flows.actions.base.Builder.duration": "field, setting, fallback: in the order in which they are tried",
}


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    lines: int
    positional: int
    parameters: int
    decorated: bool


def modules() -> list[Path]:
    return sorted((SRC / "ringback").rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SRC / "ringback").with_suffix("").parts)


def inside(node: ast.AST, prefix: str) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from inside(child, f"{prefix}.{child.name}")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield measured(child, f"{prefix}.{child.name}", method=isinstance(node, ast.ClassDef))
            yield from inside(child, f"{prefix}.{child.name}")
        else:
            yield from inside(child, prefix)


def measured(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, *, method: bool) -> Function:
    given = node.args
    static = any(isinstance(mark, ast.Name) and mark.id == "staticmethod" for mark in node.decorator_list)
    bound = 1 if method and not static else 0
    positional = len(given.posonlyargs) + len(given.args) - bound
    # `run(file, **options)` of a command is one mapping, as click calls it.
    several = positional + len(given.kwonlyargs)
    assert node.end_lineno is not None
    return Function(name, node.end_lineno - node.lineno + 1, positional, several, bool(node.decorator_list))


@cache
def functions() -> tuple[Function, ...]:
    return tuple(
        function
        for path in modules()
        for function in inside(ast.parse(path.read_text(encoding="utf-8")), name_of(path))
    )


def test_most_functions_are_short() -> None:
    lines = sorted(function.lines for function in functions())
    assert statistics.median(lines) <= 8
    assert lines[int(len(lines) * 0.9)] <= 30


def test_no_function_is_long() -> None:
    long = {function.name for function in functions() if function.lines > 60}
    assert long == set(LONG_FUNCTIONS)


def test_no_file_is_long() -> None:
    long = {
        str(path.relative_to(SRC / "ringback"))
        for path in modules()
        if len(path.read_text(encoding="utf-8").splitlines()) > 500
    }
    assert long == set(LONG_FILES)


def test_functions_take_few_parameters() -> None:
    many = {function.name for function in functions() if function.parameters > 6}
    assert many == set(MANY_PARAMETERS)


def test_parameters_after_the_second_have_names() -> None:
    # click calls a command with each option by its name.
    commands = {f.name for f in functions() if f.name.startswith("cli.") and f.decorated}
    loose = {f.name for f in functions() if f.positional > 2} - commands
    assert {name for name in loose if not name.startswith(tuple(POSITIONAL))} == set()


def test_packages_are_at_most_two_levels_deep() -> None:
    # Alembic wants its migrations in a folder of their own.
    inside = [path for path in modules() if "migrations" not in path.parts]
    deep = [path for path in inside if len(path.relative_to(SRC / "ringback").parts) > 3]
    assert deep == []


PUBLIC = [
    "__version__",
    "cloud",
    "load_data_action",
    "load_data_actions",
    "load_flow",
    "load_world",
    "simulate",
]


def test_public_names() -> None:
    assert ringback.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(ringback, name) is not None


def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        ringback.nope  # noqa: B018 - reading it is the test

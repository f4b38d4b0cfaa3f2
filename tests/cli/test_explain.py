"""`ringback explain`: stages and results."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from ringback.cli.explain import explain
from ringback.core.errors import UsageError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, list(arguments), standalone_mode=False)


RESULTS = [
    ("expr:1 + 2 * 3", None, "7"),
    ('expr:Append("Hello ", Flow.name)', '{"Flow.name": "Ann"}', '"Hello Ann"'),
    ("expr:Flow.list[1]", '{"Flow.list": [1, 2]}', "2"),
    ("vtl:#if($x)yes#{else}no#end", '{"x": 1}', "yes"),
    ("vtl:$missing", None, "$missing"),
    ("path:$.a[0]", '{"a": [5]}', "5"),
    ("path:$..b", '{"a": {"b": 1}}', "[1]"),
]


@pytest.mark.parametrize(("thing", "data", "result"), RESULTS)
def test_result(thing: str, data: str | None, result: str) -> None:
    options = ["--data", data] if data else []
    found = run(thing, *options, "--output-format", "json")
    assert found.return_value == 0
    assert json.loads(found.output)["result"] == result


STAGES = [
    ("expr:1 + 2", ["tokens", "tree", "checked", "type", "configuration", "result"]),
    ("vtl:$x", ["tokens", "tree", "references", "result"]),
    ("path:$.x", ["tokens", "tree", "steps", "definite"]),
]


@pytest.mark.parametrize(("thing", "stages"), STAGES)
def test_stages_are_shown_in_order(thing: str, stages: list[str]) -> None:
    found = run(thing, "--output-format", "json")
    assert list(json.loads(found.output)) == stages
    headings = [line for line in run(thing).output.splitlines() if not line.startswith(" ")]
    assert headings == stages


def test_types_without_data() -> None:
    found = run("expr:Flow.x + 1", "--type", "Flow.x=dec", "--target", "str", "--output-format", "json")
    shown = json.loads(found.output)
    assert shown["type"] == "str"
    assert shown["checked"][0] == "ToString: str as cast"
    assert shown["result"] == "needs --data for Flow.x"


def test_definiteness_in_words() -> None:
    assert json.loads(run("path:$.a[*]", "--output-format", "json").output)["definite"] == "no: always a list"
    assert (
        json.loads(run("path:$.a", "--output-format", "json").output)["definite"] == "yes: the value itself"
    )


def test_an_error_shows_the_stages_before_it_and_its_place() -> None:
    found = run("expr:1 +")
    assert found.return_value == 1
    assert found.output.endswith(
        "error\n"
        '  expression:1:4: the expression ends here; expected a literal, a variable, a function call or "("\n'
        "      1 +\n"
        "         ^\n"
    )


def test_strict_references() -> None:
    found = run("vtl:$x", "--strict", "--output-format", "json")
    assert found.return_value == 1
    assert "Variable $x has not been set" in json.loads(found.output)["error"]["message"]


def test_a_check() -> None:
    shown = json.loads(run("rule:rb113", "--output-format", "json").output)
    assert shown["check"] == "RB113 unescaped-in-json"
    assert shown["page"] == "docs/checks/RB113.md"


USAGE = [
    (["rule:RB999"], "there is no check 'RB999'"),
    (["foo"], "'foo' is nothing to explain"),
    (["expr:1", "--data", "{"], "--data is no JSON"),
    (["expr:1", "--data", "[]"], "--data of an expression is an object"),
    (["vtl:1", "--data", "[]"], "--data of a template is an object"),
    (["expr:1", "--type", "x"], "--type 'x' lacks ="),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_usage(arguments: list[str], message: str) -> None:
    found = run(*arguments, "--output-format", "json")
    error = found.exception
    text = str(error) if isinstance(error, UsageError) else json.loads(found.output)["error"]["message"]
    assert message in text

"""A folder as a project: what counts, what its settings say, tables with rows, order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ringback.cloud.plan import Block, Step, circles, in_order, with_blocked_needs
from ringback.cloud.project import Item, load_project
from ringback.cloud.project_settings import Queue, read_settings
from ringback.cloud.project_tables import of_body, read_rows, read_table, rows_text
from ringback.cloud.pull import table_text
from ringback.core.errors import DefinitionError, UsageError
from ringback.documents import read_yaml

SETTINGS = """\
integration: CRM
integrations:
  - {name: CRM, type: custom-rest-actions}
dataActions:
  Get Customer: {integration: CRM, category: Customers}
  Get Order: Shop
queues:
  - VIP
  - {name: Sales, description: Calls, division: Home}
substitutions: {queue: VIP}
environments:
  production:
    substitutions: {queue: VIP EMEA}
    integrations: {CRM: CRM production}
"""
TABLE = """\
dataTable:
  name: Hours
  key: Site
  columns:
    - {name: Open, type: boolean, default: true}
    - {name: Lines, type: integer}
    - {name: Rate, type: number}
    - {name: Greeting}
"""
FLOW = """\
workflow:
  name: '%s'
  startUpRef: "/workflow/states/state[Initial State_10]"
  defaultLanguage: en-us
  states:
    - state:
        name: Initial State
        refId: Initial State_10
        actions:
          - endWorkflow:
              name: End
"""


def folder_of(path: Path, **files: str) -> Path:
    for name, text in files.items():
        file = path / name.replace("__", "/").replace("_DOT_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return path


def test_settings_of_an_environment() -> None:
    node = read_yaml(SETTINGS, file="ringback.yaml")
    common, production = read_settings(node), read_settings(node, environment="production")
    assert common.placement("get customer").category == "Customers"
    assert common.placement("Get Order").integration == "Shop"
    assert [(queue.name, queue.description) for queue in common.queues] == [("VIP", None), ("Sales", "Calls")]
    assert (production.integration, production.integrations[0].name) == ("CRM production", "CRM production")
    assert production.placement("Get Customer").integration == "CRM production"
    assert (common.substitutions["queue"], production.substitutions["queue"]) == ("VIP", "VIP EMEA")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("queue: [A]", "unknown key 'queue' of the project"),
        ("integrations: [{name: CRM}]", "an integration needs name and type"),
        ("queues: [{description: x}]", "a queue needs a name"),
        ("queues: [{name: x, size: 3}]", "unknown key 'size' of a queue"),
        ("- a", "the settings of the project must be a mapping"),
        ("queues: VIP", "queues must be a list"),
        ("integrations: {name: x}", "integrations must be a list"),
        ("ignore: drafts/*", "ignore must be a list"),
        ("dataActions: [a]", "dataActions must be a mapping"),
        ("substitutions: [a]", "substitutions must be a mapping"),
        ("environments: [a]", "environments must be a mapping"),
        ("substitutions: {a: [b]}", "the value of 'a' must be a text"),
    ],
)
def test_wrong_settings(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=r"ringback\.yaml:1") as caught:
        read_settings(read_yaml(text, file="ringback.yaml"))
    assert message in str(caught.value)


def test_an_environment_that_is_not_there() -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(read_yaml(SETTINGS, file="ringback.yaml"), environment="prodction")
    assert caught.value.hint == "did you mean 'production'?"


def test_files_are_known_by_their_content(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        flat_DOT_yaml=FLOW % "{{name}}",
        deep__er__table_DOT_yml=TABLE,
        deep__er__table_DOT_csv="key,Open,Lines\nBerlin,no,3\n",
        readme_DOT_md="hello",
        package_DOT_json='{"name": "x"}',
        drafts__old_DOT_yaml="workflow:\n  nonsense",
        ringback_DOT_yaml="queues: [VIP]\nsubstitutions: {name: Nightly}\nignore: ['drafts/*']\n",
        organisation_DOT_json='{"queues": [{"name": "vip", "description": "x"}, {"name": "Other"}]}',
    )
    project = load_project(folder)
    found = {(item.kind, item.name): item for item in project.items}
    assert list(found) == [
        ("queue", "VIP"),
        ("queue", "Other"),
        ("data table", "Hours"),
        ("flow", "Nightly"),
    ]
    assert found["flow", "Nightly"].type == "WORKFLOW"
    assert "{{" not in found["flow", "Nightly"].text
    table: Any = found["data table", "Hours"].content
    assert table.rows == {"Berlin": {"Open": False, "Lines": 3}}
    assert project.problems == ()


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ((), ["VIP", "A one", "B"]),
        (("flow:*",), ["A one", "B"]),
        (("a*",), ["A one"]),
        (("queues:vip", "b.yaml"), ["VIP", "B"]),
    ],
)
def test_select(tmp_path: Path, patterns: tuple[str, ...], expected: list[str]) -> None:
    texts = {"a_DOT_yaml": FLOW % "A one", "b_DOT_yaml": FLOW % "B"}
    project = load_project(folder_of(tmp_path, ringback_DOT_yaml="queues: [VIP]", **texts))
    assert [item.name for item in project.selected(patterns)] == expected
    with pytest.raises(UsageError, match="means nothing"):
        project.selected(["C"])


def test_two_files_for_one_thing(tmp_path: Path) -> None:
    project = load_project(folder_of(tmp_path, a_DOT_yaml=FLOW % "Same", b_DOT_yaml=FLOW % "same"))
    assert [problem.message for problem in project.problems] == ["the flow 'same' is in a.yaml as well"]
    assert project.problems[0].file == "b.yaml"


def test_a_world_is_for_simulation(tmp_path: Path) -> None:
    acd = (
        "          - transferToAcd:\n              name: To\n"
        "              targetQueue: {lit: {name: Sales}}\n"
    )
    folder = folder_of(tmp_path, a_DOT_yaml=FLOW % "A" + acd, world_DOT_yaml="queues:\n  - name: VIP\n")
    project = load_project(folder)
    assert [item.name for item in project.items] == ["A"]
    assert [c.file for c in project.checked] == ["a.yaml"]
    codes = {report.rule.code for checked in project.checked for report in checked.reports}
    assert "RB360" not in codes


def test_a_name_without_a_value(tmp_path: Path) -> None:
    (problem,) = load_project(folder_of(tmp_path, a_DOT_yaml=FLOW % "{{who}}")).problems
    assert (problem.code, problem.severity, problem.line) == ("RB029", "error", 2)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        load_project(tmp_path / "none")
    with pytest.raises(UsageError, match="no environment"):
        load_project(tmp_path, environment="production")


# ---- tables


def test_a_table_in_both_forms() -> None:
    own = read_table(read_yaml(TABLE, file="t.yaml"))
    assert of_body({"name": "Hours", "schema": own.schema()}).meaning() == own.meaning()
    assert read_table(read_yaml(table_text(own), file="t.yaml")).meaning() == own.meaning()
    rows = read_rows(own, 'key,Open,Lines,Rate,Greeting\nB,true,,2.5,Hi\n"A, 1",0,7,,\n', file="t.csv")
    assert rows["B"] == {"Open": True, "Lines": 0, "Rate": 2.5, "Greeting": "Hi"}
    text = rows_text(own, rows)
    assert text == 'key,Open,Lines,Rate,Greeting\n"A, 1",false,7,0,\nB,true,0,2.5,Hi\n'
    assert read_rows(own, text, file="t.csv") == {key: own.full_row(row) for key, row in rows.items()}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Open\ntrue\n", "t.csv:1:1: the first line names no column `key`"),
        ("key,Closed\nA,1\n", "t.csv:1:1: the table has no column 'Closed'"),
        ("key,Lines\nA,many\n", "t.csv:2:1: 'many' is no integer, which the column 'Lines' holds"),
        ("key,Open\nA,perhaps\n", "t.csv:2:1: 'perhaps' is no boolean"),
        ("key,Lines\nA,1\nA,2\n", "t.csv:3:1: the key 'A' comes twice"),
        ("key,Lines\n,2\n", "t.csv:2:1: a row without a key"),
    ],
)
def test_wrong_rows(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_rows(read_table(read_yaml(TABLE, file="t.yaml")), text, file="t.csv")
    assert message in str(caught.value)


def test_a_wrong_table_is_a_problem_of_the_project(tmp_path: Path) -> None:
    project = load_project(folder_of(tmp_path, t_DOT_yaml=TABLE.replace("boolean", "bool")))
    (problem,) = project.problems
    assert (problem.message, problem.hint) == (
        "the type of column 'Open' is 'bool'",
        "types: string, integer, number, boolean",
    )


# ---- order


def step(name: str, *needs: str, **more: Any) -> Step:
    item = Item("flow", name, f"{name}.yaml", Queue(name))
    return Step(item, more.pop("verb", "create"), needs=tuple(("flow", "", need) for need in needs), **more)


@pytest.mark.parametrize(
    ("given", "expected", "round_"),
    [
        ({"a": "b", "b": "c", "c": ""}, "cba", ""),
        ({"a": "b", "b": "a"}, "ba", "b"),
        ({"a": "a"}, "a", ""),
        ({"a": "", "b": "", "c": "a"}, "abc", ""),
        ({"a": "b", "b": "c", "c": "a", "d": "b"}, "cbad", "c"),
    ],
)
def test_order(given: dict[str, str], expected: str, round_: str) -> None:
    steps = tuple(in_order([step(name, *needs) for name, needs in given.items()]))
    assert "".join(each.item.name for each in steps) == expected
    assert {key[2] for key in circles(steps)} == set(round_)


def test_a_long_chain_is_no_recursion() -> None:
    steps = [step(str(number), str(number + 1)) for number in range(3000)]
    assert next(in_order(steps)).item.name == "2999"


def test_what_needs_something_blocked_is_blocked() -> None:
    lacking = step("a", blocks=(Block("lint", "wrong"),))
    there = step("d", verb="change", id="1", blocks=(Block("lock", "it is locked by Ana", "", "Ana"),))
    found = list(with_blocked_needs([lacking, step("b", "a"), step("c", "b"), there, step("e", "d")]))
    assert [[block.message for block in each.blocks] for each in found] == [
        ["wrong"],
        ["it needs the flow a, which is blocked"],
        ["it needs the flow b, which is blocked"],
        ["it is locked by Ana"],
        [],
    ]
    assert [len(there.without_blocks([name]).blocks) for name in ("ana", "Bo", "")] == [0, 1, 1]
    assert len(lacking.without_blocks(["", "wrong"]).blocks) == 1

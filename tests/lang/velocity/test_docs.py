"""The page names every directive, tool function, method and limit, and importing stays light."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from ringback.lang import velocity
from ringback.lang.velocity import methods_collection, methods_number, methods_text
from ringback.lang.velocity.method import Table

PAGE = (Path(__file__).parents[3] / "docs" / "velocity.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")]
METHOD_TABLES: dict[str, Table] = {
    "String": methods_text.METHODS,
    "Character": methods_text.CHARACTER_METHODS,
    "Integer, Long": methods_number.INTEGER_METHODS,
    "BigInteger": methods_number.BIG_METHODS,
    "Double, Float": methods_number.DOUBLE_METHODS,
    "BigDecimal": methods_number.DECIMAL_METHODS,
    "Boolean": methods_number.BOOLEAN_METHODS,
    "Class": methods_number.CLASS_METHODS,
    "Optional": methods_number.OPTIONAL_METHODS,
    "ArrayList": methods_collection.LIST_METHODS,
    "arrays": methods_collection.ARRAY_METHODS,
    "ranges and fixed lists": methods_collection.FIXED_METHODS,
    "LinkedHashMap": methods_collection.MAP_METHODS,
    "keys, values, entries of a map": methods_collection.VIEW_METHODS,
    "Map.Entry": methods_collection.ENTRY_METHODS,
    "Iterator": methods_collection.ITERATOR_METHODS,
    "streams": methods_collection.STREAM_METHODS,
    "`$foreach`": methods_collection.LOOP_METHODS,
    "`$foreach.info`": methods_collection.INFO_METHODS,
}
EVERYWHERE = {"equals", "getClass", "hashCode", "toString"}
LIMIT_NAMES = [
    "digits",
    "pattern",
    *(field.name for field in fields(velocity.LIMITS) if field.name != "macro_depth"),
]
FUNCTIONS = [f"${tool}.{name}" for tool, table in velocity.TOOL_TABLES.items() for name in table]
CODE = Path(velocity.__file__).parent


@pytest.mark.parametrize("name", sorted(velocity.DIRECTIVES))
def test_every_directive_is_on_the_page(name: str) -> None:
    assert any(re.match(rf"\| .*`#{name}\b", row) or f"`#{name}`" in row for row in ROWS)


@pytest.mark.parametrize(
    "function", [f"${tool}.{name}" for tool, table in velocity.TOOL_TABLES.items() for name in table]
)
def test_every_tool_function_is_on_the_page(function: str) -> None:
    assert any(f"`{function}`" in row.split("|")[1] for row in ROWS)


@pytest.mark.parametrize("label", METHOD_TABLES)
def test_every_method_is_on_the_page(label: str) -> None:
    row = next(row for row in ROWS if row.split("|")[1].strip().startswith(label))
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == set(METHOD_TABLES[label]) - EVERYWHERE


@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_every_limit_is_on_the_page(name: str) -> None:
    assert any(row.startswith(f"| `template_{name}` |") for row in ROWS)
    raised = re.findall(r'over_limit\(\s*"(\w+)"', "".join(path.read_text() for path in CODE.glob("*.py")))
    assert set(raised) <= set(LIMIT_NAMES)


def printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_loads_neither_the_engine_nor_regex() -> None:
    names = "[name for name in sys.modules if 'velocity.' in name or name == 'regex']"
    assert printed(f"import sys, ringback.lang.velocity; print({names})") == "[]\n"


def test_rendering_without_regular_expressions_does_not_load_regex() -> None:
    render = "from ringback.lang import velocity; velocity.render('$x', {})"
    assert printed(f"import sys; {render}; print('regex' in sys.modules)") == "False\n"

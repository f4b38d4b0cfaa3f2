"""`ringback schema`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from ringback.flows.schemas import archy_schema, data_action_schema, world_schema
from tests.cli.helpers import invoke

MADE = {"archy": archy_schema, "world": world_schema, "action": data_action_schema}


@pytest.mark.parametrize("kind", MADE)
def test_printed_and_written(kind: str, tmp_path: Path) -> None:
    printed = invoke("schema", kind)
    assert (printed.code, printed.err) == (0, "")
    assert printed.json == MADE[kind]()
    assert printed.json["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(printed.json)
    file = tmp_path / "schema.json"
    written = invoke("schema", kind, "-o", file)
    assert (written.code, written.out) == (0, "")
    assert file.read_text(encoding="utf-8") == printed.out


def test_the_same_every_time() -> None:
    assert json.dumps(archy_schema()) == json.dumps(archy_schema())


def test_scenarios_come_later() -> None:
    done = invoke("schema", "scenario")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: the schema of scenarios comes with scenario files, in a later version\n"
        "  hint: there are: archy, world, action, seed\n"
    )


def test_wrong_usage(tmp_path: Path) -> None:
    assert invoke("schema", "flow").code == 2
    done = invoke("schema", "archy", "-o", tmp_path / "none" / "x.json")
    assert (done.code, "cannot be written: No such file or directory" in done.err) == (2, True)

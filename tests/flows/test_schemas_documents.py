"""JSON Schemas of worlds and data actions."""

from __future__ import annotations

import copy
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.core.errors import DefinitionError
from ringback.dataactions import load_data_actions
from ringback.documents import read_yaml
from ringback.engine import world_loader
from ringback.flows.needs import FACTS, SECTIONS, WORLD_KEYS
from ringback.flows.schemas import data_action_schema, world_schema
from tests.cli.helpers import EXAMPLE
from tests.corpus import CORPUS, needs_corpus

ACTIONS = sorted((CORPUS / "data-actions").glob("*.json")) if CORPUS.is_dir() else []
# file of the corpus -> why it does not validate
EXCEPTIONS: dict[str, str] = {}


@cache
def validator(kind: str) -> Any:
    made = {"world": world_schema, "action": data_action_schema}[kind]()
    jsonschema_rs.meta.validate(made)
    return jsonschema_rs.Draft202012Validator(made, offline=True)


def problems(kind: str, document: object) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(document)]


# ---- data actions


@needs_corpus
def test_the_corpus_validates(capsys: pytest.CaptureFixture[str]) -> None:
    documents = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in ACTIONS}
    wrong = {name for name, document in documents.items() if problems("action", document)}
    with capsys.disabled():
        sys.stdout.write(f"\n{len(ACTIONS) - len(wrong)} of {len(ACTIONS)} corpus data actions validate\n")
    assert wrong == set(EXCEPTIONS)
    assert len(ACTIONS) == 156


def test_the_example_validates() -> None:
    document = json.loads((EXAMPLE / "lookup_customer.json").read_text(encoding="utf-8"))
    assert problems("action", document) == []
    assert problems("action", {"entities": [document]}) == []
    assert problems("action", [document]) == []


PLAIN: dict[str, Any] = {
    "name": "Fetch",
    "description": "…",
    "request": {
        "method": "GET",
        "url": "https://api.example.com/user-data?userId=${userId}",
        "headers": {"X-Key": "${key}"},
        "body": None,
        "timeout": 5000,
    },
    "response": {
        "statusCodes": [200],
        "body": {"mapping": [{"variableName": "userName", "jsonPath": "$.body.userName", "default": "x"}]},
    },
    "inputVariables": [{"name": "userId", "required": True}, {"name": "key", "type": "string"}],
    "outputVariables": [{"name": "userName", "description": "…"}],
}
NATIVE: dict[str, Any] = {
    "name": "Fetch",
    "integrationType": "custom-rest-actions",
    "actionType": "custom",
    "secure": False,
    "config": {
        "timeoutSeconds": 5,
        "request": {
            "requestUrlTemplate": "https://api.example.com/${input.x}",
            "requestType": "POST",
            "headers": {"Content-Type": "application/json"},
            "requestTemplate": "{}",
        },
        "response": {
            "translationMap": {"a": "$.a"},
            "translationMapDefaults": {"a": "1"},
            "successTemplate": '{"a": ${a}}',
        },
    },
    "contract": {
        "input": {"inputSchema": {"type": "object"}},
        "output": {"successSchema": {"type": "object"}},
    },
}


@pytest.mark.parametrize("document", [PLAIN, NATIVE], ids=["plain", "native"])
def test_right_documents(document: dict[str, Any]) -> None:
    assert problems("action", document) == []
    load_data_actions(json.dumps(document), file="x.json")


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The document with another value at a path; `...` removes it."""
    made = copy.deepcopy(document)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = made
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return made


WRONG: list[tuple[dict[str, Any], str, object]] = [
    (PLAIN, "name", ...),
    (PLAIN, "name", ""),
    (PLAIN, "name", 5),
    (PLAIN, "request.url", ...),
    (PLAIN, "request.url", 5),
    (PLAIN, "request.method", "FETCH"),
    (PLAIN, "request.timeout", "5s"),
    (PLAIN, "request.timeout", 60_001),
    (PLAIN, "request.headers", ["a"]),
    (PLAIN, "response.statusCodes.0", "200"),
    (PLAIN, "response.statusCodes.0", 99),
    (PLAIN, "response.body.mapping.0.variableName", "a-b"),
    (PLAIN, "response.body.mapping.0.jsonPath", ...),
    (PLAIN, "inputVariables.0.name", "a b"),
    (PLAIN, "inputVariables.0.required", "yes"),
    (PLAIN, "inputVariables.1.type", "text"),
    (PLAIN, "inputVariables", {}),
    (NATIVE, "name", ...),
    (NATIVE, "secure", "yes"),
    (NATIVE, "config.timeoutSeconds", 61),
    (NATIVE, "config.timeoutSeconds", 0),
    (NATIVE, "config.timeoutSeconds", "5"),
    (NATIVE, "config.request", []),
    (NATIVE, "config.request.requestType", "SEND"),
    (NATIVE, "config.request.requestTemplate", {"a": 1}),
    (NATIVE, "config.request.requestUrlTemplate", 5),
    (NATIVE, "config.response.translationMap", ["$.a"]),
    (NATIVE, "config.response.translationMap.a", {}),
    (NATIVE, "config.response.successTemplate", {}),
    (NATIVE, "contract.input.inputSchema", 5),
]
# Wrong to the schema, and no word of it from the loader: keys that mean nothing.
UNKNOWN: list[tuple[dict[str, Any], str]] = [
    (PLAIN, "request.uri"),
    (PLAIN, "response.status"),
    (PLAIN, "inputVariables.0.mandatory"),
    (NATIVE, "config.timeout"),
    (NATIVE, "config.request.url"),
    (NATIVE, "config.response.translationMaps"),
    (NATIVE, "contract.input.schema"),
]


@pytest.mark.parametrize(("document", "path", "value"), WRONG)
def test_mistakes_are_mistakes_of_the_loader_too(document: dict[str, Any], path: str, value: object) -> None:
    wrong = changed(document, path, value)
    assert problems("action", wrong) != []
    with pytest.raises(DefinitionError):
        load_data_actions(json.dumps(wrong), file="x.json")


@pytest.mark.parametrize(("document", "path"), UNKNOWN)
def test_unknown_keys(document: dict[str, Any], path: str) -> None:
    assert problems("action", changed(document, path, "x")) != []


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 100), st.text(max_size=3), st.just([]), st.just({"a": 1})
)
PLACES = [(PLAIN, path) for path in ("name", "description", "request.url", "request.method")]
PLACES += [(PLAIN, path) for path in ("request.timeout", "request.headers", "response.statusCodes")]
PLACES += [(NATIVE, path) for path in ("name", "integrationType", "secure", "config.timeoutSeconds")]
PLACES += [(NATIVE, f"config.request.{key}") for key in NATIVE["config"]["request"]]
PLACES += [(NATIVE, f"config.response.{key}") for key in NATIVE["config"]["response"]]


@given(st.sampled_from(PLACES), VALUES)
def test_what_the_schema_refuses_the_loader_refuses(place: tuple[dict[str, Any], str], value: object) -> None:
    document = changed(*place, value)
    if problems("action", document):
        with pytest.raises(DefinitionError):
            load_data_actions(json.dumps(document), file="x.json")


# ---- worlds

WORLD = """\
country: US
timeZone: America/New_York
queues:
  - VIP
  - {name: General, accepts: false}
users:
  Ann Lee: {email: ann.lee@example.com}
dataTables:
  Opening hours:
    key: site
    rows:
      - {site: main, open: true}
contacts:
  - {firstName: Alice, workPhone: "+15551234567"}
participantData:
  tier: gold
schedules:
  - {name: Lunch, days: [MO, tu, Wednesday], from: "12:00", to: "13:00"}
dataActions:
  Lookup Customer:
    file: lookup_customer.json
    reply: {status: 200, body: {a: 1}}
    credentials: {apiKey: secret}
    baseUrl: https://api.mypurecloud.com
  Other: other.json
hosts:
  https://crm.example.com: http://127.0.0.1:8086
"""
WORLD_MISTAKES: list[tuple[str, str]] = [
    ("queues:", "queue:"),
    ("country: US", "country: USA"),
    ("accepts: false", "accepts: never"),
    ("name: General, ", "nam: General, "),
    ("key: site", "keys: site"),
    ("      - {site", "        {site"),
    ("    reply:", "    replies:"),
    ("status: 200", "status: 20"),
    ("http://127.0.0.1:8086", "127.0.0.1:8086"),
    ("tier: gold", "tier: [gold]"),
    ("days: [MO", "days: [XX"),
    ("  - {firstName: Alice", "  - Alice # {"),
    ("dataActions:\n", "dataActions: []\nx:\n"),
]


def test_worlds_validate() -> None:
    for text in (WORLD, (EXAMPLE / "world.yaml").read_text(encoding="utf-8"), "", "queues:\n"):
        document = read_yaml(text, file="world.yaml").plain()
        assert problems("world", document) == []
        if "file:" not in text:
            world_loader.load_world(text, file="world.yaml")


@pytest.mark.parametrize(("right", "wrong"), WORLD_MISTAKES)
def test_mistakes_in_worlds(right: str, wrong: str) -> None:
    assert right in WORLD
    document = read_yaml(WORLD.replace(right, wrong, 1), file="world.yaml").plain()
    assert problems("world", document) != []


def keys_of(part: Any, schema: dict[str, Any], mark: str) -> set[str]:
    """The keys of the one object below a schema that has the key `mark`."""
    if isinstance(part, list):
        return set().union(*(keys_of(item, schema, mark) for item in part))
    if not isinstance(part, dict):
        return set()
    if "$ref" in part:
        return keys_of(schema["$defs"][part["$ref"].rpartition("/")[2]], schema, mark)
    own = part.get("properties", {})
    if mark in own:
        return set(own)
    return set().union(*(keys_of(member, schema, mark) for member in part.values()), set())


def test_the_loader_reads_what_the_table_of_facts_says() -> None:
    engine = Path(world_loader.__file__).parent
    text = "".join(
        (engine / f"{name}.py").read_text("utf-8") for name in ("calendars", "opening", "queueing")
    )
    text += (engine / "driver.py").read_text("utf-8") + (engine / "world.py").read_text("utf-8")
    for facts in FACTS.values():
        for key in facts:
            assert f'"{key}"' in text, key


def test_the_world_has_the_loaders_keys() -> None:
    made = world_schema()
    assert set(made["properties"]) == WORLD_KEYS["world"]
    found = {code: keys_of(made["properties"][section], made, "name") for section, code in SECTIONS.items()}
    levels = {"dataTable": "dataTables", "dataAction": "dataActions", "flow": "flows", "outcome": "outcomes"}
    marks = {"dataTable": "key", "dataAction": "file", "flow": "file", "outcome": "output"}
    found |= {
        level: keys_of(made["properties"][section], made, marks[level]) for level, section in levels.items()
    }
    found["reply"] = keys_of(made["properties"]["dataActions"], made, "status")
    assert found == {level: keys for level, keys in WORLD_KEYS.items() if level != "world"}
    for part in made["properties"].values():
        assert part["description"]

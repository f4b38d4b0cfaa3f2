"""The reference cases: real actions, realistic answers, results of the real Java engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringback.core.policies import Policies
from ringback.dataactions import (
    CannedTransport,
    Report,
    execute,
    integration_of,
    load_data_action,
    response_of,
)
from tests.corpus import CORPUS, needs_corpus

CASES = sorted((CORPUS / "data-action-cases").glob("*.case.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def run(path: Path, policies: Policies) -> tuple[Report, dict[str, Any]]:
    case = read(path)
    source = path.parent / case["action"]
    action = load_data_action(source.read_text(encoding="utf-8"), file=source.name)
    integration = integration_of({key: case[key] for key in ("credentials", "authResponse") if key in case})
    transport = CannedTransport([response_of(case["upstream"])])
    report = execute(action, case["input"], transport=transport, integration=integration, policies=policies)
    return report, read(path.with_name(path.name.replace(".case.", ".expected.")))


@needs_corpus
@pytest.mark.parametrize("strict", ["success_template", "never"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.split("__")[-1].removesuffix(".case.json"))
def test_case(path: Path, strict: str) -> None:
    report, expected = run(path, Policies({"strict_references": strict}))
    shown = report.to_dict(reveal=True)
    request = {key: expected["request"][key] for key in ("method", "url", "headers", "body")}
    assert {key: shown["request"][key] for key in request} == request
    assert shown["translated"] == expected["translated"]
    how = {name: entry["from"] for name, entry in shown["translated_how"].items()}
    assert how == {name: entry["from"] for name, entry in expected["translated_how"].items()}
    assert shown["success_text"] == expected["success_text"]
    if "output" in expected:
        assert shown["output"] == expected["output"]
        assert report.status == "success"
    else:
        assert report.status == "failure"
        assert shown["operations"][-1]["name"] == "Parse output"
    assert report.policies["strict_references"] == strict


@needs_corpus
def test_the_cases_are_there() -> None:
    assert len(CASES) >= 23


GUID = "11111111-2222-3333-4444-555555555555"
SAMPLES = {"string": "text", "integer": 7, "number": 1.5, "boolean": True}


def sample_inputs(contract: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, member in contract.get("properties", {}).items():
        kind = member.get("type", "string")
        sample = GUID if "pattern" in member else SAMPLES.get(kind, "text")
        found[name] = member["enum"][0] if "enum" in member else sample
    return found


@needs_corpus
@pytest.mark.parametrize(
    "path", sorted((CORPUS / "data-actions").glob("*.json")), ids=lambda path: path.stem.split("__", 1)[1]
)
def test_every_action_of_the_corpus_renders(path: Path) -> None:
    action = load_data_action(path.read_text(encoding="utf-8"), file=path.name)
    inputs = sample_inputs(dict(action.input_contract))
    credentials = integration_of({"credentials": {"loginUrl": "https://login.example.com"}})
    transport = CannedTransport([response_of({"status": 200, "body": {}})])
    report = execute(action, inputs, transport=transport, integration=credentials)
    names = [operation.name for operation in report.operations if operation.success]
    assert "Apply translation map" in names, report.error
    assert len(transport.requests) == 1

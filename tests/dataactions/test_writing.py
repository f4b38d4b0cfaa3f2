"""Printing and converting: nothing is lost in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ringback.core.errors import UsageError
from ringback.dataactions import load_data_action
from ringback.dataactions.writing import summary, summary_text, write
from tests.corpus import CORPUS, needs_corpus
from tests.dataactions.documents import EXPORT, PLAIN, action_of, changed

FILES = {"export": "a.json", "terraform": "a.tf", "plain": "a.json"}
SAME = ("name", "secure", "timeout", "request", "response", "input_contract", "output_contract")


@pytest.mark.parametrize("document", [EXPORT, PLAIN], ids=["export", "plain"])
def test_a_document_comes_back_as_it_was(document: dict[str, object]) -> None:
    action = action_of(document)
    text, diagnostics = write(action, action.form)
    assert json.loads(text) == document
    assert diagnostics == ()


def test_terraform_comes_back_as_it_was() -> None:
    source = write(action_of(EXPORT), "terraform")[0]
    action = load_data_action(f"# kept\n{source}", file="a.tf")
    assert write(action, "terraform") == (f"# kept\n{source}", ())


@pytest.mark.parametrize("form", ["export", "terraform"])
@pytest.mark.parametrize("document", [EXPORT, PLAIN], ids=["from export", "from plain"])
def test_native_forms_say_the_same(document: dict[str, object], form: str) -> None:
    action = action_of(document)
    text, diagnostics = write(action, form)
    back = load_data_action(text, file=FILES[form])
    lost = {item.message.partition(":")[0] for item in diagnostics}
    for field in SAME:
        if field == "response" and "response.statusCodes" in lost:
            assert back.response.success_template == action.response.success_template
        elif field == "request" and action.request.body is None:
            assert back.request.url == action.request.url
        else:
            assert getattr(back, field) == getattr(action, field), field


def test_what_cannot_be_said_is_said() -> None:
    action = action_of(PLAIN)
    messages = [item.message for item in write(action, "export")[1]]
    assert messages == [
        "description: export JSON has no description",
        "response.statusCodes: export JSON takes every 2xx for success, not only 200",
    ]
    action = action_of(changed(PLAIN, "request.timeout", 500))
    assert "request.timeout: the platform takes whole seconds from 1 to 60, not 0.5" in [
        item.message for item in write(action, "export")[1]
    ]
    native = action_of(
        changed(changed(EXPORT, "secure", True), "config.response.translationMapDefaults.points", "none")
    )
    found = [item.message for item in write(native, "plain")[1]]
    assert found == [
        "secure: the plain form does not say it",
        "config.response.translationMapDefaults: the default 'none' of points is null or no JSON",
    ]
    terraform = [item.message for item in write(action_of(EXPORT), "terraform")[1]]
    assert terraform == [
        "integrationType: the integration resource says 'custom-rest-actions', the action does not",
        "integrationId: declare var.integration_id",
    ]


def test_diagnostics_have_a_place() -> None:
    diagnostic = write(action_of(PLAIN), "export")[1][0]
    assert (diagnostic.code, diagnostic.severity, diagnostic.file, diagnostic.line) == (
        "RB190", "warning", "action.json", 3,
    )  # fmt: skip


def test_placeholders_are_named() -> None:
    source = 'resource "genesyscloud_integration_action" "x" {\n name = var.n\n}\n'
    diagnostics = write(load_data_action(source, file="x.tf"), "export")[1]
    assert [item.message for item in diagnostics] == [
        "TF_var_n stands for a Terraform reference without a value in the file"
    ]


def test_a_plain_twin_of_a_simple_native_action() -> None:
    document, diagnostics = write(action_of(EXPORT), "plain")
    assert diagnostics == ()
    back = load_data_action(document, file="p.json")
    for field in ("name", "integration_type", "timeout", "request"):
        assert getattr(back, field) == getattr(action_of(EXPORT), field)
    assert back.response.defaults == {"points": "0"}


def test_unknown_forms() -> None:
    with pytest.raises(UsageError, match="unknown form 'yaml'"):
        write(action_of(EXPORT), "yaml")


def test_summaries() -> None:
    shown = summary(action_of(EXPORT))
    assert shown["inputs"] == {"phone": "str"}
    assert shown["outputs"] == {"name": "str", "points": "int"}
    text = summary_text(action_of(EXPORT))
    assert "Look up customer\n  custom-rest-actions custom (export document)\n  POST https://crm" in text
    assert "    phone: str (required)" in text
    assert "    points = $.customer.points  default 0" in text


@needs_corpus
@pytest.mark.parametrize(
    "path", sorted((CORPUS / "data-actions").glob("*.json")), ids=lambda path: path.stem.split("__", 1)[1]
)
def test_the_corpus_survives_terraform(path: Path) -> None:
    action = load_data_action(path.read_text(encoding="utf-8"), file=path.name)
    assert json.loads(write(action, "export")[0]) == json.loads(path.read_text(encoding="utf-8"))
    text, diagnostics = write(action, "terraform")
    back = load_data_action(text, file="x.tf")
    said = " ".join(item.message for item in diagnostics)
    for field in SAME:
        if field.endswith("contract") and "contract:" in said:
            continue
        assert getattr(back, field) == getattr(action, field), field
    assert back.action_type == action.action_type or "actionType:" in said

"""`ringback draw` as people use it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.helpers import EXAMPLE, invoke

FLOW = EXAMPLE / "flow.yaml"


def test_mermaid_on_standard_output() -> None:
    outcome = invoke("draw", FLOW)
    assert outcome.code == 0
    assert outcome.out.startswith("flowchart TD\n")
    assert outcome.out.endswith("\n")
    assert outcome.err == ""


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.HTM"])
def test_a_picture_and_a_page(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    outcome = invoke("draw", FLOW, "-o", target)
    assert (outcome.code, outcome.out) == (0, "")
    root = ElementTree.fromstring(target.read_text(encoding="utf-8"))
    assert root.tag.endswith("svg" if name.endswith("svg") else "html")


def test_mermaid_in_a_file(tmp_path: Path) -> None:
    target = tmp_path / "a.mmd"
    assert invoke("draw", FLOW, "--output", target).code == 0
    assert target.read_text(encoding="utf-8") == invoke("draw", FLOW).out


@pytest.mark.parametrize("form", ["json", "events"])
def test_the_path_of_a_run(tmp_path: Path, form: str) -> None:
    trace, target = tmp_path / "run.json", tmp_path / "a.svg"
    run = invoke("run", FLOW, "--from", "+15559876543", "--caller", "press 9", "--output-format", form)
    trace.write_text(run.out, encoding="utf-8")
    assert invoke("draw", FLOW, "--trace", trace, "-o", target).code == 0
    svg = target.read_text(encoding="utf-8")
    assert 'class="ringback traced"' in svg
    assert 'class="badge"' in svg


def test_a_flow_with_substitutions(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text(
        FLOW.read_text(encoding="utf-8").replace("Harbor Travel", "{{company}}"), encoding="utf-8"
    )
    assert "Welcome to Blue Sky" in invoke("draw", flow, "--substitute", "company=Blue Sky").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["-o", "a.png"],
            "error: a.png has no ending that says what to draw\n  hint: known endings: .svg, .html",
        ),
        (["-o", "no/such/folder/a.svg"], "error: no/such/folder/a.svg cannot be written: "),
        (["--trace", "nowhere.json"], "error: there is no file nowhere.json"),
        (["--trace", str(FLOW)], "flow.yaml is no trace of a run"),
        (["--substitute", "x"], "error: --substitute 'x' is not NAME=VALUE"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    outcome = invoke("draw", FLOW, *arguments)
    assert outcome.code == 2
    assert message in outcome.err


def test_a_wrong_document(tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text("inboundCall: 3\n", encoding="utf-8")
    assert invoke("draw", flow).code == 1

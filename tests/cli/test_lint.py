"""`ringback lint`: files and folders, forms, exit codes, fixes in place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringback.cli.lint import lint
from tests.lint.cases import PROJECT, document, text_of

BODY = "config/request/requestTemplate"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(lint, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project: an error, a warning, a clean action, and files that are none of our business."""
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions" / "error.json").write_text(text_of("RB126", "bad"))
    (tmp_path / "actions" / "warning.json").write_text(text_of("RB113", "bad"))
    (tmp_path / "actions" / "clean.json").write_text(text_of("RB113", "good"))
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "notes.txt").write_text("not even looked at")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "error.json").write_text(text_of("RB126", "bad"))
    return tmp_path


def test_a_folder(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 1
    assert result.output.split("\n\n")[-1] == (
        "3 documents checked: 1 error, 1 warning; --fix can repair 1; 1 other file skipped\n"
    )
    assert f"{folder / 'actions' / 'error.json'}:21:42: error RB126:" in result.output


@pytest.mark.parametrize(
    ("file", "options", "code"),
    [
        ("clean.json", (), 0),
        ("warning.json", (), 0),
        ("warning.json", ("--fail-on", "warning"), 1),
        ("warning.json", ("--fail-on", "warning", "--ignore", "RB113"), 0),
        ("error.json", (), 1),
        ("error.json", ("--select", "RB113"), 0),
        ("error.json", ("--ignore", "RB12"), 0),
        ("missing.json", (), 2),
        ("error.json", ("--select", "RB999"), 2),
        ("error.json", ("--output-format", "yaml"), 2),
    ],
)
def test_exit_codes(folder: Path, file: str, options: tuple[str, ...], code: int) -> None:
    assert run(folder / "actions" / file, *options).exit_code == code


def test_json_is_one_list_over_all_files(folder: Path) -> None:
    result = run(folder, "--output-format", "json")
    entries = json.loads(result.output)
    assert [(entry["code"], Path(entry["file"]).name, entry["severity"]) for entry in entries] == [
        ("RB126", "error.json", "error"),
        ("RB113", "warning.json", "warning"),
    ]
    assert entries[1]["fix"]["edits"] == [
        {"line": 12, "column": 44, "end_line": 12, "end_column": 57, "text": "$esc.jsonString(${input.name})"}
    ]


def test_sarif_and_github(folder: Path) -> None:
    log = json.loads(run(folder, "--output-format", "sarif").output)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["RB126", "RB113"]
    lines = run(folder, "--output-format", "github").stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning"]
    assert run(folder / "actions" / "clean.json", "--output-format", "github").stdout == ""


def test_fixes_in_place_and_keeps_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    text = document((BODY, '{"name": "${input.name}", "age": ${input.age}}')).replace("\n", "\r\n")
    file.write_bytes(text.encode())
    result = run(file, "--fix")
    assert (result.exit_code, result.output) == (0, "1 document checked: no findings; 1 finding fixed\n")
    assert file.read_bytes().decode() == text.replace("${input.name}", "$esc.jsonString(${input.name})")
    before = file.stat().st_mtime_ns
    assert run(file, "--fix").output == "1 document checked: no findings\n"
    assert file.stat().st_mtime_ns == before


def test_fixes_only_what_is_selected(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(text_of("RB113", "bad"))
    run(file, "--fix", "--ignore", "RB113")
    assert file.read_text() == text_of("RB113", "bad")


def test_a_file_that_is_no_text_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe{}")
    result = run(tmp_path / "a.json")
    assert result.exit_code == 2
    assert "no UTF-8 text: the byte 0xff in line 1, column 1" in result.stderr


def test_each_file_is_checked_once(folder: Path) -> None:
    file = folder / "actions" / "error.json"
    assert run(folder, file).output.count("error RB126") == 1


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Flows, the data action that they call, and their world."""
    for code in ("RB353", "RB360", "RB383"):
        (tmp_path / f"{code}.yaml").write_text(text_of(code, "bad"))
    for name, text in PROJECT:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "ci.yaml").write_text("jobs: {}\n")
    return tmp_path


def said(result: Result) -> list[str]:
    return sorted(item["code"] for item in json.loads(result.output) if item["severity"] != "info")


def test_a_project_is_linted_together(project: Path) -> None:
    result = run(project, "--output-format", "json")
    assert (said(result), result.exit_code) == (["RB353", "RB360"], 1)


def test_a_flow_alone_knows_no_contract_and_no_world(project: Path) -> None:
    assert said(run(project / "RB353.yaml", project / "RB360.yaml", "--output-format", "json")) == []


def test_what_is_named_is_linted_once_and_counted(project: Path) -> None:
    last = run(project, project / "RB360.yaml").output.splitlines()[-1]
    assert last.startswith("5 documents checked: 2 errors; ")
    assert last.endswith("--fix can repair 1; 1 other file skipped")


@pytest.mark.parametrize(
    ("silence", "codes"),
    [("8s", ["RB383"]), ("8000ms", ["RB383"]), ("1m", []), ("60", []), ("59", ["RB383"])],
)
def test_the_longest_silence(project: Path, silence: str, codes: list[str]) -> None:
    file = project / "RB383.yaml"
    assert said(run(file, "--max-silence", silence, "--output-format", "json")) == codes


@pytest.mark.parametrize("silence", ["soon", "-1s", ""])
def test_no_length_of_time(project: Path, silence: str) -> None:
    result = run(project, "--max-silence", silence)
    assert result.exit_code == 2
    assert "is no length of time" in result.output


def test_fixes_that_need_the_project(project: Path) -> None:
    run(project, "--fix")
    fixed = (project / "RB353.yaml").read_text()
    assert fixed == text_of("RB353", "bad").replace("Status:\n", "status:\n", 1)
    assert said(run(project, "--output-format", "json")) == ["RB360"]


def test_an_export_is_known_by_its_name_in_a_folder(project: Path) -> None:
    (project / "Main.i3InboundFlow").write_text("bm8gZmxvdw==")
    assert run(project / "Main.i3InboundFlow").exit_code == 2
    assert "2 other files skipped" in run(project).output


def test_a_named_file_that_is_nothing_to_check_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text("{}")
    result = run(file)
    assert result.exit_code == 2
    assert f"not checked, because it is no flow, data action or world: {file}" in result.stderr
    assert run(tmp_path).exit_code == 0


TEMPLATE = """inboundCall:
  name: F
  startUpRef: "./tasks/task[a]"
  defaultLanguage: en-us
  tasks:
    - task:
        name: a
        refId: a
        actions:
          - transferToAcd: {name: Go, targetQueue: {lit: {name: "{{queue}}"}}}
"""


def test_substitutions(tmp_path: Path) -> None:
    flow, world = tmp_path / "f.yaml", tmp_path / "world.yaml"
    flow.write_text(TEMPLATE, encoding="utf-8")
    world.write_text("queues: [VIP]\n", encoding="utf-8")
    assert "'queue'" in run(flow, world).output
    again = run(flow, world, "--substitute", "queue=Sales").output
    assert "'Sales'" in again
    assert "Sales" not in run(flow, world, "--substitute", "queue=VIP").output
    assert run(flow, "--substitute", "queue").exit_code == 2


def test_a_world_may_have_every_section(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("queues: []\nflows: []\noutcomes: {}\n", encoding="utf-8")
    assert run(world).exit_code == 0

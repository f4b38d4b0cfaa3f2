"""`ringback convert`: what it writes, where, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ringback.cli.main import cli
from ringback.flows.loaders import load_flow
from tests.flows.exports import act, audio, box, encoded, flow

ARCHY = """inboundCall:
  name: F
  startUpRef: ./tasks/task[a]
  tasks:
    - task:
        name: a
        actions:
          - playAudio: {name: Say, audio: {tts: "{{hello}}"}}
          - callTask: {name: Call, targetTaskRef: "./tasks/task[a]"}
"""


def convert(*args: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["convert", *map(str, args)])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small `.i3` file."""
    say = act(
        "a", "PlayAudio", name="Say", prompts=audio('AudioPlaybackOptions(ToAudioTTS("yes"), true)'), then="b"
    )
    path = tmp_path / "x.i3InboundFlow"
    path.write_text(encoded(flow(box(say, act("b", "Disconnect")))), encoding="utf-8")
    return path


def test_to_archy_on_stdout(export: Path) -> None:
    result = convert(export, "--to", "archy")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("inboundCall:\n  name: F\n")
    assert 'tts: "yes"' in result.stdout


def test_to_plain_in_a_file(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    result = convert(export, "--to", "plain", "-o", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert [item["name"] for item in json.loads(out.read_text(encoding="utf-8"))["actions"]] == ["Say", "b"]
    assert load_flow(out.read_text(encoding="utf-8"), file="x").form == "plain"


def test_steps_to_plain_actions(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    step = {"type": "data-action", "name": "A", "settings": {"timeout": 3}}
    path.write_text(json.dumps({"version": 1, "name": "S", "steps": [step]}), encoding="utf-8")
    result = convert(path, "--to", "plain")
    assert (result.exit_code, result.stderr) == (0, "")
    (action,) = json.loads(result.stdout)["actions"]
    assert (action["type"], action["timeout"]) == ("callData", {"lit": {"ms": 3000}})


def test_back_to_archy(export: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    convert(export, "--to", "plain", "-o", out)
    result = convert(out, "--to", "archy")
    assert result.exit_code == 0
    assert "playAudio:" in result.stdout


def test_substitutions(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(ARCHY, encoding="utf-8")
    assert "tts: Hi" in convert(path, "--to", "archy", "--substitute", "hello=Hi").stdout
    without = convert(path, "--to", "archy")
    assert "tts: hello" in without.stdout
    assert "warning RB029" in without.stderr


def test_what_the_form_cannot_say_is_not_written(tmp_path: Path) -> None:
    path, out = tmp_path / "f.yaml", tmp_path / "f.json"
    path.write_text(ARCHY, encoding="utf-8")
    result = convert(path, "--to", "plain", "--substitute", "hello=Hi", "-o", out)
    assert result.exit_code == 1
    assert "f.yaml:9:13: error RB045: the action 'Call' (callTask) cannot be written" in result.stderr
    assert not out.exists()


def test_a_data_action_has_a_command_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"name": "A", "contract": {}, "config": {}}', encoding="utf-8")
    result = convert(path, "--to", "plain")
    assert result.exit_code == 2
    assert "is a data action, not a flow" in result.stderr
    assert f"hint: ringback action convert {path}" in result.stderr


@pytest.mark.parametrize(
    ("content", "args", "code", "message"),
    [
        ("inboundCall: [", ["--to", "archy"], 1, "error RB010"),
        ("JTdCJTIy", ["--to", "archy"], 1, "error RB013"),
        ("{}", [], 2, "Missing option '--to'"),
        ("{}", ["--to", "xml"], 2, "is not one of 'archy', 'plain'"),
    ],
)
def test_wrong_documents_and_usage(
    tmp_path: Path, content: str, args: list[str], code: int, message: str
) -> None:
    path = tmp_path / "f"
    path.write_text(content, encoding="utf-8")
    result = convert(path, *args)
    assert (result.exit_code, message in result.stderr) == (code, True)


def test_files(export: Path, tmp_path: Path) -> None:
    assert convert(tmp_path / "no", "--to", "archy").exit_code == 2
    same = convert(export, "--to", "archy", "-o", export)
    assert (same.exit_code, "the output is the file that is read" in same.stderr) == (2, True)
    nowhere = convert(export, "--to", "archy", "-o", tmp_path / "no" / "x.yaml")
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (2, True)


def test_an_export_runs(export: Path) -> None:
    result = CliRunner().invoke(cli, ["run", str(export)])
    assert result.exit_code == 0
    assert "flow: yes" in result.stdout

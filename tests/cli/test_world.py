"""`ringback world`: where it writes, what it refuses, and that a run takes the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helpers import EXAMPLE, invoke

BOT = """botFlow:
  name: Ask
  defaultLanguage: en-us
  startUpRef: "./bots/bot[a]"
  bots:
    - bot:
        name: a
        refId: a
        actions:
          - exitBotFlow: {name: Out}
"""
MAIN = """inboundCall:
  name: Main
  startUpRef: "./tasks/task[a]"
  defaultLanguage: en-us
  tasks:
    - task:
        name: a
        refId: a
        actions:
          - callBotFlow: {name: Bot, inputText: {noValue: true}, botFlow: {Ask: {ver_latestPublished: {}}}}
          - transferToAcd: {name: Go, targetQueue: {lit: {name: "{{queue}}"}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "main.yaml").write_text(MAIN, encoding="utf-8")
    (tmp_path / "flows" / "bot.yaml").write_text(BOT, encoding="utf-8")
    return tmp_path


def test_two_flows_in_one_world(folder: Path) -> None:
    main, bot, out = folder / "flows" / "main.yaml", folder / "flows" / "bot.yaml", folder / "world.yaml"
    written = invoke("world", main, bot, "-o", out, "--substitute", "queue=VIP")
    assert (written.code, written.out, written.err) == (0, "", "")
    text = out.read_text(encoding="utf-8")
    assert "  Ask: flows/bot.yaml" in text
    assert "{name: VIP, accepts: true}" in text
    ran = invoke("run", main, "--world", out, "--substitute", "queue=VIP", "--output-format", "json")
    assert (ran.code, ran.json["warnings"]) == (0, [])
    assert ran.events("flow_called")


def test_a_file_that_exists_is_kept(folder: Path) -> None:
    main, out = folder / "flows" / "main.yaml", folder / "world.yaml"
    out.write_text("mine", encoding="utf-8")
    refused = invoke("world", main, "-o", out)
    assert (refused.code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert f"error: {out} exists\n  hint: choose another name, or add --force to replace it" in refused.err
    assert invoke("world", main, "-o", out, "--force").code == 0
    assert out.read_text(encoding="utf-8").startswith("# The organisation around:")
    assert invoke("world", main, "--force").code == 2


def test_on_stdout_with_a_warning_for_names_without_a_value(folder: Path) -> None:
    shown = invoke("world", folder / "flows" / "main.yaml")
    assert shown.code == 0
    assert "{name: queue, accepts: true}" in shown.out
    assert "warning RB029" in shown.err
    assert invoke("world").code == 2
    assert invoke("world", folder / "gone.yaml").code == 2


def test_the_example_runs_in_its_starter_world(tmp_path: Path) -> None:
    out = tmp_path / "world.yaml"
    assert invoke("world", EXAMPLE / "flow.yaml", "-o", out).code == 0
    ran = invoke(
        "run", EXAMPLE / "flow.yaml", "--world", out, "--from", "+15551234567", "--output-format", "json"
    )
    assert (ran.code, ran.json["warnings"]) == (0, [])

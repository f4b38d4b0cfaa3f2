"""docs/data-actions.md says what is true: its example runs, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ringback.cli.action import action
from ringback.dataactions.execute import STEP_NAMES
from ringback.dataactions.faults import FAULT_KINDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "data-actions.md").read_text(encoding="utf-8")


def test_the_worked_failure_is_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in re.findall(r"`(\w+\.json)`:\n\n```json\n(.*?)```", TEXT, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = re.search(r"```console\n\$ ringback action (.*?)\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    result = CliRunner().invoke(action, found.group(1).split())
    assert result.exit_code == 1

    def timeless(text: str) -> str:
        return re.sub(r"failure in [\d.]+ ms *│", "failure │", text)

    assert timeless(result.stdout) == timeless(found.group(2))


@pytest.mark.parametrize("number", range(1, 14))
def test_every_step_is_described(number: int) -> None:
    assert f"| {number} | {STEP_NAMES[number - 1]} |" in TEXT


@pytest.mark.parametrize(
    "word",
    [
        *FAULT_KINDS,
        "strict_references",
        "invalid_json_path",
        "empty_response",
        "failure_statuses",
        "redirects",
    ],
)
def test_every_fault_and_policy_is_described(word: str) -> None:
    assert f"`{word}" in TEXT


@pytest.mark.parametrize("name", sorted(option for p in action.commands["run"].params for option in p.opts))
def test_every_option_of_run_is_described(name: str) -> None:
    if name.startswith("--"):
        assert f"`{name}" in TEXT or f" {name} " in TEXT

"""`ringback timeouts`."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.helpers import EXAMPLE, ROOT, invoke
from tests.corpus import CORPUS, needs_corpus

LISTED = """\
Customer Lookup: 1 data action step
  step                                      timeout  from               worst wait  where
 Look up the caller
  Lookup Customer                               1 s  the step                  1 s  flow.yaml:196
Longest wait for data actions on one way through the flow: 1 s
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    for name in ("flow.yaml", "flow.plain.json"):
        shutil.copy(EXAMPLE / name, tmp_path / name)
    return tmp_path / "flow.yaml"


def test_text() -> None:
    done = invoke("timeouts", EXAMPLE / "flow.yaml")
    assert (done.code, done.out, done.err) == (0, LISTED, "")
    assert max(len(line) for line in done.out.splitlines()) <= 100


def test_the_page_shows_real_output() -> None:
    page = (ROOT / "docs" / "timeouts.md").read_text(encoding="utf-8")
    assert f"$ ringback timeouts examples/customer_lookup/flow.yaml\n{LISTED}```" in page


def test_names_that_several_steps_have(tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    steps = [{"type": "data-action", "name": "Get", "settings": {"timeout": 5}}] * 2
    file.write_text(json.dumps({"name": "S", "steps": steps}), encoding="utf-8")
    refused = invoke("timeouts", file, "--set", "Get=10s")
    assert (refused.code, "Get#/steps/0  (line 1)\n    Get#/steps/1" in refused.err) == (2, True)
    assert invoke("timeouts", file, "--set", "Get#/steps/1=10s").code == 0
    assert [step["settings"]["timeout"] for step in json.loads(file.read_text("utf-8"))["steps"]] == [5, 10]
    assert invoke("timeouts", file, "--set", "Get=20s", "--all").code == 0
    assert [step["settings"]["timeout"] for step in json.loads(file.read_text("utf-8"))["steps"]] == [20, 20]


def test_json(flow: Path) -> None:
    done = invoke("timeouts", flow, "--output-format", "json")
    assert done.json == {
        "flow": {"name": "Customer Lookup", "form": "archy", "source": str(flow)},
        "steps": [
            {
                "id": "Look up the caller_10#1",
                "name": "Lookup Customer",
                "container": "Look up the caller",
                "type": "callData",
                "calls": "Lookup Customer",
                "timeout_s": 1.0,
                "source": "step",
                "expression": None,
                "data_action_timeout_s": None,
                "worst_wait_s": 1.0,
                "cycle": False,
                "computed_loop": False,
                "file": str(flow),
                "line": 196,
                "column": 13,
            }
        ],
        "longest_wait_s": 1.0,
    }


def test_the_world_knows_the_data_actions_own_limit(flow: Path) -> None:
    action = json.loads((EXAMPLE / "lookup_customer.json").read_text(encoding="utf-8"))
    action["config"]["timeoutSeconds"] = 3
    (flow.parent / "action.json").write_text(json.dumps(action), encoding="utf-8")
    world = flow.parent / "world.yaml"
    world.write_text("dataActions: {lookup customer: action.json}\n", encoding="utf-8")
    invoke("timeouts", flow, "--set", "Lookup Customer=20s")
    done = invoke("timeouts", flow)
    assert "20 s  the step                  3 s" in done.out
    assert "the data action gives up after 3 s: Failure, not Timeout" in done.out
    other = flow.parent / "other.yaml"
    other.write_text("queues: [VIP]\n", encoding="utf-8")
    assert "gives up" not in invoke("timeouts", flow, "--world", other).out


def test_set_changes_one_line(flow: Path) -> None:
    before = flow.read_text(encoding="utf-8")
    flow.chmod(0o640)
    done = invoke("timeouts", flow, "--set", "Lookup Customer=10s")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"Lookup Customer: 1 s is now 10 s ({flow}:196)\n"
    assert flow.read_text(encoding="utf-8") == before.replace(
        "              timeout:\n                lit:\n                  seconds: 1\n",
        "              timeout:\n                lit:\n                  seconds: 10\n",
    )
    assert flow.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in flow.parent.iterdir()) == ["flow.plain.json", "flow.yaml"]


def test_dry_run_writes_nothing(flow: Path) -> None:
    before = flow.read_bytes()
    done = invoke("timeouts", flow, "--set", "Lookup Customer=10s", "--dry-run")
    assert done.code == 0
    assert "-                  seconds: 1\n+                  seconds: 10\n" in done.out
    assert "1 s would be 10 s" in done.err
    assert flow.read_bytes() == before


def test_json_of_a_change(flow: Path) -> None:
    done = invoke("timeouts", flow, "--set", "Lookup Customer=10s", "--output-format", "json")
    assert done.json["written"] is True
    assert done.json["steps"][0]["timeout_s"] == 10.0
    assert done.json["changes"] == [
        {"id": "Look up the caller_10#1", "name": "Lookup Customer", "line": 196, "from_s": 1.0, "to_s": 10.0}
    ]
    again = invoke("timeouts", flow, "--set", "Lookup Customer=10s", "--output-format", "json")
    assert again.json["written"] is False


def test_a_byte_order_mark_and_line_ends_stay(flow: Path) -> None:
    text = flow.read_text(encoding="utf-8")
    flow.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert invoke("timeouts", flow, "--set", "Lookup Customer=10s").code == 0
    wanted = text.replace("\n                  seconds: 1\n", "\n                  seconds: 10\n")
    assert flow.read_bytes() == b"\xef\xbb\xbf" + wanted.replace("\n", "\r\n").encode()


def test_a_link_stays_a_link(flow: Path) -> None:
    link = flow.parent / "link.yaml"
    link.symlink_to(flow)
    invoke("timeouts", link, "--set", "Lookup Customer=10s")
    assert link.is_symlink()
    assert "seconds: 10" in flow.read_text(encoding="utf-8")


def test_the_plain_form(flow: Path) -> None:
    plain = flow.parent / "flow.plain.json"
    before = plain.read_text(encoding="utf-8")
    assert invoke("timeouts", plain, "--set", "Lookup Customer=2500ms").code == 0
    assert plain.read_text(encoding="utf-8") == before.replace('"timeout": 1000', '"timeout": 2500')


WRONG = [
    (["--set", "Look=5s"], "there is no data action step 'Look'; there are: 'Lookup Customer'"),
    (["--set", "Lookup Customer=61s"], "61 s is not allowed for 'Lookup Customer': a timeout is 1 s to 60 s"),
    (["--set", "Lookup Customer=0s"], "0 s is not allowed for 'Lookup Customer': a timeout is 1 s to 60 s"),
    (["--set", "Lookup Customer=20s", "--allow-range", "1s..15s"], "a timeout is 1 s to 15 s"),
    (["--set", "Lookup Customer=20s", "--allow-range", "15s"], "--allow-range '15s' is no range"),
    (["--all"], "--all does nothing without --set"),
    (["--dry-run"], "--dry-run does nothing without --set"),
    (["--allow-range", "1s..2s"], "--allow-range does nothing without --set"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_wrong_usage(flow: Path, options: list[str], message: str) -> None:
    before = flow.read_bytes()
    done = invoke("timeouts", flow, *options)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert flow.read_bytes() == before


def test_files_that_cannot_be_used(flow: Path) -> None:
    missing = invoke("timeouts", flow.parent / "none.yaml")
    assert (missing.code, "there is no file" in missing.err) == (2, True)
    binary = flow.parent / "binary"
    binary.write_bytes(b"\xff\xfe")
    assert "is no UTF-8 text" in invoke("timeouts", binary).err
    broken = flow.parent / "broken.yaml"
    broken.write_text("inboundCall: 5\n", encoding="utf-8")
    assert invoke("timeouts", broken).code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(flow: Path) -> None:
    flow.parent.chmod(0o500)
    try:
        done = invoke("timeouts", flow, "--set", "Lookup Customer=10s")
    finally:
        flow.parent.chmod(0o700)
    assert (done.code, "cannot be written" in done.err) == (2, True)


def test_a_flow_that_calls_nothing(flow: Path) -> None:
    flow.write_text('{"name": "N", "steps": []}', encoding="utf-8")
    assert invoke("timeouts", flow).out == "N: 0 data action steps\n"


@needs_corpus
def test_an_export_lists_and_is_not_changed() -> None:
    path = next(
        path
        for path in sorted((CORPUS / "flow-exports").glob("*.i3*"))
        if invoke("timeouts", path, "--output-format", "json").json["steps"]
    )
    listed = invoke("timeouts", path)
    assert listed.code == 0
    assert max(len(line) for line in listed.out.splitlines()) <= 100
    name = invoke("timeouts", path, "--output-format", "json").json["steps"][0]["name"]
    done = invoke("timeouts", path, "--set", f"{name}=10s", "--all")
    assert (done.code, "is an export" in done.err) == (2, True)


@needs_corpus
def test_lines_of_every_corpus_flow_fit() -> None:
    for path in sorted((CORPUS / "flows").glob("*.yaml")):
        done = invoke("timeouts", path)
        assert done.code == 0
        assert max(len(line) for line in done.out.splitlines()) <= 100

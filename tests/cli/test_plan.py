"""`ringback plan`, `apply`, `pull` and `timeouts --org`: what people see, and exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.helpers import EXAMPLE, Outcome, invoke
from tests.cloud.organisations import ANA, FLOWS, colleague, ours, platform
from tests.platform.conftest import Server

SETTINGS = """\
integrations: [{name: CRM, type: custom-rest-actions}]
queues: [VIP, Bookings, General]
"""


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with platform(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(EXAMPLE / "flow.yaml", tmp_path)
    shutil.copy(EXAMPLE / "lookup_customer.json", tmp_path)
    (tmp_path / "ringback.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


class Here:
    def __init__(self, server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
        cache = str(tmp_path_factory.mktemp("cache"))
        self.env = {"GENESYSCLOUD_BASE_URL": server.origin, "XDG_CACHE_HOME": cache}

    def __call__(self, *arguments: str | Path) -> Outcome:
        return invoke(*arguments, env=self.env)


@pytest.fixture
def run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Here:
    return Here(server, tmp_path_factory)


def test_from_nothing_to_nothing_to_do(run: Here, folder: Path, server: Server) -> None:
    first = run("plan", folder, "--detailed-exitcode")
    assert first.code == 2
    lines = first.out.splitlines()
    assert lines[0] == f"Plan for ringback local at {server.origin}"
    assert lines[-1] == "6 to create, 0 to change, 0 as they should be"
    assert max(map(len, lines)) <= 100
    assert run("plan", folder).code == 0
    asked = run("apply", folder)
    assert (asked.code, asked.err) == (
        2,
        "error: nobody can be asked here\n  hint: add --yes, after reading `ringback plan`\n",
    )
    done = run("apply", folder, "--yes")
    assert (done.code, done.out.splitlines()[-2:]) == (
        0,
        ["[6/6] flow Customer Lookup: created as version 1.0", "Done: 6 changes."],
    )
    assert run("plan", folder, "--detailed-exitcode").code == 0
    assert run("apply", folder).out.splitlines()[-1] == "Nothing to do."
    assert "= queue VIP  as it should be" in run("plan", folder, "--all").out


def test_a_change_in_every_format(run: Here, folder: Path) -> None:
    run("apply", folder, "-y")
    file = folder / "lookup_customer.json"
    file.write_text(file.read_text().replace("api/v1/lookup", "api/v2/lookup"), encoding="utf-8")
    text = run("plan", folder).out
    assert "~ url: https://crm.example.com/api/v1/lookup → https://crm.example.com/api/v2/lookup" in text
    document = run("plan", folder, "--output-format", "json").json
    (step,) = [step for step in document["steps"] if step["action"] != "none"]
    assert (step["kind"], step["action"], step["version"], step["file"]) == (
        "data action",
        "change",
        "1",
        "lookup_customer.json",
    )
    assert step["changes"][0]["path"] == ["url"]
    assert document["counts"] == {"create": 0, "change": 1, "none": 5, "blocked": 0}
    markdown = run("plan", folder, "--output-format", "markdown").out
    assert "| `~` | data action | Lookup Customer | change over 1 | lookup_customer.json |" in markdown
    report = run("apply", folder, "-y", "--output-format", "json").json
    assert [(done["name"], done["result"]) for done in report["done"]] == [
        ("Lookup Customer", "published as version 2")
    ]
    assert (report["failed"], report["left"]) == (None, [])


def test_exactly_the_plan_that_was_read(run: Here, folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "plan.out"
    assert run("plan", folder, "-o", saved).code == 0
    (folder / "ringback.yaml").write_text(SETTINGS.replace("VIP, ", "VIP, Extra, "), encoding="utf-8")
    stale = run("apply", folder, "--plan", saved, "-y")
    assert (stale.code, "is out of date" in stale.err) == (2, True)
    (folder / "ringback.yaml").write_text(SETTINGS, encoding="utf-8")
    assert run("apply", folder, "--plan", saved, "-y").code == 0
    assert "is no plan" in run("apply", folder, "--plan", folder / "flow.yaml", "-y").err


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("flow.yaml", "seconds: 15", "seconds: 16"),
        ("lookup_customer.json", "api/v1/lookup", "api/v9/lookup"),
        ("ringback.yaml", "queues:", "division: Elsewhere\nqueues:"),
    ],
)
def test_what_is_created_is_what_was_read(
    run: Here, folder: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    """Of what is created a plan has no changes: what its file says counts."""
    saved = tmp_path / "plan.out"
    assert run("plan", folder, "-o", saved).code == 0
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    stale = run("apply", folder, "--plan", saved, "-y")
    assert (stale.code, "is out of date" in stale.err) == (2, True)


def test_an_empty_folder_says_so(run: Here, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = run("plan", tmp_path / "empty", "--detailed-exitcode")
    assert (found.code, found.err) == (0, "the project has no flows, data actions, data tables or queues\n")


def test_a_plan_is_for_one_organisation(run: Here, folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "plan.out"
    assert run("plan", folder, "-o", saved).code == 0
    document = json.loads(saved.read_text(encoding="utf-8"))
    document["organisation"] = "Another at https://api.mypurecloud.ie"
    saved.write_text(json.dumps(document), encoding="utf-8")
    found = run("apply", folder, "--plan", saved, "-y")
    assert (found.code, "is a plan for Another at https://api.mypurecloud.ie, not" in found.err) == (2, True)


def test_blocked(run: Here, folder: Path) -> None:
    (folder / "ringback.yaml").write_text("{}", encoding="utf-8")
    found = run("plan", folder, "--detailed-exitcode")
    assert (found.code, found.out.splitlines()[-1]) == (
        1,
        "0 to create, 0 to change, 0 as they should be, 2 blocked",
    )
    done = run("apply", folder, "-y")
    assert (done.code, done.err) == (
        1,
        "Nothing was done: correct what is blocked, or leave it out with --select.\n",
    )


def test_a_failure_says_what_was_done_and_how_to_go_on(run: Here, folder: Path, server: Server) -> None:
    with ours(server) as cloud:
        rule = {
            "kind": "status",
            "status": 400,
            "method": "POST",
            "path": "/api/v2/routing/queues",
            "skip": 1,
        }
        cloud.post("/_ringback/faults", rule)
        failed = run("apply", folder, "-y")
        cloud.delete("/_ringback/faults")
    assert failed.code == 3
    assert "Stopped at the queue Bookings: " in failed.err
    assert "Done before: 2. Not begun: 3" in failed.err
    assert failed.err.splitlines()[-1].startswith("Apply again goes on from here")
    assert run("apply", folder, "-y").out.splitlines()[-1] == "Done: 4 changes."


def test_a_lock_is_taken_over_by_name_only(run: Here, folder: Path, server: Server) -> None:
    run("apply", folder, "-y")
    with colleague(server) as ana:
        (flow,) = [body for body in ana.entities(FLOWS) if body["name"] == "Customer Lookup"]
        ana.post(f"{FLOWS}/actions/checkout", query={"flow": flow["id"]})
    text = (folder / "flow.yaml").read_text()
    (folder / "flow.yaml").write_text(text.replace("seconds: 1\n", "seconds: 2\n"), encoding="utf-8")
    blocked = run("apply", folder, "-y")
    assert (blocked.code, f"it is locked by {ANA}" in blocked.out) == (1, True)
    assert f"--take-over '{ANA}'" in blocked.out
    assert run("apply", folder, "-y", "--take-over", "Bo").code == 1
    assert run("apply", folder, "-y", "--take-over", ANA).code == 0
    back = run("apply", "--rollback", "Customer Lookup", "-y")
    assert back.out.splitlines()[-1] == "flow Customer Lookup: published as version 3.0"
    found: Any = run("apply", "--rollback", flow["id"], "--to", "1", "-y", "--output-format", "json").json
    assert (found["from"], found["to"], found["published"]) == ("3.0", "1.0", "4.0")
    assert run("apply", folder, "--to", "1").code == 2


def test_pull(run: Here, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    run("apply", folder, "-y")
    there = tmp_path_factory.mktemp("there")
    first = run("pull", there)
    assert (first.code, first.out.splitlines()[-1]) == (0, "5 written, 0 same, 0 kept, 0 skipped")
    assert run("plan", there, "--detailed-exitcode").code == 0
    file = there / "data-actions" / "Lookup Customer.json"
    file.write_text(file.read_text().replace("v1", "v2"), encoding="utf-8")
    kept = run("pull", there)
    assert (kept.code, "--force writes over it" in kept.out) == (1, True)
    listed = json.loads(run("pull", there, "--force", "--output-format", "json").out)
    assert [each["file"] for each in listed if each["outcome"] == "written"] == [
        "data-actions/Lookup Customer.json"
    ]


def test_timeouts_of_an_organisation(run: Here, folder: Path) -> None:
    run("apply", folder, "-y")
    assert "Lookup Customer" in run("timeouts", "--org", "Customer Lookup").out
    done = run("timeouts", "--org", "Customer Lookup", "--set", "Lookup Customer=7s")
    assert done.out == "Lookup Customer: 1 s is now 7 s\nCustomer Lookup: published as version 2\n"
    again = run("timeouts", "--org", "Customer Lookup", "--set", "Lookup Customer=7s")
    assert again.out == "Customer Lookup: is so already (version 2)\n"
    wrong = run("timeouts", "--org", "Customer Lookup", "--set", "Lookup Customr=7s")
    assert (wrong.code, wrong.err.splitlines()[-1]) == (2, "  hint: did you mean 'Lookup Customer'?")
    assert run("timeouts", folder / "flow.yaml", "--take-over", ANA).code == 2


def test_secrets_are_not_in_the_output(run: Here, folder: Path) -> None:
    run.env |= {
        "GENESYSCLOUD_OAUTHCLIENT_ID": "ringback-local",
        "GENESYSCLOUD_OAUTHCLIENT_SECRET": "s3cr3t-x",
    }
    failed = run("plan", folder)
    assert failed.code == 3
    assert "s3cr3t-x" not in failed.out + failed.err

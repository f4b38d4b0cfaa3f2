"""An organisation into a folder, and back into another organisation."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback.cloud import Cloud, MissingPermission
from ringback.cloud.organisation import Organisation
from ringback.cloud.project import load_project
from ringback.cloud.pull import Pulled, Puller
from ringback.cloud.rollback import find_target, roll_back
from ringback.core.errors import UsageError
from tests.cloud.organisations import FLOWS, Centre, ours, platform
from tests.cloud.test_apply import FLOW, SETTINGS, action
from tests.cloud.test_project import TABLE
from tests.platform.conftest import Server

ROWS = "key,Open,Lines,Rate,Greeting\nBerlin,true,3,1.5,Hallo\nParis,false,0,0,\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with platform(tmp_path_factory.mktemp("one")) as running:
        yield running


@pytest.fixture(scope="module")
def cloud(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An organisation with one of everything."""
    with ours(server) as found:
        centre = Centre(tmp_path_factory.mktemp("source"), found)
        centre.write(
            ringback_DOT_yaml=SETTINGS.replace("NAME", "Main"),
            flow_DOT_yaml=FLOW.replace("NAME", "Main"),
            action_DOT_json=action("Main action"),
            hours_DOT_yaml=TABLE,
            hours_DOT_csv=ROWS,
        )
        assert centre.apply().failed is None
        assert centre.plan().todo == ()
        yield found


def pull(folder: Path, cloud: Cloud, *patterns: str, force: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}

    def tell(pulled: Pulled) -> None:
        found.setdefault(pulled.outcome, []).append(pulled.file or pulled.name)

    Puller(load_project(folder), Organisation(cloud), force=force).pull(patterns, tell)
    return {outcome: sorted(files) for outcome, files in found.items()}


FILES = [
    "data-actions/Main action.json",
    "flows/inboundcall_Main.yaml",
    "organisation.json",
    "tables/Hours.csv",
    "tables/Hours.yaml",
]


def test_everything_and_again(cloud: Cloud, tmp_path: Path) -> None:
    assert pull(tmp_path, cloud) == {"written": FILES}
    # The platform gives back the very text that was published.
    assert (tmp_path / FILES[1]).read_text() == FLOW.replace("NAME", "Main")
    assert (tmp_path / FILES[3]).read_text() == ROWS
    exported = json.loads((tmp_path / FILES[0]).read_text())
    assert (exported["integrationType"], "category" in exported, "id" in exported) == (
        "custom-rest-actions",
        False,
        False,
    )
    found = json.loads((tmp_path / FILES[2]).read_text())
    assert found["dataActions"] == {"Main action": "CRM"}
    assert found["integrations"] == [{"name": "CRM", "type": "custom-rest-actions"}]
    assert Centre(tmp_path, cloud).plan().todo == ()
    assert set(pull(tmp_path, cloud)) == {"same"}


def test_what_was_changed_here_is_kept(cloud: Cloud, tmp_path: Path) -> None:
    pull(tmp_path, cloud)
    flow = tmp_path / FILES[1]
    flow.write_text(flow.read_text().replace("seconds: 10", "seconds: 12"))
    assert pull(tmp_path, cloud)["kept"] == [FILES[1]]
    assert "seconds: 12" in flow.read_text()
    # Another layout of the same meaning is no change.
    (tmp_path / FILES[0]).write_text(json.dumps(json.loads((tmp_path / FILES[0]).read_text())))
    assert FILES[0] in pull(tmp_path, cloud)["same"]
    assert pull(tmp_path, cloud, force=True)["written"] == [FILES[1]]
    assert "seconds: 10" in flow.read_text()


def test_a_flat_folder_keeps_its_names(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "my flow.yaml").write_text(FLOW.replace("NAME", "Main").replace("Main_10", "Task_1"))
    outcome = pull(tmp_path, cloud)
    assert "my flow.yaml" in outcome["same"]
    assert FILES[1] not in outcome["written"]
    assert not (tmp_path / FILES[1]).exists()


def test_a_plain_flow_stays_plain(cloud: Cloud, tmp_path: Path) -> None:
    start = {"name": "Start", "type": "Start", "on": {"next": "Look"}}
    for number in ("1", "2"):
        lookup = {"name": "Look", "url": f"https://crm.example/{number}"}
        document = {"name": "Plain", "type": "voice", "initialAction": start, "actions": [lookup]}
        (tmp_path / "plain.json").write_text(json.dumps(document))
        assert Centre(tmp_path, cloud).apply().failed is None
    organisation = Organisation(cloud)
    assert roll_back(organisation, find_target(organisation, "Plain")) == "3.0"
    (step,) = Centre(tmp_path, cloud).plan().todo
    assert (step.changes[0].old, step.changes[0].new) == ("https://crm.example/1", "https://crm.example/2")
    there = tmp_path / "there"
    there.mkdir()
    assert pull(there, cloud, "flow:plain") == {"written": ["flows/inboundcall_Plain.json"]}
    assert Centre(there, cloud).plan().todo == ()
    cloud.delete(f"{FLOWS}/{find_target(organisation, 'Plain').id}")


def test_a_part(cloud: Cloud, tmp_path: Path) -> None:
    assert pull(tmp_path, cloud, "flow:*") == {"written": [FILES[1]]}
    assert pull(tmp_path, cloud, "hours") == {"written": FILES[3:]}
    with pytest.raises(UsageError, match="means nothing in the organisation"):
        pull(tmp_path, cloud, "nobody")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("flow:*", "/api/v2/flows/datatables"),
        ("flows:Main", "/api/v2/integrations*"),
        ("flow:*", "/api/v2/routing/queues"),
        ("data-action:*", "/api/v2/routing/queues"),
        ("data table:*", "/api/v2/integrations*"),
    ],
)
def test_what_is_not_asked_for_needs_no_permission(
    cloud: Cloud, tmp_path: Path, pattern: str, path: str
) -> None:
    cloud.post("/_ringback/faults", {"status": 403, "method": "GET", "path": path})
    try:
        assert pull(tmp_path, cloud, pattern)["written"]
        with pytest.raises(MissingPermission):
            pull(tmp_path, cloud, "*")
    finally:
        cloud.delete("/_ringback/faults")


def test_into_another_organisation(
    cloud: Cloud, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pull(tmp_path, cloud)
    shutil.rmtree(tmp_path / ".ringback")
    with platform(tmp_path_factory.mktemp("two")) as other, ours(other) as there:
        centre = Centre(tmp_path, there)
        assert centre.apply().failed is None
        assert centre.plan().todo == ()
        assert centre.plan().counts["none"] == 5

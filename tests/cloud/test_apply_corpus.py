"""The public data actions and flows as one project: into an empty organisation, again, past a colleague."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback.cloud.apply import Applier
from ringback.cloud.organisation import Organisation
from ringback.cloud.plan import Plan
from ringback.cloud.planner import Planner
from ringback.cloud.project import Item, load_project
from ringback.core.errors import DefinitionError
from ringback.flows.loaders import load_flow
from ringback.flows.needs import needs
from tests.cloud.organisations import ANA, FLOWS, colleague, ours, platform
from tests.corpus import CORPUS, needs_corpus
from tests.platform.conftest import Server

pytestmark = needs_corpus
# What the corpus' documents leave to the organisation.
TYPES = ("purecloud-data-actions", "custom-rest-actions", "aws-lambda-data-actions", "salesforce-datadip")
AT_LEAST = {"data action": 120, "flow": 30}  # of 156 and 116; the others lack something that is not public


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with platform(tmp_path_factory.mktemp("empty")) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every document of the corpus in one folder; the queues that flows name are to be created."""
    folder = tmp_path_factory.mktemp("project")
    queues: dict[str, str] = {}
    for file in [*(CORPUS / "data-actions").glob("*.json"), *(CORPUS / "flows").glob("*.yaml")]:
        shutil.copy(file, folder)
    for file in (CORPUS / "flows").glob("*.yaml"):
        try:
            flow = load_flow(file.read_text(encoding="utf-8"), file=file.name)
        except DefinitionError:
            continue
        named = (name.strip() for code, name, _, _ in needs(flow) if code == "que")
        queues |= {name.casefold(): name for name in named if not re.fullmatch("[0-9a-f-]{36}", name)}
    settings = {
        "integrations": [{"name": kind, "type": kind} for kind in TYPES],
        "integration": TYPES[0],
        "queues": [queues[name] for name in sorted(queues)],
    }
    (folder / "ringback.yaml").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def planned(planner: Planner) -> tuple[Planner, Plan, list[Item]]:
    """The plan of everything that can be applied."""
    items = list(planner.project.items)
    while (plan := planner.plan(items)).blocked:
        items = [step.item for step in plan.steps if not step.blocks]
        planner = Planner.of(planner.project, planner.organisation, items=items)
    return planner, plan, items


def test_once_again_and_past_a_colleague(server: Server, folder: Path) -> None:
    with ours(server) as cloud, colleague(server) as ana:
        project = load_project(folder)
        planner, plan, items = planned(Planner.of(project, Organisation(cloud)))
        counts = {kind: sum(item.kind == kind for item in items) for kind in AT_LEAST}
        assert all(counts[kind] >= least for kind, least in AT_LEAST.items()), counts
        report = Applier(planner, lambda *_args, **_words: None).apply(plan)
        assert report.failed is None, report.error
        assert len(report.done) == len(plan.todo)

        again = Planner.of(project, Organisation(cloud), items=items).plan(items)
        assert [step.item.label for step in again.todo] == []

        # A colleague changes one flow and locks another; of those alone something is to be done.
        edited, locked = [item for item in items if item.kind == "flow"][:2]
        body = next(b for b in ana.entities(FLOWS) if b["name"] == edited.name and b["type"] == edited.type)
        version = body["publishedVersion"]["id"]
        document = ana.get(f"{FLOWS}/{body['id']}/versions/{version}/configuration").json
        next(iter(document.values()))["description"] = "Ana was here"
        saved = ana.post(f"{FLOWS}/{body['id']}/versions", document).json
        ana.post(f"{FLOWS}/actions/publish", query={"flow": body["id"], "version": saved["id"]})
        other = next(b for b in ana.entities(FLOWS) if b["name"] == locked.name and b["type"] == locked.type)
        ana.post(f"{FLOWS}/actions/checkout", query={"flow": other["id"]})
        planner = Planner.of(project, Organisation(cloud), items=items)
        plan = planner.plan(items)
        assert [step.item.name for step in plan.todo] == [edited.name]
        assert [change.path for change in plan.todo[0].changes] == [("description",)]
        notes = {step.item.key: step.notes for step in plan.steps}
        assert f"it is locked by {ANA}" in notes[locked.key]
        assert Applier(planner, lambda *_args, **_words: None).apply(plan).failed is None
        assert len(list(cloud.entities(f"{FLOWS}/{body['id']}/versions"))) == 3
        assert Planner.of(project, Organisation(cloud), items=items).plan(items).todo == ()

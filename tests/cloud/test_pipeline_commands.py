"""`ringback contacts` and `ringback listen` against the local platform, as a person uses them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ringback.cloud import pipeline_tables as tables
from tests.cli.helpers import Outcome, invoke
from tests.cloud.pipeline_world import CONTACTS, SECRET, Crm
from tests.platform.client import Client
from tests.platform.conftest import Server, database

RULES = """
doNotContact: [{name: national list, scope: contact, externalIds: [%s]}]
consent: [{name: opt-in, channels: [voice], field: consent}]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(database(tmp_path_factory.mktemp("pipeline"))).start()
    yield running
    running.stop()


@pytest.fixture
def crm() -> Iterator[Crm]:
    made = Crm(failing=False)
    yield made
    made.close()


class Shell:
    """Runs `ringback contacts …` inside this process, on a database of its own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.database = f"sqlite:///{folder / 'pipeline.db'}"
        self.environ = {
            "GENESYSCLOUD_BASE_URL": server.origin,
            "XDG_CACHE_HOME": str(folder / "cache"),
            "RINGBACK_WEBHOOK_SECRET": SECRET,
            "GENESYSCLOUD_OAUTHCLIENT_ID": "",
        }

    def __call__(self, *arguments: str | Path) -> Outcome:
        more = [] if arguments[0] == "check" else ["--db", self.database]
        return invoke("contacts", *arguments, *more, env=self.environ)

    def file(self, *rows: str, name: str = "people.csv") -> Path:
        path = self.folder / name
        path.write_text(
            "externalContactId,name,voice,metadata.consent\n" + "\n".join(rows) + "\n", encoding="utf-8"
        )
        return path

    @contextmanager
    def api(self) -> Iterator[Client]:
        with Client(self.server.origin) as client:
            client.login("ringback-local", "ringback-local")
            yield client


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Shell:
    return Shell(server, tmp_path)


def actions(shell: Shell, contact: str) -> list[str]:
    (trail,) = json.loads(shell("audit", contact, "--output-format", "json").out)
    return [entry["action"] for entry in trail["entries"]]


def test_from_a_file_to_the_crm(shell: Shell, crm: Crm) -> None:
    file = shell.file("CMD-1,Ada,+12125550101,yes", "CMD-2,Bob,+12125550102,yes", "CMD 3,Bad,+12125550103,")
    rejects, metrics = shell.folder / "rejects.csv", shell.folder / "metrics.prom"
    ran = shell(
        "import",
        file,
        "--webhook",
        crm.url,
        "--rejects",
        rejects,
        "--metrics-file",
        metrics,
        "--rate",
        "none",
    )
    assert ran.code == 1, ran.err
    assert ran.out.splitlines()[0].endswith("s: 2 new contacts, 0 known to campaign default, 1 rejected")
    assert "started, webhook delivered  2" in ran.out
    assert crm.events == {"CMD-1": 1, "CMD-2": 1}
    assert (
        rejects.read_text(encoding="utf-8").splitlines()[1].startswith("4,externalContactId,bad_characters,")
    )
    assert 'ringback_contacts_steps_total{result="success",step="start"} 2.0' in metrics.read_text()
    assert actions(shell, "CMD-1")[0::2][:2] == ["read", "checked"]
    assert actions(shell, "CMD-1")[-2:] == ["started", "told"]

    again = shell("import", file, "--webhook", crm.url)
    assert again.code == 2
    assert again.err.splitlines() == [
        f"error: {file} was imported already (campaign default)",
        "  hint: --resume takes up what stopped or broke; another --campaign starts every contact once more",
    ]
    resumed = shell("import", file, "--webhook", crm.url, "--resume", "--output-format", "json")
    assert (resumed.json["new"], resumed.json["known"], crm.deliveries) == (0, 2, 2)
    spring = shell("import", file, "--campaign", "spring", "--output-format", "json")
    assert spring.json["states"] == {"started": 2}
    assert spring.json["steps"]["register"]["success"] == 2, "409 is a success of another kind"


def test_what_the_rules_stop(shell: Shell, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES % "RULE-1", encoding="utf-8")
    file = shell.file(
        "RULE-1,Ada,+12125550101,yes", "RULE-2,Bob,+12125550102,no", "RULE-3,Cy,+12125550103,yes"
    )
    ran = shell("import", file, "--rules", rules, "--rate", "none", "--output-format", "json")
    assert ran.json["states"] == {"started": 1, "stopped": 2}
    assert ran.code == 0
    for contact, reason in (("RULE-1", "national list"), ("RULE-2", "opt-in")):
        assert reason in shell("audit", contact).out
    rules.write_text(RULES % "NOBODY", encoding="utf-8")
    resumed = shell("import", file, "--rules", rules, "--rate", "none", "--resume", "--output-format", "json")
    assert resumed.json["states"] == {"started": 2, "stopped": 1}


def test_the_platform_has_rules_too(shell: Shell) -> None:
    with shell.api() as api:
        rules = (RULES % "PLAT-1").encode()
        api.send(
            "PUT",
            "/api/v2/externalcontacts/rules",
            content=rules,
            headers={"content-type": "application/yaml"},
        ).ok(204)
        try:
            ran = shell("import", shell.file("PLAT-1,Ada,+12125550101,yes"), "--output-format", "json")
        finally:
            api.send("PUT", "/api/v2/externalcontacts/rules", content=b"").ok(204)
    assert ran.json["states"] == {"stopped": 1}
    assert "national list" in shell("audit", "PLAT-1").out
    assert shell("check", "PLAT-1").out == "PLAT-1: passed\n  voice: available\n"


def test_a_row_that_the_platform_refuses_is_a_reject(shell: Shell) -> None:
    rule = {"kind": "status", "status": 400, "method": "POST", "path": CONTACTS, "count": 1}
    with shell.api() as api:
        api.post("/_ringback/faults", rule)
        rejects = shell.folder / "rejects.jsonl"
        ran = shell(
            "import", shell.file("REF-1,Ada,+12125550101,"), "--rejects", rejects, "--output-format", "json"
        )
        api.delete("/_ringback/faults")
    assert (ran.code, ran.json["rejected"], ran.json["states"]) == (1, 1, {"rejected": 1})
    assert json.loads(rejects.read_text())["faults"][0]["code"] == "refused_by_platform"


def test_a_lost_start_is_found_again(shell: Shell, crm: Crm) -> None:
    with shell.api() as api:
        api.post(
            "/_ringback/faults",
            {"kind": "lost", "method": "POST", "path": "/api/v2/conversations", "count": 1},
        )
        ran = shell("import", shell.file("LOST-1,Ada,+12125550101,"), "--settle", "0.2", "--webhook", crm.url)
        assert ran.code == 0, ran.out
        found = api.get(f"{CONTACTS}/LOST-1/conversations").ok()["entities"]
    assert len(found) == 1
    (trail,) = json.loads(shell("audit", "LOST-1", "--output-format", "json").out)
    assert trail["conversationId"] == found[0]["id"]
    facts = {entry["action"]: entry["facts"] for entry in trail["entries"]}
    assert facts["put off"]["outcome"] == "unknown"
    assert facts["started"]["how"] == "looked up"
    assert crm.events == {"LOST-1": 1}


def test_who_may_not_ends_the_import_and_loses_nothing(shell: Shell) -> None:
    file = shell.file("AUTH-1,Ada,+12125550101,")
    wrong = {**shell.environ, "GENESYSCLOUD_OAUTHCLIENT_ID": "x", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "y"}
    refused = invoke("contacts", "import", file, "--db", shell.database, env=wrong)
    assert refused.code == 3, refused.out
    assert "check the client id" in refused.err
    resumed = shell("import", file, "--resume", "--output-format", "json")
    assert resumed.json["states"] == {"started": 1}


def test_one_contact_at_a_time(shell: Shell) -> None:
    file = shell.folder / "one.json"
    body = {"externalContactId": "ONE-1", "name": "Ada", "channels": {"chat": "ada"}}
    file.write_text(json.dumps(body), encoding="utf-8")
    first = shell("register", file, "--output-format", "json").json
    assert (first["status"], shell("register", file, "--output-format", "json").json) == ("registered", first)
    started = shell("start", "ONE-1", "--output-format", "json").json
    assert (started["status"], started["channel"], started["id"]) == ("started", "chat", first["id"])
    assert shell("start", "ONE-1", "--output-format", "json").json == started, "once in a campaign"
    other = shell("start", "ONE-1", "--campaign", "other", "--message", "Hi", "--output-format", "json").json
    assert other["conversationId"] != started["conversationId"]
    with shell.api() as api:
        assert len(api.get(f"{CONTACTS}/ONE-1/conversations").ok()["entities"]) == 2
    file.write_text('{"name": "Nobody"}', encoding="utf-8")
    bad = shell("register", file)
    assert (bad.code, "externalContactId: is required" in bad.err) == (1, True)


def test_a_dry_run_shows_what_would_clash(shell: Shell) -> None:
    shell("import", shell.file("DRY-1,Ada,+12125559901,"), "--until", "register")
    file = shell.file(
        "DRY-1,Ava,+12125559901,", "DRY-2,Bob,+12125559901,", "DRY-3,Cy,+12125559903,", name="b.csv"
    )
    ran = shell("import", file, "--dry-run")
    assert ran.out.splitlines() == [
        "line 2: DRY-1 exists and would stay as it is",
        "  name is another one there",
        "line 3: DRY-2 new",
        "  voice +12125559901 stands in line 2, too",
        "  voice +12125559901 belongs to Ada (DRY-1)",
        "2 new, 1 exists, 0 rejected, 1 clashing; nothing was written",
    ]
    with shell.api() as api:
        api.get(f"{CONTACTS}/DRY-2").refused(404)
    assert [
        row["result"] for row in shell("import", file, "--dry-run", "--output-format", "json").json["rows"]
    ] == [
        "exists",
        "new",
    ]


def test_dead_letters_are_sent_again(shell: Shell, crm: Crm) -> None:
    shell.environ["RINGBACK_WEBHOOK_SECRET"] = "another secret"
    ran = shell(
        "import", shell.file("DEAD-1,Ada,+12125550101,"), "--webhook", crm.url, "--output-format", "json"
    )
    assert (ran.code, ran.json["states"], crm.refused) == (1, {"undelivered": 1}, 1)
    listed = shell("webhooks", "list", "--state", "dead", "--output-format", "json")
    (dead,) = json.loads(listed.out)
    assert (dead["status"], dead["tries"], dead["external_id"]) == (401, 1, "DEAD-1")
    shell.environ["RINGBACK_WEBHOOK_SECRET"] = f"{SECRET},another secret"
    again = shell("webhooks", "retry", dead["webhook_id"])
    assert (again.code, again.out) == (0, "1 sent again; 0 still wait, 0 are dead letters\n")
    assert crm.events == {"DEAD-1": 1}
    assert actions(shell, "DEAD-1")[-2:] == ["undelivered", "told"]


def test_deliveries_of_a_contact_keep_their_order(shell: Shell, crm: Crm) -> None:
    """The second waits while the first is tried again; that of another contact does not."""
    closed = "http://127.0.0.1:9/"
    one, two = shell.file("ORD-1,Ada,+12125550101,"), shell.file("ORD-2,Bob,+12125550102,", name="two.csv")
    shell("import", one, "--webhook", closed, "--webhook-wait", "0")
    shell("import", one, "--webhook", closed, "--webhook-wait", "0", "--campaign", "second")
    engine = tables.open_engine(shell.database)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(tables.deliveries.c.tries).order_by(tables.deliveries.c.id)).all()
        assert [row[0] > 0 for row in rows] == [True, False]
        connection.execute(tables.deliveries.update().values(url=crm.url))
    engine.dispose()
    shell("import", two, "--webhook", crm.url, "--webhook-wait", "0.5")
    assert set(crm.events) == {"ORD-2"}
    assert shell("webhooks", "retry").code == 0
    assert crm.events == {"ORD-1": 2, "ORD-2": 1}


def test_one_look_up_that_fails_spoils_no_result_of_its_bulk_request(shell: Shell) -> None:
    there = shell.file("BLK-1,Ada,+12125550101,", name="one.csv")
    shell("import", there, "--until", "register")
    both = shell.file("BLK-1,Ada,+12125550101,", "BLK-2,Bob,+12125550102,")
    with shell.api() as api:
        api.post(
            "/_ringback/faults",
            {"kind": "status", "status": 500, "method": "GET", "path": f"{CONTACTS}/BLK-1", "count": 1},
        )
        options = ("--bulk", "--until", "register", "--campaign", "two", "--output-format", "json")
        ran = shell("import", both, *options)
        api.delete("/_ringback/faults")
    assert (ran.code, ran.json["states"]) == (0, {"exists": 1, "registered": 1}), ran.err


def test_one_contact_waits_for_nobody_else(shell: Shell) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/"
    file = shell.file("WAI-1,Ada,+12125550101,")
    assert shell("import", file, "--webhook", closed, "--webhook-wait", "0").code == 0
    body = shell.folder / "one.json"
    body.write_text(json.dumps({"externalContactId": "WAI-2", "name": "B", "channels": {"chat": "b"}}))
    began = time.monotonic()
    assert shell("register", body).code == 0
    assert time.monotonic() - began < 30, "the other's webhook is tried for a minute and more"


def test_nobody_is_there_at_the_start(shell: Shell) -> None:
    """A server that was not started is told at once; one that goes away later is waited for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    ran = shell("import", shell.file("NOB-1,Ada,+12125550101,"), "--base-url", f"http://127.0.0.1:{port}")
    assert (ran.code, time.monotonic() - began < 20) == (3, True), ran.err
    assert f"127.0.0.1:{port}" in ran.err
    assert ran.out == ""


def test_what_a_person_should_know(shell: Shell, crm: Crm) -> None:
    shell.environ["RINGBACK_WEBHOOK_SECRET"] = ""
    path = shell.folder / "more.csv"
    path.write_text("externalContactId,name,voice,Note,\nTLD-1,Ada,+12125550101,x,\n", encoding="utf-8")
    ran = shell("import", path, "--webhook", crm.url, "--webhook-wait", "0")
    assert ran.err.splitlines() == [
        "columns that give nothing: Note",
        "no secret in RINGBACK_WEBHOOK_SECRET: webhooks are NOT signed",
    ]
    said = shell("audit", "TLD-1").out.splitlines()
    assert max(map(len, said)) <= 100
    assert any('availability {"voice":"available"}' in line for line in said), said
    lines = shell.folder / "people.jsonl"
    lines.write_text("{}\n", encoding="utf-8")
    refused = shell("import", lines, "--map", "a=name")
    assert (refused.code, refused.err.splitlines()[0]) == (2, "error: --map is for CSV")


@pytest.mark.parametrize("bulk", ["--bulk", "--no-bulk"])
def test_the_native_form(shell: Shell, bulk: str) -> None:
    """What a real organisation takes: looked for first, with local rules, without a start."""
    name = f"NAT{bulk}"
    file = shell.file(f"{name}-1,Ada Lovelace,+12125550101,yes", f"{name}-2,Bob Stone,+12125550102,yes")
    native = ("--form", "native", "--rate", "none", "--settle", "0.2", bulk)
    refused = shell("import", file, *native)
    assert (refused.code, "--until check" in refused.err) == (2, True)
    path = "/api/v2/externalcontacts/bulk/contacts/add" if bulk == "--bulk" else CONTACTS
    with shell.api() as api:
        api.post("/_ringback/faults", {"kind": "lost", "method": "POST", "path": path, "count": 1})
        ran = shell("import", file, *native, "--until", "check", "--output-format", "json")
        assert (ran.code, ran.json["states"]) == (0, {"checked": 2}), ran.err
        assert api.get(f"{CONTACTS}/{name}-1").ok()["firstName"] == "Ada"
        assert api.get(CONTACTS, q=f"{name}-1").ok()["total"] <= 1
    again = shell("import", file, *native, "--until", "check", "--campaign", "two", "--output-format", "json")
    assert again.json["states"] == {"checked": 2}
    assert {"registered", "exists"} <= set(_all_actions(shell, f"{name}-2"))
    dry = shell("import", file, "--form", "native", "--dry-run", "--output-format", "json")
    assert dry.json["counts"]["exists"] == 2


def _all_actions(shell: Shell, contact: str) -> list[str]:
    trails = json.loads(shell("audit", contact, "--output-format", "json").out)
    return [entry["action"] for trail in trails for entry in trail["entries"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rate", "fast"], "'fast' is no rate"),
        (["--webhook", "http://crm.example/"], "a webhook on another machine needs https"),
        (["--webhook", "crm"], "'crm' is no URL of a webhook"),
        (["--default-country", "XX"], "--default-country 'XX' is no country"),
        (["--map", "x"], "is no column mapping"),
        (["--rules", "nowhere.yaml"], "nowhere.yaml cannot be read"),
        (["--db", "mysql://x/y"], "only SQLite and PostgreSQL"),
    ],
)
def test_wrong_options(shell: Shell, arguments: list[str], said: str) -> None:
    ran = invoke("contacts", "import", shell.file("A,Ada,+12125550101,"), *arguments, env=shell.environ)
    assert ran.code == 2
    assert said in ran.err


def test_what_cannot_be_opened(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    ran = invoke("contacts", "audit", "X", "--db", f"sqlite:///{tmp_path / 'folder'}")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "error: --db cannot be opened: unable to open database file",
    )
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = shell("import", shell.file("A,Ada,+12125550101,"), "--metrics-port", port)
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        f"error: port {port} cannot be used: Address already in use",
    )


def test_metrics_while_it_works(shell: Shell, crm: Crm) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    closed = ("--webhook", "http://127.0.0.1:9/", "--webhook-wait", "30")
    arguments = ["import", str(shell.file("MET-1,Ada,+12125550101,")), *closed, "--metrics-port", str(port)]
    command = [sys.executable, "-m", "ringback", "contacts", *arguments, "--db", shell.database]
    process = subprocess.Popen(
        command, env={"PATH": "", **shell.environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        found, until = "", time.monotonic() + 20
        while 'queue="webhooks"} 1.0' not in found and time.monotonic() < until:
            time.sleep(0.2)
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
                    found = answer.read().decode()
            except OSError:
                continue
    finally:
        process.kill()
        process.communicate()
    assert 'ringback_contacts_queue_depth{queue="webhooks"} 1.0' in found
    assert 'ringback_contacts_step_seconds_count{step="start"} 1.0' in found


def test_audit_of_nobody(shell: Shell) -> None:
    ran = shell("audit", "NOBODY")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: no contact NOBODY in this database")


# ---- listen


@contextmanager
def listening(shell: Shell, *options: str) -> Iterator[tuple[str, Any]]:
    """The address of a listener, and its process."""
    command = [sys.executable, "-u", "-m", "ringback", "listen", "--port", "0", *options]
    process = subprocess.Popen(
        command, env={"PATH": "", **shell.environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        yield process.stderr.readline().split()[-1], process
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_listen_verifies_prints_and_passes_on(shell: Shell, crm: Crm) -> None:
    with listening(shell, "--forward", crm.url) as (url, process):
        ran = shell("import", shell.file("LIS-1,Ada,+12125550101,"), "--webhook", f"{url}/")
        assert ran.code == 0, ran.out
        said = process.stdout.readline().split()
        assert (said[0], said[2], said[3]) == ("verified", "contact_interaction_created", "LIS-1")
        assert crm.events == {"LIS-1": 1}
        request = urllib.request.Request(f"{url}/", data=b"{}", headers={"webhook-id": "x"}, method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=5):
            pass
        assert refused.value.code == 401
        refused.value.close()
        assert "refused: the header webhook-timestamp is missing" in process.stderr.readline()


def test_listen_answers_502_when_it_cannot_pass_on(shell: Shell) -> None:
    with listening(shell, "--forward", "http://127.0.0.1:9/", "--output-format", "json") as (url, _):
        ran = shell(
            "import", shell.file("LIS-2,Ada,+12125550101,"), "--webhook", f"{url}/", "--webhook-wait", "0.5"
        )
        assert ran.code == 0
        time.sleep(0.1)
        (listed,) = json.loads(shell("webhooks", "list", "--output-format", "json").out)
    assert (listed["state"], listed["status"]) == ("pending", 502)


@pytest.mark.parametrize(("length", "status"), [("²", 411), ("-1", 411), ("9" * 40, 413), ("1000001", 413)])
def test_listen_refuses_lengths_that_are_none(shell: Shell, length: str, status: int) -> None:
    with listening(shell) as (url, process):
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as wire:
            wire.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode("latin-1"))
            assert wire.recv(100).split()[1] == str(status).encode()
        process.terminate()
        assert "Traceback" not in process.communicate(timeout=10)[1]


def test_listen_needs_a_free_port(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = invoke("listen", "--port", str(port), env=shell.environ)
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        f"error: port {port} cannot be used: Address already in use",
    )

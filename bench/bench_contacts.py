"""Contact pipeline: bulk beside a bare client, 10,000 contacts under fire, memory of a million rows.

The bare client posts the same bulk bodies, one after the other, to a platform of its own; the pipeline
keeps a durable row and an audit trail of each contact. At least a third is the target. Under fire: 429s,
5xx, lost and slow answers, a CRM that fails a third of the time, twenty kills of importer and server; every
figure beside the one that it must be. RINGBACK_BENCH_CONTACTS and RINGBACK_BENCH_ROWS make it smaller.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from tests.cloud.pipeline_world import BAD_ROWS, Crm, World, faults, kill, most_in_window, people
from tests.platform.client import Client
from tests.platform.conftest import Server

COLUMNS = ("ours", "baseline, target", "ratio")
Row = tuple[str, float, float, float]
BULK = "/api/v2/externalcontacts/bulk/contacts/add"
CONTACTS = int(os.environ.get("RINGBACK_BENCH_CONTACTS", "10000"))
ROWS = int(os.environ.get("RINGBACK_BENCH_ROWS", "1000000"))
REGISTERED, KILLS = 5_000, 20
RATE, WINDOW = 60, 1.0


def bare(server: Server, count: int) -> float:
    """Contacts a second that the platform takes from a client that does nothing else."""
    with Client(server.origin) as client:
        client.login("ringback-local", "ringback-local")
        bodies = [
            {
                "externalContactId": f"BARE-{number}",
                "name": f"Person {number}",
                "channels": {"voice": f"+1212555{number % 10000:04d}", "email": f"b{number}@example.com"},
                "interactionDurationSeconds": 300,
            }
            for number in range(count)
        ]
        began = time.perf_counter()
        for first in range(0, count, 100):
            assert client.post(BULK, {"entities": bodies[first : first + 100]}).ok()["errorCount"] == 0
        return count / (time.perf_counter() - began)


def world_in(folder: Path, *extra: str) -> World:
    folder.mkdir()
    server = Server(f"sqlite:///{folder / 'platform.db'}").start()
    return World(folder, server, Crm(), f"sqlite:///{folder / 'pipeline.db'}", extra)


def registration(folder: Path) -> Row:
    """The bulk path without a limit, everything from reading the file to the last record included."""
    other = world_in(folder / "bare")
    baseline = bare(other.server, REGISTERED)
    other.close()
    world = world_in(folder / "bulk", "--rate", "none")
    try:
        people(world.folder / "people.csv", REGISTERED)
        arguments = world.import_arguments(world.folder / "people.csv", "--until", "register", "--bulk")
        code, said = world.done(*arguments, "--output-format", "json", timeout=600)
        assert code == 1, said
        found = json.loads(said)
        assert found["states"] == {"registered": REGISTERED}, found
    finally:
        world.close()
    ours = REGISTERED / found["seconds"]
    return "contacts registered in bulk /s", ours, baseline, ours / baseline


def under_fire(folder: Path) -> list[Row]:
    """Everything at once, and what is true in the end."""
    pace = ("--rate", f"{RATE}/{WINDOW:g}s", "--settle", "5", "--lease", "12", "--workers", "12")
    world = world_in(folder / "fire", *pace)
    chance, began = random.Random(1), time.perf_counter()
    try:
        ids = people(world.folder / "people.csv", CONTACTS)
        world.order(*faults(max(1, CONTACTS // 150)))
        arguments = world.import_arguments(world.folder / "people.csv", "--no-bulk")
        running, kills = world.start(*arguments), 0
        while running.poll() is None:
            time.sleep(3 + 3 * chance.random())
            if kills == KILLS:
                continue
            kills += 1
            if kills % 4 == 0:
                world.server.kill()
                world.server.start()
            elif running.poll() is None:
                kill(running)
                running = world.start(*arguments)
        assert running.returncode == 1, (world.folder / "run.out").read_text()[-2000:]
        world.deliver_rest(900)
        return outcome(world, ids, kills=kills, seconds=time.perf_counter() - began)
    finally:
        world.close()


def outcome(world: World, ids: list[str], *, kills: int, seconds: float) -> list[Row]:
    found = world.contacts()
    names = Counter(each["externalContactId"] for each in found)
    conversations = world.conversations([each["id"] for each in found])
    moments = [datetime.fromisoformat(each["createDate"]).timestamp() for each in found]
    figures = {
        "valid rows that are one contact": (sum(names[name] == 1 for name in ids), len(ids)),
        "contacts on the platform": (len(found), len(ids)),
        "contacts with one interaction": (conversations[1], len(ids)),
        "contacts with another number": (sum(conversations.values()) - conversations[1], 0),
        "contacts of which the CRM heard once": (sum(world.crm.events[name] == 1 for name in ids), len(ids)),
        "rejected rows": (len(world.rejects()), len(BAD_ROWS) + 1),
        f"most in any {WINDOW:g} s (limit)": (most_in_window(moments, WINDOW), RATE),
        "kills of importer and server": (kills, KILLS),
        "deliveries to the CRM (failed)": (world.crm.deliveries, world.crm.failures),
        "seconds": (seconds, float("nan")),
    }
    return [
        (name, ours, wanted, ours / wanted if wanted else 0.0) for name, (ours, wanted) in figures.items()
    ]


READ = """
import re, sys
from pathlib import Path
from ringback.cloud.pipeline_reader import Rejects, Source, Wanted, read_in
from ringback.cloud.pipeline_store import PipelineStore
store = PipelineStore("sqlite:///" + sys.argv[2])
wanted = Wanted("http://127.0.0.1:1", "x", 3)
counts = read_in(store, Source(Path(sys.argv[1])), wanted=wanted, rejects=Rejects(None))
assert counts.new + counts.rejected == counts.rows
# Not ru_maxrss: that begins with what the parent had.
print(counts.rows, int(re.search("VmHWM:[^0-9]*([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def reading(folder: Path, count: int) -> tuple[float, float]:
    """Rows a second, and the most MiB that the process had, for reading a file into the pipeline."""
    path = folder / f"{count}.csv"
    people(path, count)
    began = time.perf_counter()
    command = [sys.executable, "-c", READ, str(path), str(folder / f"{count}.db")]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - began
    found = re.findall(r"[\d.]+", said)
    path.unlink()
    return int(found[0]) / seconds, float(found[1])


def run() -> list[Row]:
    """Case, ours, what it is measured against, ratio."""
    with tempfile.TemporaryDirectory(prefix="ringback-contacts-") as name:
        folder = Path(name)
        rows = [registration(folder)]
        small, large = reading(folder, max(1, ROWS // 100)), reading(folder, ROWS)
        rows.append((f"MiB for {ROWS:,} rows, for a hundredth", large[1], small[1], large[1] / small[1]))
        rows.append(("rows read in /s, a hundredth of them", large[0], small[0], large[0] / small[0]))
        return rows + under_fire(folder)

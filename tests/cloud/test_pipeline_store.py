"""Rows, claims and trails in the pipeline's database."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ringback.cloud import pipeline_tables as tables
from ringback.cloud.pipeline_audit import trails_of
from ringback.cloud.pipeline_reader import (
    Rejects,
    Source,
    Wanted,
    begin_import,
    end_import,
    new_row,
    read_in,
    write_refused,
)
from ringback.cloud.pipeline_seen import Memory
from ringback.cloud.pipeline_store import Change, PipelineStore, Row
from ringback.cloud.pipeline_tables import CHECK, DONE, REGISTER, START
from ringback.cloud.pipeline_trail import Chain
from ringback.contacts.lifecycle import IllegalStepError
from ringback.contacts.rows import Reject
from ringback.core.errors import UsageError
from tests.platform.conftest import database

WANTED = Wanted("http://127.0.0.1:1", "default", START, "")
LEASE = 60_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PipelineStore]:
    made = PipelineStore(database(tmp_path))
    yield made
    made.close()


def contact(name: str) -> dict[str, Any]:
    return {"externalContactId": name, "name": name, "channels": {"voice": "+12125550123"}}


def added(store: PipelineStore, *names: str, wanted: Wanted = WANTED) -> int:
    return store.add([new_row(contact(name), wanted, source="a.csv", line=2) for name in names])


def claimed(store: PipelineStore, at: int = REGISTER, *, lease: int = LEASE, most: int = 1) -> list[Row]:
    with store.write() as transaction:
        return store.claim(transaction, WANTED.organisation, at=at, lease=lease, most=most)


REGISTERED = Change("registered", {"id": "x"}, "registered", CHECK, values={"contact_id": "x", "intent": ""})


def test_a_contact_is_taken_in_once_in_a_campaign(store: PipelineStore) -> None:
    assert added(store, "A", "B") == 2
    assert added(store, "B", "C") == 1
    assert added(store, "B", wanted=replace(WANTED, campaign="spring")) == 1
    assert added(store, "B", wanted=replace(WANTED, organisation="https://api.mypurecloud.com")) == 1
    assert store.counts(WANTED.organisation, "default") == {"read": 3}


def test_a_row_has_one_owner(store: PipelineStore) -> None:
    added(store, "A", "B")
    first, second, third = claimed(store), claimed(store), claimed(store)
    assert ([row.external_id for row in first + second], third) == (["A", "B"], [])
    assert claimed(store, lease=0) == []


def test_a_lease_that_is_over_is_lost(store: PipelineStore) -> None:
    added(store, "A")
    (late,) = claimed(store, lease=0)
    (row,) = claimed(store)
    assert (late.intent, row.intent) == ("", "register"), "whoever comes second must look before it writes"
    assert store.record([(late, REGISTERED)], lease=LEASE) == [None]
    (kept,) = store.record([(row, REGISTERED)], lease=LEASE)
    assert kept is not None
    assert (kept.state, kept.contact_id, kept.trail_seq) == ("registered", "x", 1)
    (trail,) = trails_of(store, "A")
    assert [entry.action for entry in trail.entries] == ["read", "registered"]


def test_a_process_that_ends_gives_back_what_it_has(store: PipelineStore) -> None:
    added(store, "A")
    claimed(store)
    store.release(settle=0)
    assert [row.external_id for row in claimed(store)] == ["A"]


def test_a_process_that_died_is_noticed(store: PipelineStore) -> None:
    added(store, "A")
    claimed(store)
    assert store.free_dead(settle=0) == 0
    host, pid, began = store.owner.split(":")
    for owner, freed in ((f"elsewhere:{pid}:{began}", 0), (f"{host}:{pid}:1", 1)):
        with store.write() as transaction:
            transaction.connection.execute(tables.contacts.update().values(claim=f"{owner}#1"))
        assert store.free_dead(settle=0) == freed


def test_what_a_dead_process_sent_is_given_time(store: PipelineStore) -> None:
    """The platform may still be carrying it out: looking at once would find nothing, and send it twice."""
    added(store, "A")
    claimed(store)
    host, pid, _ = store.owner.split(":")
    with store.write() as transaction:
        dead = tables.contacts.update().values(claim=f"{host}:{pid}:1#1")
        transaction.connection.execute(dead)
    assert store.free_dead(settle=60_000) == 1
    assert claimed(store) == []


def test_steps_that_do_not_exist_are_refused(store: PipelineStore) -> None:
    added(store, "A")
    (row,) = claimed(store)
    with pytest.raises(IllegalStepError):
        store.record([(row, Change("told", {}, "told", DONE))], lease=LEASE)
    assert store.counts(WANTED.organisation, "default") == {"read": 1}


@pytest.mark.parametrize(
    ("state", "contact_id", "intent", "until", "step"),
    [
        ("broken", "", "register", START, REGISTER),
        ("broken", "x", "", START, CHECK),
        ("broken", "x", "start", START, START),
        ("stopped", "x", "", START, CHECK),
        ("registered", "x", "", START, CHECK),
        ("registered", "x", "", REGISTER, DONE),
        ("checked", "x", "", START, START),
        ("rejected", "", "", START, DONE),
        ("told", "x", "", START, DONE),
    ],
)
def test_what_is_taken_up_again(
    store: PipelineStore, state: str, contact_id: str, intent: str, until: int, step: int
) -> None:
    added(store, "A", "B")
    values = {"state": state, "contact_id": contact_id, "intent": intent, "step": DONE}
    with store.write() as transaction:
        transaction.connection.execute(tables.contacts.update().values(values))
    taken = store.resume(WANTED.organisation, "default", until=until, webhook="", only="A")
    assert taken == (1 if step else 0)
    with store.read() as transaction:
        found = transaction.connection.execute(
            sa.select(tables.contacts.c.external_id, tables.contacts.c.step)
        )
        assert {row[0]: row[1] for row in found} == {"A": step, "B": DONE}


# ---- audit trail


TAMPERED = {
    "an entry is changed": tables.trail.update().where(tables.trail.c.seq == 1).values(body='{"id":"y"}'),
    "an entry is missing": tables.trail.delete().where(tables.trail.c.seq == 1),
    "the end is cut off": tables.trail.delete().where(tables.trail.c.seq == 2),
    "another time": tables.trail.update().where(tables.trail.c.seq == 2).values(at=1),
    "what was read is changed": tables.contacts.update().values(body="{}"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_changed_trail_shows(store: PipelineStore, how: str) -> None:
    added(store, "A")
    (row,) = claimed(store)
    store.record([(row, REGISTERED)], lease=LEASE)
    with store.write() as transaction:
        store.note(transaction, row.id, action="looked at", facts={"by": "test"})
    (whole,) = trails_of(store, "x")
    assert (whole.broken_at, [entry.seq for entry in whole.entries]) == (None, [0, 1, 2])
    with store.write() as transaction:
        transaction.connection.execute(TAMPERED[how])
    (changed,) = trails_of(store, "A")
    assert changed.broken_at is not None
    assert "CHANGED" in list(changed.lines())[-1]


def test_a_key_makes_trails_that_cannot_be_made_without_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'keyed.db'}"
    keyed = PipelineStore(url, chain=Chain("a key"))
    added(keyed, "A")
    keyed.close()
    for key, broken in (("a key", None), ("", 1), ("another", 1)):
        store = PipelineStore(url, chain=Chain(key))
        assert trails_of(store, "A")[0].broken_at == broken
        store.close()


# ---- files


FILE = "externalContactId,name,voice\nA,Ada,+12125550123\nB,Bob,12\nC,Cy,+12125550123\nA,Again,+12125550100\n"


@pytest.mark.parametrize("name", ["rejects.jsonl", "rejects.csv"])
def test_a_file_is_read_in(store: PipelineStore, tmp_path: Path, name: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="utf-8")
    rejects = Rejects(tmp_path / name)
    counts = read_in(store, Source(path), wanted=WANTED, rejects=rejects)
    assert not (tmp_path / name).exists(), "half a file is not taken for a whole one"
    rejects.close()
    assert (counts.rows, counts.new, counts.known, counts.rejected, counts.clashes) == (4, 2, 0, 2, 1)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.count("unknown_country") == text.count("duplicate_in_file") == 1
    again = read_in(store, Source(path), wanted=WANTED, rejects=Rejects(None))
    assert (again.new, again.known) == (0, 2)


def test_a_file_is_imported_once(store: PipelineStore, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(FILE, encoding="utf-8")
    mark = begin_import(store, Source(path), wanted=WANTED, resume=False)
    with pytest.raises(UsageError, match="was interrupted"):
        begin_import(store, Source(path), wanted=WANTED, resume=False)
    assert begin_import(store, Source(path), wanted=WANTED, resume=True) == mark
    end_import(store, WANTED, fingerprint=mark)
    with pytest.raises(UsageError, match="was imported already"):
        begin_import(store, Source(path), wanted=WANTED, resume=False)
    begin_import(store, Source(path), wanted=replace(WANTED, campaign="spring"), resume=False)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_bytes("externalContactId,name,chat\nA,Zoë,z\n".encode("utf-16"))
    with pytest.raises(UsageError, match="is no UTF-8 text"):
        list(Source(wide).items())
    with pytest.raises(UsageError, match="cannot be read"):
        list(Source(tmp_path / "none.csv").items())


@pytest.mark.parametrize("name", ["rejects.jsonl", "rejects.csv"])
@pytest.mark.parametrize("end", ["csv", "jsonl"])
def test_bytes_that_are_no_text_spoil_their_row_alone(tmp_path: Path, end: str, name: str) -> None:
    latin, rejects = tmp_path / f"latin.{end}", Rejects(tmp_path / name)
    if end == "csv":
        text = "externalContactId,name,chat\nA,Anna,a\nB,Zo\xeb,z\nC,Carl,c\n"
    else:
        text = "".join(f"{json.dumps(contact(each))}\n" for each in ("A", "B", "C")).replace(
            '"B"', '"Zo\xeb"'
        )
    latin.write_bytes(text.encode("latin-1"))
    items = list(Source(latin).items())
    spoilt = [each for each in items if isinstance(each, Reject)]
    assert [fault.code for each in spoilt for fault in each.faults] == ["not_utf8"]
    assert len(items) == 3
    rejects.add(spoilt[0])
    rejects.close()
    written = (tmp_path / name).read_text(encoding="utf-8")
    assert "0xEB" in written
    assert "Zo\\xeb" in written.replace("\\\\", "\\")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x/y", "only SQLite and PostgreSQL"),
        ("sqlite://", "needs a database file"),
        ("://", "no database URL"),
    ],
)
def test_databases_that_cannot_be_used(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        PipelineStore(url)


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newer.db'}"
    store = PipelineStore(url)
    with store.write() as transaction:
        transaction.connection.execute(tables.schema.update().values(version=99))
    store.close()
    with pytest.raises(UsageError, match="newer ringback"):
        PipelineStore(url)


@pytest.mark.parametrize("most", [1, 3, 50, 1_000])
def test_values_over_the_limit_are_remembered_as_well(most: int) -> None:
    names = [f"value {number % 90}" for number in range(300)]
    expected: dict[str, int] = {}
    with Memory(most) as memory:
        ids, addresses = memory.kind(), memory.kind()
        for row, name in enumerate(names, 1):
            assert ids.first(name, row) == expected.setdefault(name, row)
        # Each kind has values of its own.
        assert [addresses.first(name, 7) for name in names[:90]] == [7] * 90
    assert len(expected) == 90


def test_refused_rows_are_those_of_the_file(store: PipelineStore, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        store.add([new_row(contact(name), WANTED, source=name, line=2)])
    rows = claimed(store, most=2)
    store.record([(row, Change("rejected", {}, "rejected", DONE)) for row in rows], lease=LEASE)
    rejects = Rejects(None)
    assert write_refused(store, Source(tmp_path / "b.csv"), wanted=WANTED, rejects=rejects) == 1
    assert rejects.count == 1


def test_what_a_process_could_not_write_down_is_given_time(store: PipelineStore) -> None:
    """It ends in order, but because the database failed after something was sent."""
    added(store, "A")
    claimed(store)
    store.release(settle=60_000)
    assert claimed(store) == []


def test_a_name_of_a_host_is_not_enough(store: PipelineStore) -> None:
    """Containers and copies of machines share names, and numbers of processes mean another one there."""
    added(store, "A")
    claimed(store)
    with store.write() as transaction:
        claim = f"{socket.gethostname()}:1:1#1"
        transaction.connection.execute(tables.contacts.update().values(claim=claim))
    assert store.free_dead(settle=0) == 0

"""Files of contacts into the pipeline: rows go to its database, rejects to a file, none stays in memory."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import msgspec
import sqlalchemy as sa

from ringback.cloud import pipeline_tables as tables
from ringback.cloud.pipeline_seen import Memory
from ringback.cloud.pipeline_store import PipelineStore, Row
from ringback.contacts.payload import Fault
from ringback.contacts.rows import CsvRows, Item, Reject, read_json_lines
from ringback.core.errors import UsageError

_BATCH = 500
_JSON = (".jsonl", ".ndjson", ".json")
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Source:
    """A file of contacts.

    Attributes:
        path: CSV, or JSON lines by the name's end (.jsonl, .ndjson, .json).
        mapping: field to column, from `parse_mapping`.
        country: of numbers in national notation; None wants them with their +.
    """

    path: Path
    mapping: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None

    def __post_init__(self) -> None:
        if self.mapping and self.is_json:
            raise UsageError(
                "--map is for CSV", hint="the fields of JSON lines have the names of a contact's"
            )

    @property
    def is_json(self) -> bool:
        """Whether it has JSON lines."""
        return self.path.suffix.lower() in _JSON

    def unused(self) -> tuple[str, ...]:
        """Columns that give nothing.

        Raises:
            UsageError: as for `items`.
        """
        if self.is_json:
            return ()
        with self._opened() as file:
            header = CsvRows(file, mapping=self.mapping, country=self.country).header
        return tuple(column for column in header.unused if column)

    def items(self) -> Iterator[Item]:
        """The rows, contacts and rejects.

        Raises:
            UsageError: the file cannot be read, or its header gives no contacts.
        """
        with self._opened() as file, Memory() as memory:
            if self.is_json:
                yield from read_json_lines(file, country=self.country, remember=memory.kind)
            else:
                mapping, country = self.mapping, self.country
                yield from CsvRows(file, mapping=mapping, country=country, remember=memory.kind)

    @contextmanager
    def _opened(self) -> Iterator[IO[str]]:
        try:
            with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                yield file
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from None

    def fingerprint(self) -> str:
        """SHA-256 of the file.

        Raises:
            UsageError: it cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror}") from None


class Rejects:
    """The file of rejected rows: CSV by its name's end, JSON lines else; whole when it is closed.

    Args:
        path: None writes none.
    """

    def __init__(self, path: Path | None) -> None:
        self._path, self.count = path, 0
        self._file: IO[str] | None = None
        if path:
            self._part = path.with_name(path.name + ".part")
            try:
                self._file = self._part.open("w", encoding="utf-8", newline="")
            except OSError as error:
                raise UsageError(f"{path} cannot be written: {error.strerror}") from None
            if self._is_csv:
                csv.writer(self._file).writerow(["row", "field", "code", "reason", "raw"])

    @property
    def _is_csv(self) -> bool:
        return self._path is not None and self._path.suffix.lower() == ".csv"

    def add(self, reject: Reject) -> None:
        """Write one row with every reason; CSV has a line for each."""
        self.count += 1
        if self._file is None:
            return
        if self._is_csv:
            lines = [
                [reject.number, each.field, each.code, each.reason, reject.raw] for each in reject.faults
            ]
            csv.writer(self._file).writerows(lines)
        else:
            self._file.write(json.dumps(reject.to_dict(), ensure_ascii=False) + "\n")

    def abandon(self) -> None:
        """Leave what there is under its name with `.part`: the rest of the rows was not read."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Put the file in its place."""
        if self._file is not None and self._path:
            self._file.close()
            self._part.replace(self._path)
            self._file = None


def reject_of(row: Row) -> Reject:
    """The reject of a row that the platform refused."""
    return Reject(row.line, row.body, (Fault("", "refused_by_platform", row.reason),))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done with the contacts of a file.

    Attributes:
        organisation: origin of its API.
        campaign: contacts of one campaign are started once.
        until: the last step.
        webhook: URL of the receiver; "" for none.
    """

    organisation: str
    campaign: str
    until: int
    webhook: str = ""


@dataclass(slots=True)
class ReadCounts:
    """What a file held.

    Attributes:
        rows: contacts and rejects.
        new: contacts that the campaign did not have.
        known: contacts that it had.
        rejected: rows that are none.
        clashes: contacts whose number or address stood in an earlier row.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0
    clashes: int = 0


def read_in(
    store: PipelineStore,
    source: Source,
    *,
    wanted: Wanted,
    rejects: Rejects,
    tick: Callable[[ReadCounts], None] = lambda _counts: None,
) -> ReadCounts:
    """Take the contacts of a file in; those that the campaign has already stay as they are.

    Raises:
        UsageError: the file cannot be read.
    """
    counts, batch = ReadCounts(), list[dict[str, Any]]()
    for item in source.items():
        counts.rows += 1
        if isinstance(item, Reject):
            counts.rejected += 1
            rejects.add(item)
            continue
        counts.clashes += bool(item.clashes)
        batch.append(new_row(item.payload, wanted, source=source.path.name, line=item.number))
        if len(batch) >= _BATCH:
            _flush(store, batch, counts=counts)
            tick(counts)
    _flush(store, batch, counts=counts)
    return counts


def _flush(store: PipelineStore, batch: list[dict[str, Any]], *, counts: ReadCounts) -> None:
    added = store.add(batch)
    counts.new += added
    counts.known += len(batch) - added
    batch.clear()


def new_row(
    payload: Mapping[str, Any], wanted: Wanted, *, source: str, line: int, **more: Any
) -> dict[str, Any]:
    """A row of the pipeline's table."""
    known = {
        "organisation": wanted.organisation,
        "campaign": wanted.campaign,
        "external_id": payload["externalContactId"],
        "source": source,
        "line": line,
        "body": _encode(payload).decode(),
        "until": wanted.until,
        "webhook": wanted.webhook,
    }
    return known | more


def begin_import(store: PipelineStore, source: Source, *, wanted: Wanted, resume: bool) -> str:
    """Note that a file is imported; gives its fingerprint.

    Raises:
        UsageError: it was imported before, whole or in part, and `resume` was not asked for.
    """
    fingerprint, table = source.fingerprint(), tables.imports
    key = {"organisation": wanted.organisation, "campaign": wanted.campaign, "fingerprint": fingerprint}
    mine = sa.and_(*(table.c[name] == value for name, value in key.items()))
    with store.write() as transaction:
        found = transaction.connection.execute(sa.select(table.c.finished).where(mine)).first()
        if found is None:
            values = {**key, "file": str(source.path), "began": transaction.now, "finished": 0}
            transaction.connection.execute(table.insert().values(values))
        elif not resume:
            raise _imported(source.path, wanted.campaign, finished=bool(found[0]))
    return fingerprint


def _imported(path: Path, campaign: str, *, finished: bool) -> UsageError:
    if not finished:
        hint = "add --resume: nothing is done twice"
        return UsageError(f"an import of {path} was interrupted", hint=hint)
    hint = "--resume takes up what stopped or broke; another --campaign starts every contact once more"
    return UsageError(f"{path} was imported already (campaign {campaign})", hint=hint)


def end_import(store: PipelineStore, wanted: Wanted, *, fingerprint: str) -> None:
    """Note that every contact of a file is done."""
    table = tables.imports
    mine = (table.c.organisation == wanted.organisation) & (table.c.campaign == wanted.campaign)
    with store.write() as transaction:
        done = table.update().where(mine, table.c.fingerprint == fingerprint)
        transaction.connection.execute(done.values(finished=transaction.now))


def write_refused(store: PipelineStore, source: Source, *, wanted: Wanted, rejects: Rejects) -> int:
    """Write the rows of a file that the platform refused into the rejects; how many there are."""
    name = source.path.name
    refused = store.in_state(wanted.organisation, wanted.campaign, source=name, state="rejected")
    number = 0
    for number, row in enumerate(refused, start=1):  # noqa: B007  the count is the result
        rejects.add(reject_of(row))
    return number

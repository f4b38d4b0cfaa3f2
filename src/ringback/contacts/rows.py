"""Files of contacts, row by row: CSV and JSON lines in, contacts and rejects out, in flat memory.

Nothing is read but the lines that come in. A row is a contact that `parse_contact` accepts, its numbers in
E.164; everything else is a reject with every reason. The first row of an external id counts, later ones are
rejects; a number or address that stands in several rows is no fault, but probably a clash.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import msgspec

from ringback.contacts.columns import Header, read_header
from ringback.contacts.duplicates import FirstSeen
from ringback.contacts.numbers import parse_number
from ringback.contacts.payload import NUMBER_CHANNELS, Contact, Fault, PayloadError, parse_contact
from ringback.core.errors import UsageError

# Characters of a line. A contact has a few hundred; a longer line is a broken file.
ROW_LENGTH = 1_000_000
_SHOWN = 200
_LONGEST_HEADER = 10_000
_BOM = "\ufeff"
# What `surrogateescape` makes of bytes that are no UTF-8.
_NOT_UTF8 = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Clash:
    """An address that stood in an earlier row too: probably the same person under another id."""

    field: str
    row: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is a contact.

    Attributes:
        number: the line in which it begins, from 1.
        contact: with numbers in E.164.
        clashes: earlier rows with the same address.
    """

    number: int
    contact: Contact
    clashes: tuple[Clash, ...] = ()

    @property
    def payload(self) -> dict[str, Any]:
        """The plain body."""
        return self.contact.to_dict()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is none.

    Attributes:
        number: the line in which it begins, from 1.
        raw: its text as it stands in the file, without the line end.
        faults: every reason.
    """

    number: int
    raw: str
    faults: tuple[Fault, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason as a sentence."""
        return tuple(map(str, self.faults))

    def to_dict(self) -> dict[str, Any]:
        """The reject as JSON."""
        return {"row": self.number, "faults": [fault.to_dict() for fault in self.faults], "raw": self.raw}


Item: TypeAlias = Row | Reject


class Remembered(Protocol):
    """Where values that were seen are remembered, such as `FirstSeen`."""

    def first(self, value: str, row: int) -> int:
        """The row in which the value stood first: `row` itself when it is new, and then it is remembered."""


class CsvRows:
    """The rows of a CSV file; iterate once.

    Attributes:
        header: what the first line says.
    """

    def __init__(
        self,
        lines: Iterable[str],
        *,
        mapping: Mapping[str, str] | None = None,
        delimiter: str | None = None,
        country: str | None = None,
        remember: Callable[[], Remembered] = FirstSeen,
    ) -> None:
        """Read the header.

        Args:
            lines: of the file, with their line ends (so that cells may hold some); bytes that are no
                UTF-8 as `surrogateescape` gives them, so that they spoil their row alone.
            mapping: field to column, from `parse_mapping`.
            delimiter: one character; None finds it out.
            country: of numbers in national notation, e.g. US; None wants them with their +.
            remember: makes a place for what was seen, one for ids and one for addresses.

        Raises:
            UsageError: the file is empty, or its header gives no contacts.
        """
        self._lines = _Lines(lines)
        first = self._header_line()
        # The line that Excel writes to name the delimiter.
        if first.casefold().startswith("sep=") and len(first.strip("\r\n")) == 5:
            delimiter, first = delimiter or first[4], self._header_line()
        self.header: Header = read_header(first, mapping=mapping, delimiter=delimiter)
        self._country = country
        self._seen = _Seen(remember)

    def _header_line(self) -> str:
        try:
            text = next(each for each in self._lines if each.strip())
        except StopIteration:
            raise UsageError("the file has no header", hint="its first line names the columns") from None
        except _LongLineError as error:
            raise UsageError(f"the header cannot be read: {error}", hint="check the file") from None
        if self._lines.encoding_fault():
            raise UsageError("the header is no UTF-8 text", hint="save the file as UTF-8")
        # A column's name may run over a line's end, in quotes.
        while text.count('"') % 2 and len(text) < _LONGEST_HEADER:
            text += next(self._lines, '"')
        return text

    def __iter__(self) -> Iterator[Item]:
        # strict: a quote in the wrong place is a fault, not part of a name.
        reader = csv.reader(self._lines, delimiter=self.header.delimiter, strict=True)
        while True:
            number = self._lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _LongLineError) as error:
                yield self._broken(number, Fault("", "malformed", _csv_reason(error)))
                continue
            if fault := self._lines.encoding_fault():
                yield Reject(number, self._lines.text, (fault,))
            elif any(cell.strip() for cell in cells):
                yield self._item(number, cells)

    def _item(self, number: int, cells: list[str]) -> Item:
        wanted = len(self.header.columns)
        if len(cells) != wanted:
            reason = f"has {len(cells)} cells, the header {wanted} columns"
            return self._broken(number, Fault("", "wrong_cells", reason))
        found = _contact(_body(cells, self.header.fields), self._country)
        if isinstance(found, Contact):
            return self._seen.item(number, found, raw=self._lines.text)
        return Reject(number, self._lines.text, found)

    def _broken(self, number: int, fault: Fault) -> Reject:
        # A quote that is not closed takes the next lines into its cell: only the first line is at fault.
        self._lines.back_to_second()
        return Reject(number, self._lines.text, (fault,))


def read_json_lines(
    lines: Iterable[str],
    *,
    country: str | None = None,
    remember: Callable[[], Remembered] = FirstSeen,
) -> Iterator[Item]:
    """The rows of a file with one plain contact on each line; empty lines are skipped.

    Args:
        lines: of the file, as for `CsvRows`.
        country: of numbers in national notation; None wants them with their +.
        remember: as for `CsvRows`.
    """
    source, seen = _Lines(lines), _Seen(remember)
    while True:
        number = source.begin()
        try:
            line = next(source).strip()
        except StopIteration:
            return
        except _LongLineError as error:
            yield Reject(number, source.text, (Fault("", "malformed", str(error)),))
            continue
        if not line:
            continue
        fault = source.encoding_fault()
        found = (fault,) if fault else _contact_of_json(line, country)
        if isinstance(found, Contact):
            yield seen.item(number, found, raw=line)
        else:
            yield Reject(number, source.text.strip(), found)


class _LongLineError(ValueError):
    """A line over the limit."""


class _Lines:
    """The lines of a file, remembering those of the current row."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._again: list[str] = []
        self._read = 0
        self._row: list[str] = []

    def begin(self) -> int:
        """A row begins; the number of its first line."""
        self._row.clear()
        return self._read + 1

    @property
    def text(self) -> str:
        """The text of the row so far, wrong bytes as escapes; the beginning of a line over the limit."""
        text = "".join(self._row).rstrip("\r\n")
        if not text.isascii():
            text = _NOT_UTF8.sub(lambda found: f"\\x{ord(found[0]) - 0xDC00:02x}", text)
            text = text.encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= ROW_LENGTH else text[:_SHOWN] + "…"

    def encoding_fault(self) -> Fault | None:
        """What is wrong with the row's bytes, or None."""
        for line in self._row:
            if not line.isascii() and (found := _NOT_UTF8.search(line)):
                reason = f"the byte 0x{ord(found[0]) - 0xDC00:02X} is no UTF-8; save the file as UTF-8"
                return Fault("", "not_utf8", reason)
        return None

    def back_to_second(self) -> None:
        """Give the lines of the current row again, but for its first."""
        self._read -= len(self._row) - 1
        self._again.extend(reversed(self._row[1:]))
        del self._row[1:]

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._source)
        self._read += 1
        if self._read == 1:
            line = line.removeprefix(_BOM)
        self._row.append(line)
        if len(line) > ROW_LENGTH:
            raise _LongLineError(f"the line has {len(line):,} characters, at most {ROW_LENGTH:,} are read")
        return line


class _Seen:
    """Which ids and addresses stood in earlier rows."""

    def __init__(self, remember: Callable[[], Remembered]) -> None:
        self._ids, self._addresses = remember(), remember()

    def item(self, number: int, contact: Contact, *, raw: str) -> Item:
        """The row of a contact, or a reject when its id came before."""
        first = self._ids.first(contact.external_contact_id, number)
        if first != number:
            reason = f"{contact.external_contact_id} stands in line {first} already"
            return Reject(number, raw, (Fault("externalContactId", "duplicate_in_file", reason),))
        clashes = tuple(
            Clash(f"channels.{channel}", row)
            for channel, address in contact.channels.items()
            if (row := self._addresses.first(_address(channel, address), number)) != number
        )
        return Row(number, contact, clashes)


def _address(channel: str, value: str) -> str:
    return value if channel in NUMBER_CHANNELS else f"{channel}:{value.casefold()}"


def _body(cells: list[str], fields: Mapping[str, int]) -> dict[str, Any]:
    """The plain body of a CSV row; empty cells give nothing."""
    given = {field: text for field, column in fields.items() if (text := cells[column].strip())}
    body: dict[str, Any] = {"channels": {}, "metadata": {}}
    for field, text in given.items():
        if field.startswith("metadata."):
            body["metadata"][field.removeprefix("metadata.")] = text
        elif field in ("voice", "sms", "email", "chat"):
            body["channels"][field] = text
        elif field == "interactionDurationSeconds" and text.isascii() and text.isdigit() and len(text) < 10:
            body[field] = int(text)
        elif field not in ("firstName", "lastName"):
            body[field] = text
    names = [given[field] for field in ("firstName", "lastName") if field in given]
    return {"name": " ".join(names), **body} if names else body


def _contact_of_json(line: str, country: str | None) -> Contact | tuple[Fault, ...]:
    try:
        body = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError) as error:
        return (Fault("", "malformed", f"the line is no JSON: {error}"),)
    except RecursionError:
        return (Fault("", "malformed", "the line is nested too deep"),)
    return _contact(body, country)


def _contact(body: Any, country: str | None) -> Contact | tuple[Fault, ...]:
    """The contact of a body whose numbers may be in national notation, or every fault."""
    try:
        return parse_contact(body, read_number=lambda text: parse_number(text, country=country).e164)
    except PayloadError as error:
        return error.faults


def _csv_reason(error: Exception) -> str:
    text = str(error)
    if "field larger" in text:
        return "a cell has more than 131,072 characters; a quote is probably not closed"
    if "expected after" in text:
        return "a cell goes on after its closing quote; a quote inside a cell is written twice"
    if text == "unexpected end of data":
        return "a quote is not closed before the end of the file"
    return text

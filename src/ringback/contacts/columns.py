"""The header of a CSV file: which column gives which field of a contact."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ringback.contacts.payload import CHANNELS
from ringback.core.errors import UsageError
from ringback.documents import suggestion

DELIMITERS = (",", ";", "\t", "|")
# What a column can give; besides metadata.KEY, for any key.
COLUMN_FIELDS = (
    "externalContactId",
    "name",
    "firstName",
    "lastName",
    *CHANNELS,
    "initialMessage",
    "interactionDurationSeconds",
)
_METADATA = "metadata."


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a CSV file, understood.

    Attributes:
        columns: their names in order.
        delimiter: what stands between them.
        fields: field to the number of its column; one column may give several fields.
        unused: columns that give none.
    """

    columns: tuple[str, ...]
    delimiter: str
    fields: Mapping[str, int]
    unused: tuple[str, ...]


def parse_mapping(options: Iterable[str]) -> dict[str, str]:
    """`CSV column=field` options as field to column.

    >>> parse_mapping(["Mobile no=sms", "Mobile no=voice"])
    {'sms': 'Mobile no', 'voice': 'Mobile no'}

    Raises:
        UsageError: an option has another form, its field does not exist, or two columns give one field.
    """
    found: dict[str, str] = {}
    for option in options:
        column, sign, name = (part.strip() for part in option.rpartition("="))
        if not (column and sign and name):
            raise UsageError(f"{option!r} is no column mapping", hint="write 'CSV column=field'")
        field = _field(name)
        if field in found:
            raise UsageError(f"two columns are mapped to {field}", hint="remove one of them")
        found[field] = column
    return found


def read_header(
    line: str, *, mapping: Mapping[str, str] | None = None, delimiter: str | None = None
) -> Header:
    """The header in the first line of a file.

    A column gives the field of its own name without regard to case, spaces, `_` and `-`; `mapping` comes
    first.

    Args:
        line: without byte order mark.
        mapping: field to column, from `parse_mapping`.
        delimiter: one character; None picks the one of `DELIMITERS` that gives most columns.

    Raises:
        UsageError: a mapped column does not exist, two columns have one name, or a needed field has none.
    """
    mark = delimiter or sniff(line)
    columns = _cells(line, mark)
    named = [column for column in columns if column]
    if double := sorted({column for column in named if named.count(column) > 1}):
        raise UsageError(f"two columns have the name {double[0]!r}", hint="rename one of them in the file")
    fields = _mapped(columns, mapping or {})
    given = frozenset(fields)
    for number, column in enumerate(columns):
        field = _own_field(column)
        if not field or field in given or column in (mapping or {}).values():
            continue
        if field in fields:
            both = f"{columns[fields[field]]!r} and {column!r}"
            raise UsageError(
                f"the columns {both} both give {field}", hint=f"--map {column!r}={field} picks one"
            )
        fields[field] = number
    _check_needed(fields, columns)
    unused = tuple(column for number, column in enumerate(columns) if number not in fields.values())
    return Header(tuple(columns), mark, fields, unused)


def sniff(line: str) -> str:
    """The delimiter of a header: the one that gives most columns, the comma first."""
    return max(DELIMITERS, key=lambda mark: len(_cells(line, mark)))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [
            cell.strip() for cell in next(csv.reader(line.splitlines(keepends=True), delimiter=delimiter), [])
        ]
    except (csv.Error, TypeError) as error:
        hint = "the delimiter is one character, e.g. ';'"
        raise UsageError(f"the header cannot be read: {error}", hint=hint) from None


def _mapped(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    for column in mapping.values():
        if column not in columns:
            hint = suggestion(column, columns, what="columns")
            raise UsageError(f"there is no column {column!r}", hint=hint)
    return {field: columns.index(column) for field, column in mapping.items()}


def _check_needed(fields: Mapping[str, int], columns: Sequence[str]) -> None:
    needed = {
        "externalContactId": ("externalContactId",),
        "name": ("name", "firstName", "lastName"),
        f"a channel ({', '.join(CHANNELS)})": CHANNELS,
    }
    for what, choices in needed.items():
        if not any(choice in fields for choice in choices):
            shown = ", ".join(repr(column) for column in columns[:12])
            hint = f"name it with --map 'CSV column={choices[0]}'; columns: {shown}"
            raise UsageError(f"no column gives {what}", hint=hint)


def _field(name: str) -> str:
    if name.startswith(_METADATA) and len(name) > len(_METADATA):
        return name
    field = _own_field(name)
    if field is None:
        hint = suggestion(name, (*COLUMN_FIELDS, "metadata.KEY"), what="fields")
        raise UsageError(f"{name!r} is no field of a contact", hint=hint)
    return field


def _own_field(column: str) -> str | None:
    if column.startswith(_METADATA) and len(column) > len(_METADATA):
        return column
    plain = _plain(column).removeprefix("channels.")
    return next((field for field in COLUMN_FIELDS if _plain(field) == plain), None)


def _plain(name: str) -> str:
    return name.casefold().translate(str.maketrans("", "", " _-"))

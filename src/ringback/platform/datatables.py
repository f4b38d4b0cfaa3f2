"""Data tables: their schemas, their rows, and their CSV.

A table's schema is a draft-04 object whose properties are its columns: `key`, a string, and others of the
types string, integer, number and boolean. A row is a flat object; columns that it leaves out have their
default. Rows are stored below their table, by key, as `{"id": key, "row": {…}}`, since a column may have any
name; `lookup` gives them as callers see them.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ringback.platform import errors
from ringback.platform.errors import ApiError
from ringback.platform.store.reader import Body, Query, Reader

TABLE, ROW = "datatable", "datatable_row"
KEY = "key"
# The platform's limits, named in docs/limits.md.
MAX_TABLES, MAX_ROWS, MAX_COLUMNS, MAX_KEY = 50, 5_000, 50, 256

_EMPTY: Mapping[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False}
_BOOLEANS = {"true": True, "false": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")


def limit_reached(what: str, most: int) -> ApiError:
    """400: the platform's limit on data tables; `what` names it."""
    return ApiError(
        400, "limit.exceeded", "The limit of {most} {what} is reached.", most=most, what=what
    ).with_extra(limit={"key": what, "value": most})


# Schemas


def columns(schema: Mapping[str, Any]) -> dict[str, Body]:
    """The columns of a checked schema, in its order."""
    found: dict[str, Body] = schema["properties"]
    return found


def in_display_order(schema: Mapping[str, Any]) -> list[str]:
    """The names of the columns as people see them."""
    found = columns(schema)
    return sorted(found, key=lambda name: (name != KEY, _order(found[name])))


def _order(column: Mapping[str, Any]) -> float:
    order = column.get("displayOrder")
    return order if isinstance(order, int | float) else 0


def check_schema(schema: object) -> None:
    """ApiError 400 for a schema that a data table cannot have."""
    if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
        raise errors.bad_request("A data table needs a schema with properties.", field="schema.properties")
    found = schema["properties"]
    if len(found) > MAX_COLUMNS:
        raise limit_reached("columns of a data table", MAX_COLUMNS)
    for name, column in found.items():
        _check_column(name, column)
    if found.get(KEY, {}).get("type") != "string":
        raise errors.bad_request(
            "The schema needs the column `key` of type string.", field="schema.properties.key"
        )
    if schema.get("type") != "object":
        raise errors.bad_request("The schema of a data table is of type object.", field="schema.type")
    if KEY not in (schema.get("required") or ()):
        raise errors.bad_request("The schema must require the column `key`.", field="schema.required")
    if schema.get("additionalProperties") not in (None, False):
        raise errors.bad_request("A data table has no other columns.", field="schema.additionalProperties")


def _check_column(name: str, column: object) -> None:
    place = f"schema.properties.{name}"
    if not isinstance(column, dict) or column.get("type") not in _EMPTY:
        allowed = ", ".join(_EMPTY)
        raise errors.bad_request(f"The column {name!r} needs a type: {allowed}.", field=f"{place}.type")
    if "default" in column:
        check_value(name, column["default"], column=column, place=f"{place}.default")
    order = column.get("displayOrder")
    if order is not None and (isinstance(order, bool) or not isinstance(order, int | float)):
        raise errors.bad_request("displayOrder is a number.", field=f"{place}.displayOrder")


def check_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The columns that a new schema drops; ApiError 400 when it changes the type of one."""
    old, new = columns(before), columns(after)
    for name in old.keys() & new.keys():
        if old[name]["type"] != new[name]["type"]:
            raise errors.bad_request(
                f"The type of the column {name!r} cannot change.", field=f"schema.properties.{name}.type"
            )
    return old.keys() - new.keys()


# Rows


def check_value(name: str, value: object, *, column: Mapping[str, Any], place: str = "") -> None:
    """ApiError 400 for a value that a column cannot hold."""
    kind = column["type"]
    if isinstance(value, bool):
        good = kind == "boolean"
    elif isinstance(value, str):
        good = kind == "string"
    elif isinstance(value, int):
        good = kind in ("integer", "number") and abs(value) < 10**18
    else:
        good = isinstance(value, float) and kind == "number"
    if not good:
        shown = type(value).__name__ if isinstance(value, dict | list) else json.dumps(value)[:100]
        raise errors.bad_request(
            f"Value [{shown}] is not valid for field type [{kind}].",
            field=place or name,
            code="invalid.value",
        )


def check_row(schema: Mapping[str, Any], sent: Mapping[str, Any]) -> Body:
    """The row as it is stored: what was sent, checked; ApiError 400."""
    found = columns(schema)
    for name, value in sent.items():
        if name not in found:
            raise errors.bad_request(
                f"Value [{name[:100]}] is not a valid property for object [row].",
                field=name[:100],
                code="invalid.property",
            )
        check_value(name, value, column=found[name])
    key = sent.get(KEY)
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_KEY or "\0" in key:
        raise errors.bad_request(f"The key of a row has 1 to {MAX_KEY} characters.", field=KEY)
    return dict(sent)


def shown(schema: Mapping[str, Any], row: Mapping[str, Any]) -> Body:
    """A row as callers see it: every column, with defaults where it has nothing."""
    return {
        name: row[name] if name in row else column.get("default", _EMPTY[column["type"]])
        for name, column in columns(schema).items()
    }


def lookup(store: Reader, table_id: str, *, key: str) -> Body | None:
    """A row of a table, None when there is none."""
    table, stored = store.get(TABLE, table_id), store.get(ROW, key, parent=table_id)
    return shown(table["schema"], stored["row"]) if table and stored else None


def keys(store: Reader, table_id: str) -> list[str]:
    """The keys of a table, sorted."""
    return [body["id"] for body in store.find(Query(ROW, table_id, order=()))]


# CSV


def to_csv(schema: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as UTF-8 with a line of column names first, in their display order."""
    names = in_display_order(schema)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for row in rows:
        full = shown(schema, row)
        writer.writerow([_cell(full[name]) for name in names])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def from_csv(schema: Mapping[str, Any], content: bytes) -> Iterator[Body | ApiError]:
    """The rows of a CSV file, each checked; the error instead of a row that is wrong.

    Columns are named by their names or their titles, in any order; an empty cell is a default.

    Raises:
        ApiError: the file as a whole cannot be read.
    """
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = next(lines, None)
        names = _header(schema, header or [])
        for line in lines:
            if line:
                yield _row(schema, names, line=line)
    except UnicodeDecodeError:
        raise errors.bad_request("The file is not UTF-8.") from None
    except csv.Error as error:
        raise errors.bad_request(f"The file is no CSV: {error}.") from None


def _header(schema: Mapping[str, Any], header: list[str]) -> list[str]:
    found = columns(schema)
    titles = {str(column.get("title") or name): name for name, column in found.items()}
    names = [text if text in found else titles.get(text, "") for text in header]
    for text, name in zip(header, names, strict=True):
        if not name:
            raise errors.bad_request(f"The data table has no column {text[:100]!r}.")
        if names.count(name) > 1:
            raise errors.bad_request(f"The column {text[:100]!r} is there twice.")
    if KEY not in names:
        raise errors.bad_request("The file has no column `key`.")
    return names


def _row(schema: Mapping[str, Any], names: list[str], *, line: list[str]) -> Body | ApiError:
    if len(line) != len(names):
        return errors.bad_request(f"A row has {len(line)} cells, the header {len(names)}.")
    found = columns(schema)
    try:
        cells = zip(names, line, strict=True)
        return check_row(schema, {name: _value(found[name], text) for name, text in cells if text})
    except ApiError as error:
        return error


def _value(column: Mapping[str, Any], text: str) -> object:
    """A cell as a value of its column; the text itself when it is none, which then is refused."""
    kind, plain = column["type"], text.strip()
    if kind == "boolean":
        return _BOOLEANS.get(plain.lower(), text)
    if kind != "string" and _WHOLE.fullmatch(plain):
        return int(plain)
    if kind == "number" and _DECIMAL.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain)
    return text

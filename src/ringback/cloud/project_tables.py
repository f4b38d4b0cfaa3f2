"""Data tables as files: a schema (`dataTable:` in YAML or JSON, or the API's body), and rows as CSV.

    dataTable:
      name: Opening hours
      description: By site
      key: Site                          # title of the key column
      columns:
        - {name: Open, type: boolean, default: true}
        - {name: Greeting, type: string}

Types are those of Architect: string, integer, number, boolean. The rows stand in a file of the same name that
ends in `.csv`, with `key` and the names of columns in its first line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringback.core.errors import DefinitionError
from ringback.core.span import Span
from ringback.documents import Node, Problems
from ringback.flows.loaders.shapes import text_of

TYPES = ("string", "integer", "number", "boolean")
KEY = "key"
_KEYS = ("name", "description", "division", "key", "columns")
_COLUMN_KEYS = ("name", "type", "title", "default")
_EMPTY: Mapping[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False}
_TRUE, _FALSE = frozenset(("true", "yes", "1")), frozenset(("false", "no", "0", ""))
WRONG = "RB091"


@dataclass(frozen=True, slots=True)
class Column:
    """A column besides the key; `default` is the value of rows that have none."""

    name: str
    type: str
    title: str = ""
    default: Any = None

    @property
    def missing(self) -> Any:
        """The value of a row that says nothing."""
        return _EMPTY[self.type] if self.default is None else self.default


@dataclass(frozen=True, slots=True)
class Table:
    """A data table; `rows` is None when the project does not say which it has."""

    name: str
    columns: tuple[Column, ...]
    key_title: str = KEY
    description: str = ""
    division: str = ""
    rows: Mapping[str, Mapping[str, Any]] | None = None
    span: Span | None = field(default=None, compare=False)

    def meaning(self) -> dict[str, Any]:
        """The table as plain data; rows apart."""
        columns = {
            column.name: {
                "type": column.type,
                "title": column.title or column.name,
                "default": column.missing,
                "place": place,
            }
            for place, column in enumerate(self.columns, start=1)
        }
        found = {"key": self.key_title, **{f"column {name}": value for name, value in columns.items()}}
        return found | ({"description": self.description} if self.description else {})

    def full_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row with every column."""
        return {column.name: row.get(column.name, column.missing) for column in self.columns}

    def schema(self) -> dict[str, Any]:
        """The JSON Schema that the API wants."""
        properties: dict[str, Any] = {KEY: _property(KEY, "string", title=self.key_title, order=0)}
        for order, column in enumerate(self.columns, start=1):
            shown = _property(column.name, column.type, title=column.title or column.name, order=order)
            properties[column.name] = shown | ({} if column.default is None else {"default": column.default})
        return {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "required": [KEY],
            "additionalProperties": False,
            "properties": properties,
        }


def _property(name: str, kind: str, *, title: str, order: int) -> dict[str, Any]:
    return {"$id": f"/properties/{name}", "type": kind, "title": title, "displayOrder": order}


def is_table(node: Node) -> bool:
    """Whether a document is a data table: its own form, or the API's."""
    return node.get("dataTable") is not None or node.at("schema", "properties", KEY) is not None


def read_table(node: Node) -> Table:
    """The table of a document, without rows.

    Raises:
        DefinitionError: a key that does not exist, a column without a name or with an unknown type.
    """
    own = node.get("dataTable")
    if own is None:
        plain = node.plain()
        assert isinstance(plain, dict)
        return of_body(plain, span=node.span)
    problems = Problems()
    problems.unknown_keys(own, _KEYS, where="of a data table")
    columns = tuple(_columns(own.get("columns"), problems))
    name = text_of(own.get("name"))
    if not name:
        problems.error(WRONG, "a data table needs a name", span=own.span)
    problems.check()
    texts = {key: text_of(own.get(key)) for key in ("key", "description", "division")}
    return Table(name, columns, texts["key"] or KEY, texts["description"], texts["division"], span=own.span)


def _columns(node: Node | None, problems: Problems) -> Iterator[Column]:
    for item in node or ():
        problems.unknown_keys(item, _COLUMN_KEYS, where="of a column")
        name, kind = text_of(item.get("name")), text_of(item.get("type")) or "string"
        if not name or kind not in TYPES:
            message = f"the type of column {name!r} is {kind!r}" if name else "a column needs a name"
            problems.error(WRONG, message, span=item.span, hint=f"types: {', '.join(TYPES)}")
            continue
        default = item.get("default")
        yield Column(name, kind, text_of(item.get("title")), default.plain() if default is not None else None)


def of_body(body: Mapping[str, Any], *, span: Span | None = None) -> Table:
    """The table of an API body with its schema."""
    properties = (body.get("schema") or {}).get("properties") or {}
    ordered = sorted(properties.items(), key=lambda pair: pair[1].get("displayOrder", 0))
    columns = tuple(
        Column(name, str(found.get("type") or "string"), str(found.get("title") or ""), found.get("default"))
        for name, found in ordered
        if name != KEY
    )
    division = body.get("division") or {}
    return Table(
        str(body.get("name") or ""),
        columns,
        str((properties.get(KEY) or {}).get("title") or KEY),
        str(body.get("description") or ""),
        str(division.get("name") or ""),
        span=span,
    )


def read_rows(table: Table, text: str, *, file: str) -> dict[str, dict[str, Any]]:
    """The rows of a CSV file by their keys, values in the types of their columns.

    Raises:
        DefinitionError: no column `key`, an unknown column, a value that does not fit, a key twice.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = {column.name: column for column in table.columns}
    found: dict[str, dict[str, Any]] = {}
    try:
        _check_head(reader.fieldnames or (), columns, file=file)
        for row in reader:
            place = Span(file, reader.line_num, 1)
            key = row.pop(KEY) or ""
            if not key or key in found:
                message = f"the key {key!r} comes twice" if key else "a row without a key"
                raise DefinitionError(message, span=place, code=WRONG)
            found[key] = {
                name: _value(columns[name], value or "", place=place) for name, value in row.items() if name
            }
    except csv.Error as error:
        raise DefinitionError(f"no CSV: {error}", span=Span(file, reader.line_num, 1), code=WRONG) from None
    return found


def _check_head(names: Any, columns: Mapping[str, Column], *, file: str) -> None:
    unknown = [name for name in names if name not in columns and name != KEY]
    if KEY in names and not unknown:
        return
    message = f"the table has no column {unknown[0]!r}" if unknown else "the first line names no column `key`"
    hint = f"columns: {', '.join((KEY, *columns))}"
    raise DefinitionError(message, span=Span(file, 1, 1), hint=hint, code=WRONG)


def _value(column: Column, text: str, *, place: Span) -> Any:
    lowered = text.strip().lower()
    try:
        if column.type == "boolean" and lowered in _TRUE | _FALSE:
            return lowered in _TRUE
        if column.type == "integer":
            return int(text) if text.strip() else column.missing
        if column.type == "number":
            return float(text) if text.strip() else column.missing
        if column.type == "string":
            return text
    except ValueError:
        pass
    message = f"{text!r} is no {column.type}, which the column {column.name!r} holds"
    raise DefinitionError(message, span=place, code=WRONG)


def rows_text(table: Table, rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Rows as CSV, in the order of their keys."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow((KEY, *names))
    for key in sorted(rows):
        full = table.full_row(rows[key])
        writer.writerow((key, *(_cell(full[name]) for name in names)))
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)

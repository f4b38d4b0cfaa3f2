"""Write `operations.json` and `models.json`.

    python -m ringback.platform.catalogue.build FOLDER PYTHON TYPINGS DOCS

FOLDER holds the reference, `platform-api.json` and `platform-models.json`, extracted from the official SDKs;
the rest is for `sdk.py`, which reads what the reference lacks. Names, types, limits and allowed values are
taken over; descriptions are read for those facts and left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ringback.platform.catalogue import Field, Model, Operation, Parameter
from ringback.platform.catalogue.sdk import MODEL_NAME, Sdk

Row = Mapping[str, Any]

# How the descriptions of parameters put their limits.
_RANGE = re.compile(r"between (?P<low>\d+) and (?P<high>\d+)")
_MAXIMUM = re.compile(
    r"(?:max(?:imum)?(?: page size)?(?: value)?(?: of| is)?|<=) (?P<high>\d+)\b", re.IGNORECASE
)
_WINDOW = re.compile(r"pageNumber \* pageSize must be <= (?P<window>[\d,]+)")
_VALUES = re.compile(r"Valid values: ?(?P<values>\w+(?:,\w+)+)")
_SUBJECTS = ("PC_GROUP", "PC_USER", "PC_OAUTH_CLIENT")
# A description that says so plainly; fields that clients do send and read back are not among them.
_READ_ONLY = re.compile(
    r"^Read-only |\. Read-only, |any supplied value will be ignored|^This value is ignored"
)
_STAMPS = {
    "selfUri",
    "dateCreated",
    "dateModified",
    "createDate",
    "modifyDate",
    "createdDate",
    "modifiedDate",
}
_NUMBERS = ("pageSize", "pageNumber", "limit")
# Required by the JavaScript typings, and still left out by clients of the real platform: the Terraform
# provider creates integrations without a name, and only the server knows how far a job is. A role that is
# granted without a division holds in the home division, to which users without one belong.
_NOT_REQUIRED = {
    ("CreateIntegrationRequest", "name"),
    ("DataTableImportJob", "status"),
    ("DataTableExportJob", "status"),
    ("RoleDivision", "divisionId"),
    ("CreateUser", "divisionId"),
}


def main(folder: str, python: str, *, typings: str, docs: str, target: Path = Path(__file__).parent) -> None:
    """Read the reference in `folder` and the SDKs, and write both files into `target`."""
    rows, raw = (_read(Path(folder) / f"platform-{each}.json") for each in ("api", "models"))
    sdk = Sdk(Path(python), Path(typings), docs=Path(docs))
    known = {(row["method"], row["path"]) for row in rows}
    rows += [row for row in sdk.operations() if (row["method"], row["path"]) not in known]
    raw |= sdk.models(named_models(rows), raw)
    found = sorted((operation(row) for row in rows), key=lambda each: (each.path, each.method))
    (target / "operations.json").write_bytes(_lines(msgspec.json.encode(each) for each in found))
    named = {name: model(name, raw[name]) for name in sorted(raw)}
    pairs = (msgspec.json.encode(name) + b":" + msgspec.json.encode(named[name]) for name in named)
    (target / "models.json").write_bytes(_lines(pairs, b"{}"))


def named_models(rows: Iterable[Row]) -> set[str]:
    """The models that rows of operations name."""
    kinds = (str(row[key] or "") for row in rows for key in ("request_model", "response_model"))
    return {name for kind in kinds for name in MODEL_NAME.findall(kind)}


def _read(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def operation(row: Row) -> Operation:
    """An operation of the reference."""
    parameters = tuple(parameter(each) for each in row["query_params"])
    return Operation(
        row["method"],
        row["path"],
        row["operationId"],
        group=row["group"],
        permissions=tuple(row["permissions"] or ()),
        permissions_mode=row["permissions_mode"] or "NO",
        request=row["request_model"],
        request_required=bool(row["request_required"]),
        response=row["response_model"],
        query=parameters,
        window=max((_window(each["desc"]) for each in row["query_params"]), default=0),
        deprecated=row["deprecated"],
        preview=row["preview"],
        status=row["success_status_hint"],
        accept=row["accept"][0],
    )


def parameter(row: Row) -> Parameter:
    """A query parameter of the reference, with the limits that its description states."""
    number = row["name"] in _NUMBERS
    low, high = _limits(row["desc"]) if number else (None, None)
    kind = "int" if number else row["type"] or "str"
    return Parameter(
        row["name"], kind, row["required"], enum=_allowed(row["desc"]), minimum=low, maximum=high
    )


def model(name: str, fields: Mapping[str, Row]) -> Model:
    """A model of the reference."""
    return {
        each: Field(
            row["type"],
            required=bool(row["required"]) and (name, each) not in _NOT_REQUIRED,
            enum=tuple(row.get("enum", ())),
            read_only=_read_only(each, row),
        )
        for each, row in fields.items()
    }


def _read_only(name: str, row: Row) -> bool:
    return (name in _STAMPS and not row["required"]) or bool(_READ_ONLY.search(row["desc"]))


def _limits(text: str) -> tuple[int | None, int | None]:
    text = _WINDOW.sub("", text)
    if between := _RANGE.search(text):
        return int(between["low"]), int(between["high"])
    found = _MAXIMUM.search(text)
    return None, int(found["high"]) if found else None


def _window(text: str) -> int:
    found = _WINDOW.search(text)
    return int(found["window"].replace(",", "")) if found else 0


def _allowed(text: str) -> tuple[str, ...]:
    if all(subject in text for subject in _SUBJECTS):
        return _SUBJECTS
    found = _VALUES.search(text)
    values = tuple(found["values"].split(",")) if found else ()
    return () if values == ("true", "false") else values


def _lines(items: Any, brackets: bytes = b"[]") -> bytes:
    return brackets[:1] + b"\n" + b",\n".join(items) + b"\n" + brackets[1:] + b"\n"


if __name__ == "__main__":
    main(*sys.argv[1:3], typings=sys.argv[3], docs=sys.argv[4])

"""Writes `platform-operations.md`: every operation that the local platform serves, and those that answer 501.

Run `python docs/generate_operations.py` after a change of a route; a test compares the page with `page()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from ringback.platform.catalogue import Operation, operations
from ringback.platform.check_sdk import missing, served
from ringback.platform.resources import all_routes
from ringback.platform.routing import Route

PAGE = Path(__file__).with_name("platform-operations.md")
_HEAD = """\
# Operations of the local platform

Written by `docs/generate_operations.py`; do not edit.

The local platform serves {served} of the {known} operations of the Platform API that it knows, and {local} of
its own. The others answer 501 and name themselves; what is unknown answers 404.
`ringback serve --check-sdk` prints the same for the SDK that is installed.

A caller needs all of the permissions in a row, or one of them where it says *any*. Operations of ringback
alone are marked *local*, and `x-ringback-local` in the document at `GET /api/v2/docs/swagger`.
"""
_TABLE = "| Operation | Name in the Python SDK | Permissions |\n| --- | --- | --- |"


def page() -> str:
    """The whole page."""
    routes, absent = all_routes(), missing()
    head = _HEAD.format(served=len(served()), known=len(operations()), local=len(routes) - len(served()))
    return "\n".join([head, *_tables(routes), *_absent(absent)])


def _tables(routes: list[Route]) -> Iterator[str]:
    ordered = sorted(routes, key=lambda each: (each.operation.group, each.path, each.method))
    for group, found in groupby(ordered, key=lambda each: each.operation.group):
        yield f"## {group}\n\n{_TABLE}"
        yield from map(_row, found)
        yield ""


def _row(route: Route) -> str:
    operation = route.operation
    name = "*local*" if operation.local else f"`{operation.operation_id}`"
    return f"| `{route.method} {route.path}` | {name} | {_permissions(route)} |"


def _permissions(route: Route) -> str:
    operation = route.operation
    if route.public:
        return "none, and no token"
    if not operation.permissions:
        return "none"
    names = ", ".join(f"`{name}`" for name in operation.permissions)
    return f"any of {names}" if operation.permissions_mode == "ANY" and ", " in names else names


def _absent(absent: list[Operation]) -> Iterator[str]:
    yield "## Answered with 501\n"
    ordered = sorted(absent, key=lambda each: (each.group, each.path, each.method))
    for group, found in groupby(ordered, key=lambda each: each.group):
        yield f"### {group}, 501\n"
        yield from (f"- `{each.method} {each.path}`: `{each.operation_id}`" for each in found)
        yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

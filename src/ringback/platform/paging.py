"""The list styles of the platform: numbered pages, cursors, and plain lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from ringback.platform.call import Call
from ringback.platform.store.reader import Body, Query

DEFAULT_SIZE = 25
View = Callable[[Body], Body]


def as_is(body: Body) -> Body:
    """An entity as it is stored."""
    return body


def window(call: Call, *, size: int = DEFAULT_SIZE) -> tuple[int, int]:
    """(page number from 1, page size) of a call."""
    return call.query.get("pageNumber") or 1, call.query.get("pageSize") or size


def envelope(call: Call, entities: Sequence[Any], *, total: int, size: int = DEFAULT_SIZE) -> Body:
    """The page envelope around the entities of one page.

    A page past the end has no entities and is no error: clients loop until they see one.
    """
    number, per_page = window(call, size=size)
    count = -(-total // per_page)
    return {
        "entities": list(entities),
        "pageSize": per_page,
        "pageNumber": number,
        "total": total,
        "pageCount": count,
        "firstUri": _uri(call, 1, size=per_page),
        "lastUri": _uri(call, max(count, 1), size=per_page),
        "selfUri": _uri(call, number, size=per_page),
        **({"nextUri": _uri(call, number + 1, size=per_page)} if number < count else {}),
        **({"previousUri": _uri(call, number - 1, size=per_page)} if 1 < number <= count + 1 else {}),
    }


def _uri(call: Call, number: int, *, size: int) -> str:
    kept = [(name, value) for name, value in call.pairs() if name not in {"pageNumber", "pageSize"}]
    path = call.route.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", value)
    return f"{path}?{urlencode([*kept, ('pageSize', size), ('pageNumber', number)])}"


def page(call: Call, query: Query, *, view: View = as_is, size: int = DEFAULT_SIZE) -> Body:
    """One page of what a query finds."""
    number, per_page = window(call, size=size)
    found = call.store.find(query, offset=(number - 1) * per_page, limit=per_page)
    return envelope(call, [view(body) for body in found], total=call.store.count(query), size=size)


def page_of(call: Call, everything: Sequence[Any], *, view: View = as_is, size: int = DEFAULT_SIZE) -> Body:
    """One page of a sequence that is at hand."""
    number, per_page = window(call, size=size)
    part = everything[(number - 1) * per_page : number * per_page]
    return envelope(call, [view(body) for body in part], total=len(everything), size=size)


def cursor(call: Call, entities: Sequence[Any], *, after: str | None) -> Body:
    """The cursor envelope; the last page has no `after` (an empty one makes the provider loop for ever)."""
    cursors = {"after": after} if after else {}
    following = f"{call.route.path}?{urlencode({'cursor': after})}" if after else None
    return {
        "entities": list(entities),
        "cursors": cursors,
        "selfUri": call.route.path,
        **({"nextUri": following} if following else {}),
    }

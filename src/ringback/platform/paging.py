"""The list styles of the platform: numbered pages, cursors, and plain lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from ringback.platform import errors
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


def descending(call: Call, *, unless_told: bool = False) -> bool:
    """Whether `sortOrder` asks for the last first; operations write it as desc, DESC and descending."""
    order = str(call.query.get("sortOrder") or "").lower()
    return order.startswith("desc") if order else unless_told


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
        "firstUri": address(call, pageSize=per_page, pageNumber=1),
        "lastUri": address(call, pageSize=per_page, pageNumber=max(count, 1)),
        "selfUri": address(call, pageSize=per_page, pageNumber=number),
        **({"nextUri": address(call, pageSize=per_page, pageNumber=number + 1)} if number < count else {}),
        **(
            {"previousUri": address(call, pageSize=per_page, pageNumber=number - 1)}
            if 1 < number <= count + 1
            else {}
        ),
    }


def address(call: Call, **changed: object) -> str:
    """The address of a call with some query parameters set anew; the others stay, filters too."""
    path = call.route.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    kept = [(name, value) for name, value in call.pairs() if name not in changed]
    query = urlencode([*kept, *changed.items()])
    return f"{path}?{query}" if query else path


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


def cursor(call: Call, entities: Sequence[Any], *, after: str | None, by: str = "cursor") -> Body:
    """The cursor envelope; the last page has no `after` (an empty one makes the provider loop for ever).

    Args:
        call: the call.
        entities: those of this page.
        after: the cursor of the next page.
        by: name of the query parameter that takes it.
    """
    return {
        "entities": list(entities),
        "cursors": {"after": after} if after else {},
        "selfUri": address(call),
        **({"nextUri": address(call, **{by: after})} if after else {}),
    }


def following(found: Sequence[Body], *, seen: str | None, size: int) -> tuple[Sequence[Body], str | None]:
    """The entities after the last one seen, and the id to go on from; None at the end.

    Raises:
        ApiError: 400, the one seen is not in the list: it was deleted meanwhile, or never there. To begin
            again silently would make clients loop.
    """
    start = 0
    if seen:
        start = next((at + 1 for at, body in enumerate(found) if body["id"] == seen), 0)
        if not start:
            raise errors.bad_request(f"[{seen[:100]}] is no cursor of this list; begin again without one.")
    part = found[start : start + size]
    return part, part[-1]["id"] if start + size < len(found) else None

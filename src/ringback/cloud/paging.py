"""Lists of the Platform API, entity by entity; a page is asked for when its first entity is wanted.

| style | next page | ends |
|---|---|---|
| `page` | `pageNumber` counts from 1 | at `pageCount`, or an empty page |
| `cursor` | `cursor` is the answer's `cursors.after` | when there is none, or it is empty |
| `after` | `after` is the id of the last entity | at an empty page |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

from ringback.core.errors import RemoteError

Style: TypeAlias = Literal["page", "cursor", "after"]
Page: TypeAlias = Mapping[str, Any]
Ask: TypeAlias = Callable[[Mapping[str, Any]], Page]
"""The page that a query gives."""

PAGE_SIZE = 100


def entities(ask: Ask, style: Style, *, size: int = PAGE_SIZE, most: int) -> Iterator[Any]:
    """Every entity of a list.

    Args:
        ask: gets one page.
        style: how the list goes on.
        size: entities of one page.
        most: pages that are read; more is an error.

    Raises:
        RemoteError: the list does not end.
    """
    size_name, first, following = _STYLES[style]
    position = first
    for number in range(1, most + 1):
        page = ask({size_name: size, **position})
        yield from page.get("entities") or ()
        after = following(page, number)
        if after is None:
            return
        if after == position:
            raise RemoteError(
                f"the list does not go on: the page after {position} is itself",
                hint=f"is {style!r} the style of this list?",
            )
        position = after
    raise RemoteError(f"the list has more pages than the limit cloud_pages of {most:,}")


def _next_page(page: Page, number: int) -> Mapping[str, Any] | None:
    last = page.get("pageCount")
    ends = not page.get("entities") or (isinstance(last, int) and number >= last)
    return None if ends else {"pageNumber": number + 1}


def _next_cursor(page: Page, _number: int) -> Mapping[str, Any] | None:
    after = (page.get("cursors") or {}).get("after")
    return {"cursor": after} if after else None


def _next_after(page: Page, _number: int) -> Mapping[str, Any] | None:
    found = page.get("entities")
    return {"after": found[-1]["id"]} if found else None


_Next: TypeAlias = Callable[[Page, int], Mapping[str, Any] | None]
_STYLES: Mapping[Style, tuple[str, Mapping[str, Any], _Next]] = {
    "page": ("pageSize", {"pageNumber": 1}, _next_page),
    "cursor": ("limit", {}, _next_cursor),
    "after": ("pageSize", {}, _next_after),
}

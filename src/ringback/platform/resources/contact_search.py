"""Finding contacts and organisations: by words, numbers, addresses; scans with cursors.

A search reads index ranges and stops at the platform's window of 1,000, so its cost does not grow with the
organisation; `total` counts no further either (policy `contact_total`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.platform import errors, paging
from ringback.platform.call import Call
from ringback.platform.resources.contact_model import (
    MOST_DIVISIONS,
    TERM,
    country_of,
    looks_like_number,
    numbers_in,
    terms,
    words,
)
from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared
from ringback.platform.store.reader import Body, Reader, decode

WINDOW = 1000  # pageNumber * pageSize of the platform's searches
CURSOR_MS = 24 * 3600 * 1000
SCAN_SIZE = 100
# Ids that one word of a search may give; more of them make the result partial.
_CANDIDATES = 2000
_LAST = "\U0010ffff"
_E, _K = tables.entities.c, tables.search_keys.c
_RANGE = Prepared(
    sa.select(_K.id)
    .where(
        _K.kind == sa.bindparam("kind"),
        _K.key_type == sa.bindparam("key_type"),
        _K.value >= sa.bindparam("low"),
        _K.value <= sa.bindparam("high"),
    )
    .order_by(_K.value, _K.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_SORTABLE = frozenset({"firstname", "lastname", "middlename", "title", "name"})


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: ids in order, and whether there may be more."""

    ids: list[str]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What a list shows: entities of a kind, and what callers see of a body."""

    kind: str
    view: Callable[[Call, Body], Body] = lambda _call, body: body


def ids_in_range(store: Reader, kind: str, *, low: str, high: str, key_type: str = TERM) -> list[str]:
    """The ids with a key in a range, each once, at most `_CANDIDATES` keys."""
    rows = _RANGE.run(store.connection, kind=kind, key_type=key_type, low=low, high=high, most=_CANDIDATES)
    return list(dict.fromkeys(row[0] for row in rows.fetchall()))


def search(store: Reader, kind: str, *, text: str) -> Found:
    """The entities that a text means: a number in any notation, an address, an id, or words.

    Each word must begin a word of the entity (policy `contact_search`).
    """
    text = text.replace("\0", " ")  # which no stored text has, and PostgreSQL does not take
    numbers = numbers_in(text, country_of(store))
    exact = [each for number in numbers for each in ids_in_range(store, kind, low=number, high=number)]
    if exact and looks_like_number(text):
        return Found(list(dict.fromkeys(exact)))
    whole = text.strip().strip('"').casefold()
    phrase = ids_in_range(store, kind, low=whole, high=whole + _LAST) if whole else []
    several = _by_words(store, kind, asked=words(text))
    ids = list(dict.fromkeys([*exact, *phrase, *several.ids]))
    return Found(ids, several.partial or len(phrase) == _CANDIDATES)


def _by_words(store: Reader, kind: str, *, asked: list[str]) -> Found:
    if not asked:
        return Found([])
    lists = {word: _beginning(store, kind, word=word) for word in dict.fromkeys(asked)}
    shortest = min(lists.values(), key=len)
    full = {word for word, ids in lists.items() if len(ids) >= _CANDIDATES}
    sure = [set(ids) for word, ids in lists.items() if word not in full and ids is not shortest]
    ids = [each for each in shortest if all(each in other for other in sure)]
    rest = [word for word in full if lists[word] is not shortest]
    if rest:
        ids = [each for each in ids if _begins(store.get(kind, each), rest)]
    return Found(ids, partial=len(shortest) >= _CANDIDATES)


def _beginning(store: Reader, kind: str, *, word: str) -> list[str]:
    found = ids_in_range(store, kind, low=word, high=word + _LAST)
    if word.isdigit():  # the beginning of a number, written without its plus
        found += ids_in_range(store, kind, low=f"+{word}", high=f"+{word}{_LAST}")
    return list(dict.fromkeys(found))


def _begins(body: Body | None, asked: list[str]) -> bool:
    own = list(terms(body or {}))
    return all(any(term.startswith(word) for term in own) for word in asked)


def listing(
    call: Call,
    found: Found,
    *,
    of: Shown,
    divisions: Iterable[str] = (),
    order: str = "",
    keep: Callable[[Body], bool] | None = None,
) -> Body:
    """One page of what a search found.

    Args:
        call: names page and size.
        found: the ids.
        of: what is listed.
        divisions: only these; at most 50 may be named.
        order: `field` or `field:desc`; sorts what was found.
        keep: a further condition on a body.
    """
    wanted = _divisions(divisions)
    number, size = paging.window(call)
    if wanted or order or keep:
        bodies = [
            body
            for body in call.store.many(of.kind, found.ids[:_CANDIDATES])
            if (not wanted or body["division"]["id"] in wanted) and (keep is None or keep(body))
        ][:WINDOW]
        bodies = _sorted(bodies, order)
        total, part = len(bodies), bodies[(number - 1) * size : number * size]
    else:
        ids = found.ids[:WINDOW]
        total, part = len(ids), call.store.many(of.kind, ids[(number - 1) * size : number * size])
    page = paging.envelope(call, [of.view(call, body) for body in part], total=total)
    return page | {"partialResults": found.partial or len(found.ids) > WINDOW}


def _divisions(divisions: Iterable[str]) -> set[str]:
    wanted = set(divisions) - {"*"}
    if len(wanted) > MOST_DIVISIONS:
        raise errors.bad_request(f"At most {MOST_DIVISIONS} divisions can be searched.", field="divisionIds")
    return wanted


def _sorted(bodies: list[Body], order: str) -> list[Body]:
    name, _, direction = order.partition(":")
    if name.casefold() not in _SORTABLE:
        return bodies
    fields = {field.casefold(): field for body in bodies for field in body}
    field = fields.get(name.casefold(), name)
    down = direction[:4].lower() == "desc"
    return sorted(bodies, key=lambda body: str(body.get(field) or "").casefold(), reverse=down)


def everything(store: Reader, kind: str) -> Found:
    """The first of all entities of a kind, by id: what a list without a search shows."""
    statement = sa.select(_E.id).where(_E.kind == kind, _E.state == "").order_by(_E.id).limit(WINDOW + 1)
    return Found([row[0] for row in store.connection.execute(statement)])


def scan(call: Call, of: Shown) -> Body:
    """One page of a scan, by id.

    What is there from the first page to the last is seen exactly once, whatever is written meanwhile. The
    last page has no cursor.
    """
    size = call.query.get("limit") or SCAN_SIZE
    after, issued = _read_cursor(call, of.kind)
    conditions = [_E.kind == of.kind, _E.state == "", _E.id > after]
    if (division := call.query.get("divisionId")) and division != "*":
        conditions.append(_E.division_id == division)
    statement = sa.select(_E.body).where(*conditions).order_by(_E.id).limit(size + 1)
    bodies = [decode(row[0]) for row in call.store.connection.execute(statement)]
    more = len(bodies) > size
    following = _cursor(of.kind, bodies[size - 1]["id"], issued=issued) if more else None
    return paging.cursor(call, [of.view(call, body) for body in bodies[:size]], after=following)


def _cursor(kind: str, after: str, *, issued: int) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([kind, after, issued])).decode().rstrip("=")


def _read_cursor(call: Call, kind: str) -> tuple[str, int]:
    """(last id seen, when the scan began) of a cursor."""
    text = call.query.get("cursor")
    if not text:
        return "", call.now
    try:
        padded = str(text) + "=" * (-len(str(text)) % 4)
        of, after, issued = msgspec.json.decode(
            base64.urlsafe_b64decode(padded.encode("ascii", "replace")), type=tuple[str, str, int]
        )
    except (binascii.Error, msgspec.DecodeError, ValueError):
        of, after, issued = "", "", 0
    if of != kind:
        raise errors.bad_request("The cursor is none of this scan.", field="cursor")
    if not 0 <= call.now - issued < CURSOR_MS:
        raise errors.bad_request("The cursor is older than 24 hours; begin the scan again.", field="cursor")
    return after, issued


def window_of(sent: Mapping[str, Any]) -> dict[str, int]:
    """Page number and size of a search request's body; ApiError 400 outside the window."""
    number, size = sent.get("pageNumber") or 1, sent.get("pageSize") or paging.DEFAULT_SIZE
    if number < 1 or not 1 <= size <= WINDOW or number * size > WINDOW:
        raise errors.bad_request(
            f"pageNumber * pageSize must be at most {WINDOW}; {number} * {size} is not.", field="pageNumber"
        )
    return {"pageNumber": number, "pageSize": size}

"""Reading the audit trail: in a span of time, or of one entity, by index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.platform import errors
from ringback.platform.call import Call
from ringback.platform.clock import from_iso, moment_of
from ringback.platform.store import tables
from ringback.platform.store.reader import Body, Reader

_A = tables.audit.c
Filters = Sequence[Mapping[str, str]]
_SLACK_MS = 300_000  # an entry's own moment and that of its transaction lie closer together
MAX_RELATED = 500
RECENT = 10_000  # entries that `recent_words` looks at


def _needle(value: str, *before: str) -> str:
    """A piece of an entry's canonical JSON; inside texts quotes are escaped, so it is always a key's."""
    return "".join(before) + msgspec.json.encode(value).decode()


def _holds(needle: str) -> sa.ColumnElement[bool]:
    """Whether the JSON holds a piece, in exactly this case; LIKE would not mind the case in SQLite."""
    return sa.func.length(sa.func.replace(_A.body, needle, "")) < sa.func.length(_A.body)


_FILTERS: Mapping[str, Any] = {
    "EntityType": lambda value: _A.entity_type == value,
    "EntityId": lambda value: _A.entity_id == value,
    "Action": lambda value: _holds(_needle(value, '"action":')),
    "ClientId": lambda value: _holds(_needle(value, '"client":{"id":')),
    "UserId": lambda value: _holds(_needle(value, '"user":{"id":')),
    "TrusteeOrganizationId": lambda value: _holds(_needle(value, '"userHomeOrgId":')),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Which entries are wanted.

    Attributes:
        start: ms since 1970; entries of this moment belong to it.
        end: entries of this moment do not.
        service: of this service alone; "" for all.
        filters: `{property, value}`: different properties must all hold, of one property any.
        descending: the newest first.
        until: no entries after this number; None for no limit.
    """

    start: int
    end: int
    service: str = ""
    filters: Filters = ()
    descending: bool = True
    until: int | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The conditions as Core expressions."""
        found = [_A.at >= self.start, _A.at < self.end]
        if self.service:
            found.append(_A.service == self.service)
        if self.until is not None:
            found.append(_A.seq <= self.until)
        for name in dict.fromkeys(each["property"] for each in self.filters):
            values = [each["value"] for each in self.filters if each["property"] == name]
            found.append(sa.or_(*(_FILTERS[name](value) for value in values)))
        return found

    def statement(self, *columns: Any) -> sa.Select[Any]:
        """The entries in order."""
        order = (_A.at.desc(), _A.seq.desc()) if self.descending else (_A.at, _A.seq)
        return sa.select(*columns).where(*self.conditions()).order_by(*order)


def span_of(sent: Mapping[str, Any]) -> Span:
    """The span of an audit query; ApiError 400 for an interval that is none."""
    first, _, last = str(sent["interval"]).partition("/")
    try:
        start, end = from_iso(first), from_iso(last)
    except (ValueError, OverflowError):
        start, end = 0, -1
    if end < start:
        raise errors.bad_request(
            "The interval must be two ISO-8601 moments: YYYY-MM-DDThh:mm:ssZ/YYYY-MM-DDThh:mm:ssZ.",
            field="interval",
            code="invalid.date",
        )
    descending = all(each["sortOrder"] == "descending" for each in sent.get("sort") or ())
    return Span(start, end, sent.get("serviceName") or "", sent.get("filters") or (), descending)


def count(store: Reader, span: Span) -> int:
    """How many entries a span has."""
    statement = sa.select(sa.func.count()).select_from(tables.audit).where(*span.conditions())
    return int(store.connection.execute(statement).scalar_one())


def entries(store: Reader, span: Span, *, offset: int, limit: int) -> list[Body]:
    """Entries of a span, from a place on."""
    rows = store.connection.execute(span.statement(_A.body).offset(offset).limit(limit))
    return [msgspec.json.decode(row[0]) for row in rows]


def after(store: Reader, span: Span, *, cursor: str, limit: int) -> tuple[list[Body], str]:
    """Entries of a span after a cursor ("" for the first), and the next cursor, "" at the end.

    Raises:
        ApiError: 400, the cursor is none that this gave out.
    """
    statement = span.statement(_A.at, _A.seq, _A.body)
    if cursor:
        at, _, seq = cursor.partition("-")
        if not (at.isdecimal() and seq.isdecimal() and len(cursor) < 40):
            raise errors.bad_request(f"[{cursor[:100]}] is no cursor of this query.", field="cursor")
        place = sa.tuple_(_A.at, _A.seq)
        here = sa.tuple_(sa.literal(int(at)), sa.literal(int(seq)))
        statement = statement.where(place < here if span.descending else place > here)
    rows = store.connection.execute(statement.limit(limit + 1)).all()
    found = [msgspec.json.decode(row.body) for row in rows[:limit]]
    return found, f"{rows[limit - 1].at}-{rows[limit - 1].seq}" if len(rows) > limit else ""


def of_entity(store: Reader, entity_id: str, *, offset: int, limit: int) -> tuple[list[Body], int]:
    """The entries of one entity, the oldest first, and how many there are in all."""
    mine = _A.entity_id == entity_id
    total = store.connection.execute(sa.select(sa.func.count()).select_from(tables.audit).where(mine))
    rows = store.connection.execute(
        sa.select(_A.body).where(mine).order_by(_A.seq).offset(offset).limit(limit)
    )
    return [msgspec.json.decode(row[0]) for row in rows], int(total.scalar_one())


def related(store: Reader, audit_id: str, *, descending: bool) -> list[Body] | None:
    """The entries of the request that an entry is from; None when there is no such entry."""
    moment = moment_of(audit_id)
    if moment is None:
        return None
    span = Span(moment - _SLACK_MS, moment + _SLACK_MS, descending=descending)
    own = span.statement(_A.body).where(_holds(_needle(audit_id, '{"id":'))).limit(1)
    row = store.connection.execute(own).first()
    if row is None:
        return None
    call_id = msgspec.json.decode(row[0])["correlationId"]
    same = span.statement(_A.body).where(_holds(_needle(call_id, '"correlationId":'))).limit(MAX_RELATED)
    return [msgspec.json.decode(found[0]) for found in store.connection.execute(same)]


def head(call: Call) -> int:
    """The number of the newest entry."""
    return int(call.store.connection.execute(sa.select(tables.audit_head.c.seq)).scalar_one())


def recent_words(store: Reader) -> set[tuple[str, str, str]]:
    """(service, entity type, action) of the newest entries."""
    statement = sa.select(_A.service, _A.entity_type, _A.body).order_by(_A.seq.desc()).limit(RECENT)
    rows = store.connection.execute(statement)
    return {(row[0], row[1], str(msgspec.json.decode(row[2])["action"])) for row in rows}

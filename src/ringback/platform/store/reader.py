"""Reading the store: entities by id, by name, by key, and in pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from ringback.platform.errors import not_found
from ringback.platform.store import tables
from ringback.platform.store.prepared import Prepared

Body = dict[str, Any]
# A search key or claim: (type, value).
Key = tuple[str, str]
decode = msgspec.json.decode

_E, _K, _C = tables.entities.c, tables.search_keys.c, tables.claims.c
_GET = Prepared(
    sa.select(_E.body).where(
        _E.kind == sa.bindparam("kind"), _E.parent == sa.bindparam("parent"), _E.id == sa.bindparam("id")
    )
)
_CLAIM = Prepared(
    sa.select(_C.id).where(
        _C.kind == sa.bindparam("kind"),
        _C.key_type == sa.bindparam("key_type"),
        _C.value == sa.bindparam("value"),
    )
)
_CONTROL = Prepared(sa.select(tables.controls.c.body).where(tables.controls.c.name == sa.bindparam("name")))
_BY_NAME = Prepared(
    sa.select(_E.body)
    .where(
        _E.kind == sa.bindparam("kind"),
        _E.parent == sa.bindparam("parent"),
        _E.name_key == sa.bindparam("name_key"),
    )
    .order_by(_E.id)
)
# The first character after every prefix: an index range is what makes a prefix search fast in both databases.
_AFTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Query:
    """Which entities of a kind are wanted.

    Attributes:
        kind: kind of the entities.
        parent: their parent; "" for none.
        ids: only these.
        names: only these names, whatever their case.
        name_like: names that hold this; `*` at the end or on both sides is understood as the platform does.
        states: only these states.
        divisions: only these divisions.
        where: further conditions on the columns of `entities`.
        order: columns to sort by, e.g. ("name_key",); the id decides between equals.
        descending: sort downwards.
    """

    kind: str
    parent: str = ""
    ids: Sequence[str] | None = None
    names: Sequence[str] | None = None
    name_like: str | None = None
    states: Sequence[str] | None = None
    divisions: Sequence[str] | None = None
    where: tuple[sa.ColumnElement[bool], ...] = ()
    order: tuple[str, ...] = ("name_key",)
    descending: bool = False

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The conditions as Core expressions."""
        found = [_E.kind == self.kind, _E.parent == self.parent, *self.where]
        choices = (
            (_E.id, self.ids),
            (_E.name_key, None if self.names is None else [tables.name_key(name) for name in self.names]),
            (_E.state, self.states),
            (_E.division_id, self.divisions),
        )
        found += [column.in_(list(values)) for column, values in choices if values is not None]
        if self.name_like:
            found.append(_E.name_key.contains(tables.name_key(self.name_like.strip("*")), autoescape=True))
        return found

    def ordering(self) -> list[sa.ColumnElement[Any]]:
        """The ORDER BY columns."""
        columns = [tables.entities.c[name] for name in (*self.order, "id")]
        return [column.desc() if self.descending else column.asc() for column in columns]


class Reader:
    """What a read handler sees: each statement reads the newest committed state."""

    __slots__ = ("connection",)

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def raw(self, kind: str, entity_id: str, *, parent: str = "") -> str | None:
        """The JSON text of an entity, None when there is none."""
        row = _GET.run(self.connection, kind=kind, parent=parent, id=entity_id).fetchone()
        return row[0] if row else None

    def get(self, kind: str, entity_id: str, *, parent: str = "") -> Body | None:
        """The body of an entity, None when there is none."""
        text = self.raw(kind, entity_id, parent=parent)
        return decode(text) if text is not None else None

    def need(self, kind: str, entity_id: str, *, parent: str = "") -> Body:
        """The body of an entity; ApiError 404 when there is none."""
        if (body := self.get(kind, entity_id, parent=parent)) is None:
            raise not_found(kind, entity_id)
        return body

    def named(self, kind: str, name: str, *, parent: str = "") -> list[Body]:
        """The entities with a name, whatever its case and the blanks at its ends."""
        key = tables.name_key(name)
        rows = _BY_NAME.run(self.connection, kind=kind, parent=parent, name_key=key).fetchall()
        return [decode(row[0]) for row in rows]

    def count(self, query: Query) -> int:
        """How many entities a query finds."""
        statement = sa.select(sa.func.count()).select_from(tables.entities).where(*query.conditions())
        return int(self.connection.execute(statement).scalar_one())

    def find(self, query: Query, *, offset: int = 0, limit: int | None = None) -> list[Body]:
        """The bodies that a query finds, in its order."""
        statement = sa.select(_E.body).where(*query.conditions()).order_by(*query.ordering()).offset(offset)
        rows = self.connection.execute(statement.limit(limit) if limit is not None else statement)
        return [decode(row[0]) for row in rows]

    def many(self, kind: str, ids: Iterable[str], *, parent: str = "") -> list[Body]:
        """The entities with these ids that exist, in the order of the ids."""
        found = (self.get(kind, entity_id, parent=parent) for entity_id in ids)
        return [body for body in found if body is not None]

    def claimed_by(self, kind: str, key: Key) -> str | None:
        """The id of the entity that holds a claim."""
        row = _CLAIM.run(self.connection, kind=kind, key_type=key[0], value=key[1]).fetchone()
        return row[0] if row else None

    def ids_by_key(
        self, kind: str, key: Key, *, prefix: bool = False, offset: int = 0, limit: int = 1000
    ) -> list[str]:
        """The ids of entities with a search key, or with one that begins so; by id, each once."""
        key_type, value = key
        hit = sa.and_(_K.value >= value, _K.value < value + _AFTER) if prefix else _K.value == value
        statement = sa.select(_K.id).where(_K.kind == kind, _K.key_type == key_type, hit).distinct()
        return [
            row[0] for row in self.connection.execute(statement.order_by(_K.id).offset(offset).limit(limit))
        ]

    def control(self, name: str) -> Any:
        """A control document, None when it was never set."""
        row = _CONTROL.run(self.connection, name=name).fetchone()
        return decode(row[0]) if row else None

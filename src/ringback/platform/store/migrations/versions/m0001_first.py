"""The first tables; the audit trail can only be appended to."""

import sqlalchemy as sa
from alembic import op

from ringback.platform.store.append_only import protect
from ringback.platform.store.audit import GENESIS

revision = "0001"
down_revision = None
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _text(name: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=False, **more)  # type: ignore[arg-type]


def _key(name: str) -> sa.Column[str]:
    return _text(name, primary_key=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _sequence() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("seq", kind, primary_key=True, autoincrement=True)


def _entities() -> None:
    op.create_table(
        "entities",
        *(_key("kind"), _key("parent"), _key("id"), _text("name_key"), _text("division_id"), _text("state")),
        *(_number("created"), _number("modified"), _text("body")),
        sqlite_with_rowid=False,
    )
    op.create_index("entities_by_name", "entities", ["kind", "parent", "name_key", "id"])
    op.create_index("entities_by_state", "entities", ["kind", "state", "id"])
    op.create_table(
        "search_keys", *(_key("kind"), _key("key_type"), _key("value"), _key("id")), sqlite_with_rowid=False
    )
    op.create_index("search_keys_by_entity", "search_keys", ["kind", "id"])
    op.create_table(
        "claims", *(_key("kind"), _key("key_type"), _key("value"), _text("id")), sqlite_with_rowid=False
    )
    op.create_index("claims_by_entity", "claims", ["kind", "id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        *(
            _number("at"),
            _text("service"),
            _text("entity_type"),
            _text("entity_id"),
            _text("body"),
            _text("hash"),
        ),
    )
    op.create_index("audit_by_entity", "audit", ["entity_id", "seq"])
    op.create_index("audit_by_time", "audit", ["at"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *(_number("seq"), _text("hash")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": GENESIS}])
    protect(op.get_bind())


def upgrade() -> None:
    """Create everything."""
    _entities()
    _audit()
    op.create_table("tokens", _key("hash"), _text("client_id"), _number("expires"), sqlite_with_rowid=False)
    op.create_table(
        "blobs",
        *(_key("id"), _text("purpose"), _number("created"), _text("content_type"), _text("meta")),
        sa.Column("content", sa.LargeBinary, nullable=True),
    )
    op.create_table(
        "events", _sequence(), _number("at"), _text("topic"), _text("body"), sqlite_autoincrement=True
    )
    op.create_table("journal", _sequence(), _number("at"), _text("body"), sqlite_autoincrement=True)
    op.create_table("controls", _key("name"), _text("body"))
    op.create_table(
        "counters", _key("name"), sa.Column("window", sa.BigInteger, primary_key=True), _number("count")
    )

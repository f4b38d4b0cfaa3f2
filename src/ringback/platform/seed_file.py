"""Seeding from a file, before the first worker starts."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from ringback.core.errors import UsageError
from ringback.files import read_text
from ringback.platform import snapshot
from ringback.platform.bootstrap import found, local_client
from ringback.platform.call import Call
from ringback.platform.dispatcher import LOCAL_CALLER
from ringback.platform.resources import all_routes
from ringback.platform.routing import Route
from ringback.platform.seed import Seeder
from ringback.platform.seed_document import load_seed
from ringback.platform.services import Services
from ringback.platform.settings import Settings
from ringback.platform.store import tables
from ringback.platform.store.reader import Reader

# What every organisation has from its beginning.
_OWN = ("division", "role", "oauth_client")


def seed_file(settings: Settings, file: Path, *, again: bool) -> str:
    """Fill an empty organisation from a file; gives a line for the user.

    Args:
        settings: of the server, whose database is prepared.
        file: the seed; files that it names stand beside it.
        again: throw away what is there first; otherwise an organisation with content stays as it is.

    Raises:
        UsageError: a file cannot be read.
        DefinitionError: the seed is wrong; nothing of it is there.
    """
    text = read_text(file)
    entries = load_seed(text, file=str(file), read=lambda name: _beside(file, name))
    services = Services(settings, all_routes())
    try:
        if not again and not is_empty(services.store.read()):
            return f"{file} was not used: the organisation is not empty; --reseed begins anew"
        call = Call(_route(services), services, headers={})
        call.principal = LOCAL_CALLER
        with services.store.write() as transaction:
            if again:
                _begin_again(settings, call.enter(transaction))
            call.now = transaction.now
            made = Seeder(call.enter(transaction), entries).run()
    finally:
        services.close()
    counts = ", ".join(f"{len(ids)} {section}" for section, ids in made["ids"].items())
    return f"seeded from {file}: {counts or 'nothing'}"


def _route(services: Services) -> Route:
    return next(route for route in services.routes if route.path == "/_ringback/seed")


def _begin_again(settings: Settings, call: Call) -> None:
    generation = call.tx.control("generation") or 0
    snapshot.empty(call.tx)
    call.tx.set_control("generation", generation)
    found(call.tx)
    local_client(call.tx, present=settings.loopback)


def is_empty(store: Reader) -> bool:
    """Whether an organisation holds only what every one has."""
    entities = tables.entities
    others = sa.select(sa.func.count()).where(entities.c.kind.not_in(_OWN))
    own = (
        sa.select(entities.c.kind, sa.func.count()).where(entities.c.kind.in_(_OWN)).group_by(entities.c.kind)
    )
    counts: dict[str, int] = dict(store.connection.execute(own).tuples().all())
    few = counts.get("division", 0) <= 1 and counts.get("role", 0) <= 1
    return few and not store.connection.execute(others).scalar_one()


def _beside(seed: Path, name: str) -> str:
    """The text of a file that a seed names, relative to it and not above it."""
    path = (seed.parent / name).resolve()
    if Path(name).is_absolute() or not path.is_relative_to(seed.parent.resolve()):
        raise UsageError(f"{seed}: {name!r} is not beside the seed", hint="name a file in its folder")
    return read_text(path)

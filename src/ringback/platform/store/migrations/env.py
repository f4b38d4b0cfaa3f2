"""Alembic's entry: the connection comes from `migrate.upgrade`."""

from alembic import context

from ringback.platform.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=False)
context.run_migrations()

"""The store of the local platform: one database, SQLite or PostgreSQL."""

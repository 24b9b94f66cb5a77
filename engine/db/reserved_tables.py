"""Tables that no flow reads or writes: who may sign in, what is secret, and the record of who did what."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["ENGINE_TABLES", "ReservedTables"]

ENGINE_TABLES = (
    "api_tokens",
    "audit",
    "node_memory",
    "node_memory_journal",
    "revisions",
    "schema_migrations",
    "secrets",
    "sessions",
    "users",
)


class ReservedTables:
    """The engine's and those that packs have named."""

    def __init__(self, of_packs: Iterable[str] = ()) -> None:
        self.names = frozenset([*ENGINE_TABLES, *of_packs])

    def reason(self, table: str) -> str | None:
        """Why a flow may not write to a table (`name` or `schema.name`), None when it may."""
        schema, _, name = table.rpartition(".")
        if name in self.names and schema in ("", "public"):
            return f"{table} is the engine's own; write to another table"
        if name.startswith("pg_") or schema.startswith("pg_") or schema == "information_schema":
            return f"{table} is the database's own; write to another table"
        return None

"""The key of the secrets: it is there whole or not at all, and one that fits no more is told."""

from __future__ import annotations

from pathlib import Path

from engine.access.secrets_store import SecretsStore
from engine.db.database import Database
from engine.db.migrations import migrate, read_migrations


async def test_empty_key_that_a_full_disk_once_left_is_made_anew(tmp_path: Path):
    (tmp_path / "secrets.key").write_bytes(b"")
    store = SecretsStore(Database("postgresql://localhost/none"), tmp_path)
    assert store.derived("login") == store.derived("login")
    assert (tmp_path / "secrets.key").stat().st_mode & 0o777 == 0o600


async def test_secrets_that_the_key_does_not_open_are_named_until_they_are_set_again(postgres_dsn: str, tmp_path: Path):
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await migrate(connection, read_migrations("engine", Path("engine/sql")))
    store = SecretsStore(database, tmp_path)
    await store.start()
    await store.set("mail", "a password", "admin")
    await store.stop()
    key = tmp_path / "secrets.key"
    key.write_bytes(bytes([key.read_bytes()[0] ^ 1]) + key.read_bytes()[1:])
    again = SecretsStore(database, tmp_path)
    await again.start()
    assert "these secrets can't be read: mail" in str(again.problem)
    await again.set("mail", "a password", "admin")
    assert again.problem == ""
    await again.stop()
    await database.stop()

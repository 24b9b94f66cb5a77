"""Migrations are applied once, in order, by one worker at a time, against a real PostgreSQL."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from engine.core.errors import SetupError
from engine.db.migrations import migrate, read_migrations


def write(folder: Path, **files: str) -> Path:
    for name, sql in files.items():
        (folder / f"{name.lstrip('_')}.sql").write_text(sql)
    return folder


async def apply(dsn: str, folder: Path, pack: str = "plant") -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        return [migration.number for migration in await migrate(connection, read_migrations(pack, folder))]
    finally:
        await connection.close()


async def tables(dsn: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
        return {row["tablename"] for row in rows}
    finally:
        await connection.close()


async def test_only_what_is_missing_is_applied(postgres_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, _001_first="create table first ()")
    assert await apply(postgres_dsn, tmp_path) == [1]
    write(tmp_path, _002_second="create table second (); create table third ()")

    assert await apply(postgres_dsn, tmp_path) == [2]
    assert await apply(postgres_dsn, tmp_path) == []
    assert await tables(postgres_dsn) == {"first", "second", "third", "schema_migrations"}


async def test_two_packs_number_their_files_apart(postgres_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert await apply(postgres_dsn, write(tmp_path / "a", _001_a="create table a ()"), "a") == [1]
    assert await apply(postgres_dsn, write(tmp_path / "b", _001_b="create table b ()"), "b") == [1]


async def test_workers_that_start_at_once_apply_each_file_once(postgres_dsn: str, tmp_path: Path) -> None:
    write(tmp_path, _001_first="create table first (); select pg_sleep(0.2)")

    applied = await asyncio.gather(*(apply(postgres_dsn, tmp_path) for _ in range(4)))

    assert sorted(applied) == [[], [], [], [1]]


async def test_failed_file_leaves_nothing_and_names_its_line(postgres_dsn: str, tmp_path: Path) -> None:
    write(
        tmp_path, _001_first="create table first ()", _002_wrong="create table second ();\n\ncreate tabel third ();\n"
    )

    with pytest.raises(SetupError, match=r"002_wrong\.sql:3: syntax error"):
        await apply(postgres_dsn, tmp_path)

    assert await tables(postgres_dsn) == {"first", "schema_migrations"}


async def test_file_changed_after_it_was_applied_is_refused(postgres_dsn: str, tmp_path: Path) -> None:
    await apply(postgres_dsn, write(tmp_path, _001_first="create table first ()"))
    write(tmp_path, _001_first="create table first (n int)")

    with pytest.raises(SetupError, match=r"001_first\.sql was changed after it had been applied.*new file"):
        await apply(postgres_dsn, tmp_path)


async def test_other_line_ends_are_no_change(postgres_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "001_first.sql").write_bytes(b"create table first\n();\n")
    await apply(postgres_dsn, tmp_path)
    (tmp_path / "001_first.sql").write_bytes(b"create table first\r\n();\r\n")

    assert await apply(postgres_dsn, tmp_path) == []


async def test_database_of_a_newer_version_is_refused(postgres_dsn: str, tmp_path: Path) -> None:
    await apply(postgres_dsn, write(tmp_path, _001_first="create table first ()", _002_second="select 1"))
    (tmp_path / "002_second.sql").unlink()

    with pytest.raises(SetupError, match="has migration 002 of plant, which this version does not know"):
        await apply(postgres_dsn, tmp_path)


@pytest.mark.parametrize("name", ["first.sql", "1_first.sql", "002_first.sql", "001_First.sql"])
def test_file_with_a_wrong_name_or_number_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("select 1")

    with pytest.raises(SetupError, match=name):
        read_migrations("plant", tmp_path)


def test_missing_folder_has_no_migrations(tmp_path: Path) -> None:
    assert read_migrations("plant", tmp_path / "none") == []

"""The record of the licence guard, kept in two places."""

from pathlib import Path

from plant.licence.machine import Machine
from plant.licence.store import FILE, Record, Records
from tests.plant.licence.site import MACHINE_ID, START
from tests.plant.site_database import migrated


async def test_one_damaged_byte_of_the_file_does_not_outweigh_the_sound_copy_in_the_database(
    tmp_path: Path, postgres_dsn: str
) -> None:
    record = Record(first_start=START, seen=START + 60)
    async with migrated(postgres_dsn) as database:
        records = Records(tmp_path, database, Machine(MACHINE_ID))
        records.write_file(record)
        await records.write_database(record)
        for damaged in (b"\x00", b"9"):
            text = bytearray((tmp_path / FILE).read_bytes())
            text[20:21] = damaged
            (tmp_path / FILE).write_bytes(text)
            assert await records.read() == record


async def test_evaluation_whose_records_are_gone_began_when_the_tables_were_made(
    tmp_path: Path, postgres_dsn: str
) -> None:
    async with migrated(postgres_dsn) as database:
        async with database.connection(30) as connection:
            await connection.execute("update schema_migrations set applied_at = to_timestamp($1)", START - 3 * 86_400)
        records = Records(tmp_path, database, Machine(MACHINE_ID))
        assert await records.read() is None
        assert await records.tables_made_at() == START - 3 * 86_400
    assert await Records(tmp_path, None, Machine(MACHINE_ID)).tables_made_at() == float("inf")

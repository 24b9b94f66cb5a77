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

"""The readings of all files together, cleaned, in a DuckDB database on disk."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import duckdb

from viewer.unpack import BadFile, Limits, Unpacked, unpack

__all__ = ["Broken", "FileReport", "Readings", "Span", "together"]

COLUMNS = {
    "sn": "VARCHAR",
    "time": "TIMESTAMPTZ",
    "seq": "INTEGER",
    "v_raw": "DOUBLE",
    "temp": "DOUBLE",
    "humi": "DOUBLE",
    "bat": "SMALLINT",
    "rssi": "SMALLINT",
    "net": "VARCHAR",
    "err": "SMALLINT",
    "conc": "DOUBLE",
    "conc_raw": "DOUBLE",
    "flags": "INTEGER",
}
"""What is read, and as what. Other columns of a file are left alone."""

MEMORY = "220MB"
"""What does not fit goes to disk: the container has 480 MB, and Streamlit takes half of it."""
SHOWN_BROKEN = 5


@dataclass(frozen=True)
class Broken:
    """A line that can't be read: its number in the file (the header is 1), and why."""

    line: int
    reason: str


@dataclass
class FileReport:
    """What came of one file. `rows` are its readable lines, `duplicates` those of them that were known by then; `bad` when nothing was read."""

    name: str
    rows: int = 0
    broken: int = 0
    duplicates: int = 0
    was_packed: bool = True
    examples: list[Broken] = field(default_factory=list)
    bad: BadFile | None = None


@dataclass(frozen=True)
class Span:
    """What there is in all: devices by serial number, first and last time."""

    rows: int
    devices: tuple[str, ...]
    first: datetime.datetime | None
    last: datetime.datetime | None


class Readings:
    """Add files, then `clean`, then ask `sql`. Its files are gone with it."""

    def __init__(self, time_zone: str = "Asia/Shanghai", limits: Limits | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="viewer-")
        self._limits = limits
        self.files: list[FileReport] = []
        folder = Path(self._folder.name)
        self.sql = duckdb.connect(
            str(folder / "readings.duckdb"),
            config={
                "memory_limit": MEMORY,
                "temp_directory": str(folder / "spill"),
                "threads": 2,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            },
        )
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        self.sql.execute(f"create table raw (file INTEGER, {columns})")
        self.set_time_zone(time_zone)

    def set_time_zone(self, name: str) -> None:
        """Whose hours and days are meant from now on. ZoneInfoNotFoundError when there is no such zone."""
        self._zone = ZoneInfo(name)
        self.sql.execute(f"set timezone = '{self._zone.key}'")

    def moment(self, unix_s: float) -> datetime.datetime:
        """That time in the zone. (DuckDB itself makes such times only with a library that is not here.)"""
        return datetime.datetime.fromtimestamp(unix_s, self._zone)

    def add(self, name: str, file: BinaryIO) -> FileReport:
        """Reads one more file. A bad one is reported, never raised."""
        report = FileReport(name)
        self.files.append(report)
        path = Path(self._folder.name) / f"{len(self.files)}.csv"
        try:
            unpacked = unpack(file, path, self._limits)
            report.was_packed = unpacked.was_packed
            self._load(unpacked, report, len(self.files))
        except BadFile as bad:
            report.bad = bad
        finally:
            path.unlink(missing_ok=True)
        return report

    def clean(self) -> Span:
        """Leaves each reading (device, time, number) once, in the order of devices and time; the first file that has it keeps it."""
        names = ", ".join(COLUMNS)
        self.sql.execute("drop table if exists readings")
        self.sql.execute(f"create table readings as select {names} from raw where false")
        self.sql.execute(
            "create or replace temp table firsts as select min(file) as file, sn, time, seq, count(*) as times from raw group by sn, time, seq"
        )
        firsts = dict(self.sql.execute("select file, count(*) from firsts group by file").fetchall())
        has_doubles = self.sql.execute("select exists (select 1 from firsts where times > 1)").fetchone()
        source = "raw"
        if has_doubles and has_doubles[0]:
            source = "(select distinct on (sn, time, seq) * from raw order by sn, time, seq, file)"
        self.sql.execute(f"insert into readings select {names} from {source} order by sn, time, seq")
        self.sql.execute("drop table firsts")
        for number, report in enumerate(self.files, 1):
            report.duplicates = report.rows - firsts.get(number, 0)
        return self.span()

    def span(self) -> Span:
        """What there is in all."""
        row = self.sql.execute("select count(*), epoch(min(time)), epoch(max(time)) from readings").fetchone()
        assert row is not None
        devices = self.sql.execute("select distinct sn from readings order by sn").fetchall()
        return Span(
            row[0], tuple(sn for (sn,) in devices), *(None if at is None else self.moment(at) for at in row[1:])
        )

    def close(self) -> None:
        """Removes everything from disk."""
        self.sql.close()
        self._folder.cleanup()

    def _load(self, unpacked: Unpacked, report: FileReport, number: int) -> None:
        known = [name for name in unpacked.columns if name in COLUMNS]
        kinds = {name: COLUMNS.get(name, "VARCHAR") for name in unpacked.columns}
        for table in ("reject_errors", "reject_scans"):
            self.sql.execute(f"drop table if exists {table}")
        self.sql.execute(
            f"insert into raw (file, {', '.join(known)}) select ?, {', '.join(known)} "
            "from read_csv(?, header = true, auto_detect = false, delim = ',', "
            "quote = '\"', escape = '\"', nullstr = '', columns = ?, ignore_errors = true, store_rejects = true, rejects_limit = 0, "
            "null_padding = false, max_line_size = 1000000) where sn is not null and time is not null and seq is not null and isfinite(v_raw)",
            [number, str(unpacked.path), kinds],
        )
        report.rows = self._one("select count(*) from raw where file = ?", number)
        report.broken = unpacked.lines - 1 - report.rows
        report.examples = [
            Broken(int(line), str(reason).splitlines()[0][:200])
            for line, reason in self.sql.execute(
                "select line, min(error_message) from reject_errors group by line order by line limit ?", [SHOWN_BROKEN]
            ).fetchall()
        ]
        if report.rows == 0:
            raise BadFile("no-rows")

    def _one(self, statement: str, *values: object) -> int:
        row = self.sql.execute(statement, list(values)).fetchone()
        assert row is not None
        return int(row[0])


def together(files: Sequence[tuple[str, BinaryIO]], time_zone: str, limits: Limits | None = None) -> Readings:
    """All of these files, cleaned."""
    readings = Readings(time_zone, limits)
    for name, file in files:
        readings.add(name, file)
    readings.clean()
    return readings

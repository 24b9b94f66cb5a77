"""A site with the shipped archive flow, a real database and a real bucket, on a clock that stands at two in the morning."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from engine.api import Database, Delivery, Links, Message, Settings
from engine.catalogue.node_types import Catalogue
from engine.core.clock import ManualClock, settle
from engine.core.secret import Secret
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs
from engine.runtime.site import Site
from plant.archive.rows import COLUMNS
from plant.archive.service import RUN_NOW, Archive
from tests.eventually import eventually
from tests.plant.site_database import migrated
from tests.servers.s3 import Bucket

__all__ = ["TODAY", "ArchiveSite", "archive_site"]

FLOW = Path("flows/archive.yaml")
TODAY = datetime.datetime(2026, 3, 10, 18, tzinfo=datetime.UTC)
"""Two o'clock in Shanghai: the days up to 6 March are older than three days."""

_FILL = """
insert into readings ({columns})
select sn, $2::timestamptz + n * interval '1 day' / $3, n % 65536, 2000 + n % 700, 20 + (n % 100) / 10.0, 45, 88, -70, '4G', 0,
    case when n % 50 = 7 then null else (n % 700) / 10.0 end, (n % 700) / 10.0 - 1, 0, $2::timestamptz + n * interval '1 day' / $3,
    case when n % 25 = 3 then '{{"note": "a, \\"b\\"", "n": [1, 2]}}'::jsonb end
from unnest($1::text[]) as sn, generate_series(0, $3 - 1) as n
"""

_T = TypeVar("_T")
Row = tuple[str, ...]


class ArchiveSite:
    """`await run()` does what the schedule does. `rows()` of the table and `archived()` of the bucket are comparable texts."""

    def __init__(self, database: Database, bucket: Bucket, folder: Path) -> None:
        self.bucket = bucket
        self.database = database
        self._deliveries: list[Delivery] = []
        self.clock = ManualClock(TODAY.timestamp())
        self.settings = Settings(
            data=folder,
            s3_endpoint=bucket.endpoint,
            s3_bucket=bucket.name,
            s3_access_key_id=bucket.access_key_id,
            s3_secret_access_key=Secret(bucket.secret_access_key),
        )
        self.site = Site(Catalogue(discover_packs()), self.clock, database=database, settings=self.settings)
        self.archive = Archive(self)
        self.site.provide(self.archive)
        self.client = bucket.owner()

    def service(self, kind: type[_T]) -> _T:
        return self.site.service(kind)

    async def start(self, text: str | None = None) -> None:
        await self.site.start()
        flow, problems = read_flow(FLOW if text is None else text)
        assert flow is not None
        await self.site.deploy(flow, read_problems=problems)

    async def restart(self) -> None:
        """Stops the flows, whatever they are doing, and starts them again."""
        await self.site.stop(grace_s=0.1)
        self._deliveries.clear()
        await self.start()

    async def begin(self) -> None:
        """Starts a run, as the button does."""
        enter = self.site.service(Links).entry(RUN_NOW)
        assert enter is not None
        message = Message(time=self.clock.now())
        self._deliveries.append(message.delivery)
        enter(message)
        message.delivery.release()
        await settle()

    async def run(self) -> None:
        """A whole run. The clock stands, so what waits to be tried again waits for ever: use `begin` there."""
        await self.begin()
        await self.finished()

    async def finished(self) -> None:
        try:
            await eventually(lambda: not any(delivery.pending for delivery in self._deliveries))
        except AssertionError:
            flow = self.site.flows["archive"]
            problems = {id: node.queue.problem for id, node in flow.nodes.items() if node.queue is not None}
            raise AssertionError(f"the run does not end: {await self.ledger()}, {problems}, {flow.counts()}") from None

    async def fill(self, days: list[int], devices: int = 3, rows: int = 40) -> None:
        """So many rows a day of each device, for these days of March."""
        names = [f"GS{number:03}" for number in range(1, devices + 1)]
        async with self.database.connection() as connection:
            for day in days:
                begin = TODAY.replace(day=day, hour=0)
                await connection.execute("select make_reading_partitions($1, $1)", begin.date())
                await connection.execute(_FILL.format(columns=", ".join(COLUMNS)), names, begin, rows)

    async def add(self, sn: str, day: int, seq: int, v_raw: float = 1.0) -> None:
        """One more row at noon."""
        async with self.database.connection() as connection:
            await connection.execute(
                "insert into readings (sn, time, seq, v_raw) values ($1, $2, $3, $4)",
                sn,
                TODAY.replace(day=day, hour=12),
                seq,
                v_raw,
            )

    async def rows(self, before: int = 31) -> list[Row]:
        """The table's rows of days before that one, as CSV has them."""
        text = io.BytesIO()
        async with self.database.connection() as connection:
            await connection.copy_from_query(
                f"select {', '.join(COLUMNS)} from readings where time < $1",
                TODAY.replace(day=before, hour=0),
                output=text,
                format="csv",
            )
        return sorted(tuple(row) for row in csv.reader(io.StringIO(text.getvalue().decode())))

    def objects(self) -> dict[str, bytes]:
        """What is in the bucket."""
        found = self.client.list_objects_v2(Bucket=self.bucket.name).get("Contents", [])
        return {
            one["Key"]: self.client.get_object(Bucket=self.bucket.name, Key=one["Key"])["Body"].read() for one in found
        }

    def archived(self) -> list[Row]:
        """The rows of all files in the bucket."""
        rows: list[Row] = []
        for content in self.objects().values():
            first, *rest = csv.reader(io.StringIO(gzip.decompress(content).decode()))
            assert tuple(first) == COLUMNS
            rows += map(tuple, rest)
        return sorted(rows)

    async def ledger(self, what: str = "name, state, problem") -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(f"select {what} from archives order by day, sn, part")]

    async def states(self) -> list[str]:
        return [state for (state,) in await self.ledger("state")]

    async def partitions(self) -> list[str]:
        """Partitions of March that are there."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'readings'::regclass"
            )
        return sorted(row["name"] for row in rows if row["name"].startswith("readings_202603"))

    @property
    def local(self) -> list[str]:
        """Files that are on this machine."""
        return sorted(path.name for path in self.archive.folder.glob("*"))


@asynccontextmanager
async def archive_site(dsn: str, bucket: Bucket, folder: Path, text: str | None = None) -> AsyncIterator[ArchiveSite]:
    """Starts one and stops it."""
    async with migrated(dsn) as database:
        made = ArchiveSite(database, bucket, folder)
        await made.start(text)
        try:
            yield made
        finally:
            await made.archive.stop()
            await made.site.stop(grace_s=0.2)

"""Two processes on one database, as the customer's worker and archiver: each runs what it was given, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.api import Database
from engine.catalogue.node_types import Catalogue
from engine.db.migrations import migrate, read_migrations
from engine.deploy.deploys import Deploys, RunsElsewhere
from engine.deploy.flow_files import FlowFiles
from engine.deploy.revisions import Revisions
from engine.runtime.services.leases import Leases
from engine.runtime.site import Site
from nodes import pack
from tests.eventually import eventually

TEXT = "flow: {name}\ntitle: {{en: {title}}}\nnodes:\n  go: {{type: inject}}\n"


class Process:
    """A process with a folder of its own."""

    def __init__(self, folder: Path, dsn: str) -> None:
        name = folder.name
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.database = Database(dsn)
        self.site = Site(Catalogue([pack]))
        self.leases = Leases(self.database, holder=name, process=name, url="")
        self.deploys = Deploys(self.site, FlowFiles(folder), Revisions(self.database), self.leases)

    def ship(self, name: str, title: str = "first") -> None:
        (self.folder / f"{name}.yaml").write_text(TEXT.format(name=name, title=title), encoding="utf-8")

    async def change(self, name: str, title: str) -> None:
        base = self.deploys.known[name].revision if name in self.deploys.known else None
        await self.deploys.deploy(name, TEXT.format(name=name, title=title), base, "admin", "")


@pytest.fixture
async def processes(postgres_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[Process, Process]]:
    """(worker with the flow `gas`, archiver with the flow `archive`), not started."""
    async with contextlib.AsyncExitStack() as opened:
        made = []
        for name, flow in (("worker", "gas"), ("archiver", "archive")):
            process = Process(tmp_path / name, postgres_dsn)
            process.ship(flow)
            await process.database.start()
            opened.push_async_callback(process.database.stop)
            opened.push_async_callback(process.leases.stop)
            opened.push_async_callback(process.site.stop, 0.2)
            opened.push_async_callback(process.deploys.stop)
            made.append(process)
        async with made[0].database.connection(10) as connection:
            await migrate(connection, read_migrations("engine", Path("engine/sql")))
        yield made[0], made[1]


async def test_a_deploy_is_not_taken_over_by_a_process_that_never_had_the_flow(processes: tuple[Process, Process]):
    worker, archiver = processes
    await worker.deploys.start()
    await archiver.deploys.start()
    await worker.change("gas", "second")
    await archiver.change("archive", "second")
    heard: list[str] = []
    worker.deploys.on_change.append(heard.append)
    archiver.deploys.on_change.append(heard.append)
    await worker.change("gas", "third")
    await archiver.change("archive", "third")
    await eventually(lambda: {"gas", "archive"} <= set(heard))
    # What each has heard of the other is dealt with before its own next deploy is answered.
    await worker.deploys._follow("archive")
    await archiver.deploys._follow("gas")
    assert (list(worker.site.flows), list(archiver.site.flows)) == (["gas"], ["archive"])
    assert [file.name for file in archiver.folder.iterdir()] == ["archive.yaml"]


async def test_a_start_takes_nothing_from_the_table_that_is_not_in_its_folder(processes: tuple[Process, Process]):
    worker, archiver = processes
    await worker.deploys.start()
    await worker.change("gas", "second")
    await archiver.deploys.start()
    await archiver.deploys._follow("gas")
    assert list(archiver.site.flows) == ["archive"]


async def test_a_flow_that_both_have_runs_in_one_and_the_other_keeps_up_and_takes_over(
    processes: tuple[Process, Process],
):
    worker, archiver = processes
    archiver.ship("gas")
    await worker.deploys.start()
    await archiver.deploys.start()
    assert list(archiver.site.flows) == ["archive"]
    refused = archiver.site.health()["flows"]["gas"]
    assert (refused["status"], str(refused["refused"])) == ("stopped", "the flow gas runs in the process worker")
    with pytest.raises(RunsElsewhere):
        await archiver.change("gas", "refused")
    await worker.change("gas", "second")
    await eventually(lambda: "second" in (archiver.folder / "gas.yaml").read_text(encoding="utf-8"))
    assert list(archiver.site.flows) == ["archive"]
    await worker.deploys.stop()
    await worker.site.stop(0.2)
    await worker.leases.stop()
    await archiver.leases._try_renew()
    await eventually(lambda: "gas" in archiver.site.flows)
    assert "second" in archiver.deploys.known["gas"].text
    assert archiver.site.health()["status"] == "ok"

"""A run that is asked for in one process and done in another."""

from __future__ import annotations

import pytest

from engine.api import Database, Settings
from engine.catalogue.node_types import Catalogue
from engine.runtime.site import Site
from plant.archive import service
from plant.archive.service import Archive
from tests.eventually import eventually
from tests.nodes.archive.archive_site import ArchiveSite


class Page:
    """A process that serves the page and runs no flow."""

    def __init__(self, database: Database) -> None:
        self.settings = Settings()
        self.site = Site(Catalogue(), database=database)
        self.clock = self.site.clock
        self.service = self.site.service


async def test_run_is_asked_for_by_another_process_and_taken_once(site: ArchiveSite):
    """As with the archiver in a container of its own."""
    await site.fill([6], devices=1)
    await site.archive.start()
    asking = Archive(Page(site.database))
    assert await asking.request_run()
    await eventually(lambda: site.objects())
    assert len(site.archived()) == 40


async def test_request_that_nobody_takes_is_taken_back(site: ArchiveSite, monkeypatch: pytest.MonkeyPatch):
    """The page says so, and no run begins out of the blue later."""
    monkeypatch.setattr(service, "TAKEN_WITHIN_S", 0.3)
    await site.fill([6], devices=1)
    asking = Archive(Page(site.database))
    await asking.start()
    assert not await asking.request_run()
    async with site.database.connection() as connection:
        assert await connection.fetchval("select count(*) from archive_requests") == 0
    assert await site.states() == []

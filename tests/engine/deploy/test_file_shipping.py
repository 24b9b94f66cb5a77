"""A file that ops put into the folder goes into operation, or what ran goes on and it is said why."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.access.audit import AuditLog
from engine.api import Database, ManualClock
from engine.catalogue.node_types import Catalogue
from engine.core.message import Message
from engine.db.migrations import migrate, read_migrations
from engine.deploy.deploys import Deploys, FileRule
from engine.deploy.file_shipping import WRITTEN_S, FileShipping
from engine.deploy.flow_files import FlowFile, FlowFiles
from engine.deploy.revisions import Revisions
from engine.runtime.services.live_hubs import LiveHub
from engine.runtime.site import Site
from engine.runtime.state.journal import JournalStore
from engine.testing.flow_tests.report import FileResult, run_file
from engine.web.live.editor_presence import EditorPresence
from nodes import pack
from tests.engine.runtime.services.test_leases import Copies
from tests.engine.runtime.test_renames import KeptOnDisk

FLOW = "flow: gas\nnodes:\n  in: {{type: inject, to: out}}\n  out: {{type: {type}}}\n"
FAILING = """
cases:
  - name: what comes out
    given: [{node: in, payload: 1}]
    expect: [{node: nowhere, payload: 2}]
"""


class Shipped:
    """A site over a folder; `write` puts a file there, and `look` has it found and taken to be whole."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        copies: Copies,
        rule: FileRule = "auto",
        store: JournalStore | None = None,
    ) -> None:
        self.clock = ManualClock()
        self.site = Site(Catalogue([pack]), self.clock, journal_store=store)
        self.presence = EditorPresence(LiveHub())
        self.files = FlowFiles(folder)
        self.deploys = Deploys(self.site, self.files, Revisions(database), copies=copies, rule=rule)
        self.shipping = FileShipping(self.deploys, self.site, AuditLog(database), self.run_tests, self.presence.users)
        self.folder = folder

    async def run_tests(self, file: FlowFile) -> FileResult | None:
        tests = file.path.with_name("gas_test.yaml")
        return await run_file(tests, self.site.catalogue) if tests.exists() else None

    def write(self, text: str, name: str = "gas.yaml") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    async def look(self) -> str:
        """The kind of the note on `gas`, "" when its file is what runs."""
        for _ in range(2):
            self.files.scan()
            await self.shipping.look()
            await self.clock.advance(WRITTEN_S)
        note = self.deploys.notes.get("gas")
        return note.kind if note is not None else ""

    @property
    def runs(self) -> str:
        """The type of the node `out`, as it runs."""
        run = self.site.flows.get("gas")
        return run.plan.nodes["out"].kind.type if run is not None and run.plan is not None else ""

    async def stop(self) -> None:
        await self.deploys.stop()
        await self.site.stop(0.2)


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[Database]:
    database = Database(postgres_dsn)
    await database.start()
    async with database.connection(10) as connection:
        await migrate(connection, read_migrations("engine", Path("engine/sql")))
    yield database
    await database.stop()


@pytest.fixture
async def begin(database: Database, tmp_path: Path) -> AsyncIterator[object]:
    copies = Copies()
    async with contextlib.AsyncExitStack() as opened:

        async def make(rule: FileRule = "auto") -> Shipped:
            shipped = Shipped(tmp_path, database, copies, rule)
            opened.push_async_callback(shipped.stop)
            await shipped.deploys.start()
            return shipped

        yield make


async def test_a_good_file_runs_with_its_report_in_versions_and_audit(begin, tmp_path: Path, database: Database):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    site.write(FLOW.format(type="yaml"))
    assert await site.look() == ""
    assert site.runs == "yaml"
    last = (await site.deploys.revisions.of("gas"))[0]
    assert (last.number, last.who, str(last.note)) == (2, "disk", "the file was changed")
    _, report = await site.deploys.revisions.one("gas", 2)
    assert report["changed"] == ["out"]
    async with database.connection(10) as connection:
        assert await connection.fetchval("select details->>'number' from audit where action = 'flow.ship'") == "2"


async def test_a_new_file_starts(begin):
    site = await begin()
    site.write(FLOW.format(type="json"))
    assert (await site.look(), site.runs) == ("", "json")


async def test_a_file_that_is_still_being_written_is_waited_for(begin, tmp_path: Path):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    site.write(FLOW.format(type="yaml"))
    site.files.scan()
    await site.shipping.look()
    assert (site.runs, site.deploys.notes) == ("json", {})


@pytest.mark.parametrize(
    ("text", "why"),
    [("flow: gas\nnodes: {", "gas.yaml"), (FLOW.format(type="unheard-of"), "unheard-of")],
    ids=["broken", "unknown node"],
)
async def test_a_broken_file_leaves_the_old_running_and_says_why(begin, tmp_path: Path, text: str, why: str):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    site.write(text)
    assert (await site.look(), site.runs) == ("broken", "json")
    assert why in str(site.deploys.notes["gas"].text)
    site.write(FLOW.format(type="yaml"))
    assert (await site.look(), site.runs) == ("", "yaml")


async def test_a_file_whose_tests_fail_waits(begin, tmp_path: Path):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    site.write(FAILING, "gas_test.yaml")
    site.write(FLOW.format(type="yaml"))
    assert (await site.look(), site.runs) == ("tests", "json")
    assert "what comes out" in str(site.deploys.notes["gas"].text)


@pytest.mark.parametrize(("rule", "kind"), [("ask", "ask"), ("off", "")])
async def test_the_rule_of_the_site_keeps_a_file_from_running(begin, tmp_path: Path, rule: FileRule, kind: str):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin(rule)
    site.write(FLOW.format(type="yaml"))
    assert (await site.look(), site.runs) == (kind, "json")
    await site.stop()
    again = await begin(rule)
    assert again.runs == "json"


async def test_a_flow_that_somebody_has_open_waits_until_it_is_closed(begin, tmp_path: Path):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    site.presence.here("gas", "tab", "lin", "")
    site.write(FLOW.format(type="yaml"))
    assert (await site.look(), site.runs) == ("editing", "json")
    assert "lin" in str(site.deploys.notes["gas"].text)
    site.presence.gone("tab")
    assert (await site.look(), site.runs) == ("", "yaml")


async def test_a_deleted_file_stops_nothing_not_even_at_the_next_start_until_a_person_says_so(begin, tmp_path: Path):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    (tmp_path / "gas.yaml").unlink()
    assert (await site.look(), site.runs) == ("gone", "json")
    await site.stop()
    again = await begin()
    assert (await again.look(), again.runs) == ("gone", "json")
    await again.deploys.remove("gas", again.deploys.known["gas"].revision, "admin")
    assert (await again.look(), again.runs) == ("", "")


async def test_a_file_that_is_broken_at_the_start_leaves_running_what_ran_last(begin, tmp_path: Path):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    await site.stop()
    (tmp_path / "gas.yaml").write_text("flow: gas\nnodes: {")
    again = await begin()
    assert (again.runs, await again.look()) == ("json", "broken")


async def test_a_flow_whose_file_is_gone_comes_back_by_a_deploy(begin, tmp_path: Path):
    (tmp_path / "gas.yaml").write_text(FLOW.format(type="json"))
    site = await begin()
    (tmp_path / "gas.yaml").unlink()
    await site.look()
    text = FLOW.format(type="yaml")
    await site.deploys.deploy("gas", text, site.deploys.known["gas"].revision, "admin", "")
    assert (await site.look(), site.runs, (tmp_path / "gas.yaml").read_text()) == ("", "yaml", text)


HOLDS = "flow: gas\nnodes:\n  in: {{type: inject, to: {0}}}\n  {0}: {{type: delay, with: {{delay_s: 60}}, to: out}}\n  out: {{type: debug}}\n"


@pytest.mark.parametrize(
    ("changed", "quarantined", "out"),
    [
        (HOLDS.format("later"), [], 1),
        ("flow: gas\nnodes:\n  in: {type: inject, to: out}\n  out: {type: debug}\n", [b"1"], 0),
    ],
    ids=["renamed", "removed"],
)
async def test_what_nodes_hold_is_seen_to_when_the_file_was_changed_while_nothing_ran(
    database: Database, tmp_path: Path, changed: str, quarantined: list[bytes], out: int
):
    copies, store = Copies(), KeptOnDisk()
    for text in (HOLDS.format("wait"), changed):
        (tmp_path / "gas.yaml").write_text(text)
        site = Shipped(tmp_path, database, copies, store=store)
        await site.site.start()
        await site.deploys.start()
        run = site.site.flows["gas"]
        if text is not changed:
            delivery = run.own.adopt()
            run.enter("wait", Message(1, delivery=delivery))
            delivery.release()
            await site.site.journal.flush()
            await site.stop()
    await site.clock.advance(60)
    assert [kept.payload for kept in site.site.quarantine.recent] == quarantined
    assert len(site.site.debug.rows) == out
    await site.stop()

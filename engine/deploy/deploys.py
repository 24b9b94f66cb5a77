"""Deploys: a flow's new text is checked, started, written to its file and recorded, or nothing at all has happened."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Literal

import msgspec

from engine.core.background_jobs import BackgroundJobs
from engine.core.background_task import BackgroundTask
from engine.core.copies import Copies, NoCopies
from engine.core.message import EMPTY
from engine.db.database import Unavailable
from engine.deploy.flow_files import FileChanged, FlowFile, FlowFiles, NotWritable, revision_of
from engine.deploy.revisions import Revision, Revisions
from engine.flow.changes.node_renames import back
from engine.flow.check.check import check_site
from engine.flow.model import Flow, NodeSpec
from engine.flow.problem import FlowError, Problem
from engine.flow.yaml.read import read_flow
from engine.runtime.deploy_report import DeployFailed, DeployReport
from engine.runtime.services.leases import FLOW, NoLeases
from engine.runtime.site import Site
from engine.texts.text import Readable, Text, reason_of

__all__ = ["FOUND_ON_DISK", "Deployed", "Deploys", "FileNote", "FileRule", "NotRecorded", "RunsElsewhere"]

log = logging.getLogger("mcs.deploys")

FileRule = Literal["auto", "ask", "off"]

FOUND_ON_DISK = "disk"
"""Who made a revision that no one deployed here: ops changed the file."""
LOOK_EVERY_S = 1.0


class Deployed(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What runs now. `number` is None until it could be recorded."""

    text: str
    revision: str
    flow: Flow
    number: int | None = None
    who: str = FOUND_ON_DISK
    when: datetime.datetime | None = None
    note: Readable = ""


class NotRecorded(Exception):
    """The new version runs and is in its file, but the database broke before the deploy was recorded; that is made up for later."""


class FileNote(msgspec.Struct, frozen=True):
    """Why a file is not what runs. `kind`: broken, refused (a node does not start), tests, ask (waits for a person), editing, gone."""

    kind: Literal["broken", "refused", "tests", "ask", "editing", "gone"]
    text: Text


class RunsElsewhere(Exception):
    """Another process has the flow; it is deployed there."""


class Deploys:
    """The one way to change what runs. Whatever happens, the file, the running flow and the last revision agree or it is said.

    `on_change` is called with the name of every flow that was deployed, removed or changed on disk.
    """

    def __init__(
        self,
        site: Site,
        files: FlowFiles,
        revisions: Revisions,
        leases: NoLeases | None = None,
        *,
        copies: Copies | None = None,
        rule: FileRule = "off",
    ) -> None:
        """`copies` keep what ran last, for a start at which a file is broken, gone, or waits for a person by the `rule`."""
        self.notes: dict[str, FileNote] = {}
        """Why the file of a flow is not what runs, by flow."""
        self.on_change: list[Callable[[str], None]] = []
        self.known: dict[str, Deployed] = {}
        self.files = files
        self.revisions = revisions
        self.leases = leases if leases is not None else NoLeases()
        self.rule = rule
        self._copies: Copies = copies if copies is not None else NoCopies()
        self._copied = f"flows {files.folder.resolve()}"
        self._site = site
        self._locks: dict[str, asyncio.Lock] = {}
        self._jobs = BackgroundJobs()
        self._disk = BackgroundTask("flow files", self._watch_disk, site.supervisor)
        self._unfollow: Callable[[], None] = lambda: None
        self._links: list[Problem] = []

    async def start(self) -> None:
        """Starts every flow file (one with problems does not keep the others from starting), records what ops have changed, and
        from then on follows the disk and the other workers."""
        self.files.scan()
        last = {name: body.decode() for name, body in (await self._copies.copies(self._copied)).items()}
        for file in self.files.all():
            async with self._lock(file.name):
                await self._start(file, last.pop(file.name, ""))
        if self.files.all_of_folder:
            for name, text in last.items():
                async with self._lock(name):
                    await self._start_without_file(name, text)
        await self._check_links()
        self._unfollow = self.revisions.follow(self._heard)
        self._disk.start()

    def beside(self, name: str) -> list[Flow]:
        """The other flows of the site: as they run, or else as their files have them."""
        flows = {file.name: file.flow for file in self.files.all() if file.flow is not None}
        flows |= {running: known.flow for running, known in self.known.items()}
        return [flow for other, flow in flows.items() if other != name]

    def link_problems(self, name: str) -> list[Problem]:
        """Links of a running flow to flows and link-ins that are not there now."""
        known = self.known.get(name)
        return [problem for problem in self._links if known is not None and problem.path == known.flow.source.path]

    async def stop(self) -> None:
        """Ends following; the flows go on until the site stops them."""
        self._unfollow()
        self._unfollow = lambda: None
        await self._disk.stop()
        await self._jobs.stop()

    async def deploy(
        self, name: str, text: str, base: str | None, who: str, note: Readable, renames: Mapping[str, str] = EMPTY
    ) -> tuple[Revision, DeployReport]:
        """Makes `text` the flow. `base` is the revision of the file it was made from, None for a new flow; `renames` as for `Site.deploy`.

        FileChanged when the file is another by now; FlowError with every problem; DeployFailed when a node refuses to start;
        Unavailable while the database is away; NotWritable when the file can't be written: each leaves file and flow as they were.
        Goes on to its end when the caller is cancelled.
        """
        return await asyncio.shield(asyncio.ensure_future(self._deploy(name, text, base, who, note, renames)))

    async def ship(self, file: FlowFile) -> DeployReport:
        """Goes over to a file that somebody has put into the folder; without the database it runs, and is recorded later.

        FlowError, DeployFailed, RunsElsewhere: what ran goes on. Goes on to its end when the caller is cancelled.
        """
        return await asyncio.shield(asyncio.ensure_future(self._ship(file)))

    async def refresh(self, types: Collection[str]) -> None:
        """Node types have changed: goes over to them in every flow that uses one, and starts those that waited for one."""
        for file in self.files.all():
            known = self.known.get(file.name)
            flow = known.flow if known is not None else file.flow
            if flow is None or not any(node.type in types for nodes in _all_nodes(flow) for node in nodes.values()):
                continue
            async with self._lock(file.name):
                if known is None:
                    await self._start(file)
                    continue
                try:
                    await self._site.deploy(flow)
                except (FlowError, DeployFailed) as error:
                    log.error("flow %s stays with the node types it has: %s", file.name, error)
            self.tell(file.name)

    async def remove(self, name: str, base: str, who: str, note: str = "") -> None:
        """Stops a flow and deletes its file; its revisions stay. FileChanged, Unavailable as with `deploy`."""
        async with self._lock(name), self.revisions.writing(name) as writing:
            self.files.remove(name, base)
            await self._site.remove(name)
            self._forget(name)
            await writing.add("", who, note, None, {})
        await self.leases.release(FLOW + name)
        await self._check_links()
        self.tell(name)

    async def _ship(self, file: FlowFile) -> DeployReport:
        async with self._lock(file.name):
            if file.flow is None:
                raise FlowError(file.problems)
            if not await self._is_ours(file.name):
                raise RunsElsewhere(self._site.refused[file.name])
            report = await self._run(file.flow, file.problems)
            self._runs(file.name, Deployed(text=file.text, revision=file.revision, flow=file.flow))
            with contextlib.suppress(Unavailable):
                await self._record(file.name, Text("deploy.note-shipped"), report)
        await self._check_links()
        self.tell(file.name)
        return report

    async def _deploy(
        self, name: str, text: str, base: str | None, who: str, note: Readable, renames: Mapping[str, str]
    ) -> tuple[Revision, DeployReport]:
        async with self._lock(name):
            if not await self._is_ours(name):
                raise RunsElsewhere(self._site.refused[name])
            current = self.files.read(name)
            known = self.known.get(name)
            if current is None and known is not None and known.revision == base:
                base = None  # its file was deleted, and comes back with this
            if (current.revision if current is not None else None) != base:
                raise FileChanged(name, current)
            path = current.path if current is not None else self.files.folder / f"{name}.yaml"
            # Off the loop: reading 1,000 nodes takes longer than a message may wait.
            flow, problems = await asyncio.to_thread(read_flow, text, str(path))
            if flow is None:
                raise FlowError(problems)
            if flow.flow != name:
                raise FlowError([_renamed(path.name, flow, name), *problems])
            done: DeployReport | None = None
            try:
                async with self.revisions.writing(name) as writing:
                    report = await self._run(flow, problems, renames)
                    await self._write(name, text, base, (flow, problems), renames)
                    done = report
                    row = await writing.add(revision_of(text), who, note, text, report)
            except Unavailable as away:
                if done is None:
                    raise
                self._runs(name, Deployed(text=text, revision=revision_of(text), flow=flow, who=who, note=note))
                await self._check_links()
                self.tell(name)
                raise NotRecorded(Text("deploy.not-recorded", flow=name, reason=reason_of(away))) from away
            self._runs(name, _deployed(text, flow, row))
        await self._check_links()
        self.tell(name)
        return row, report

    async def _run(self, flow: Flow, problems: list[Problem], renames: Mapping[str, str] = EMPTY) -> DeployReport:
        """A refused deploy leaves what is known of the running version as it was."""
        name = flow.flow
        before = self._site.problems.get(name)
        try:
            return await self._site.deploy(flow, read_problems=problems, renames=renames)
        except (FlowError, DeployFailed):
            if name in self.known:
                self._site.refused.pop(name, None)
                self._site.problems[name] = before or []
            elif self.files.read(name) is None:
                self._site.refused.pop(name, None)
                self._site.problems.pop(name, None)
            raise

    async def _write(
        self,
        name: str,
        text: str,
        base: str | None,
        parsed: tuple[Flow | None, list[Problem]],
        renames: Mapping[str, str],
    ) -> None:
        try:
            self.files.write(name, text, base, parsed)
        except (FileChanged, NotWritable):
            before = self.known.get(name)
            if before is not None:
                await self._site.deploy(before.flow, renames=back(renames))
            else:
                await self._site.remove(name)
            raise

    async def _is_ours(self, name: str) -> bool:
        """Whether this process may run the flow; what the other one is called is told where the flow is shown."""
        other = await self.leases.claim(FLOW + name, partial(self._settle_soon, name))
        if other is not None:
            self._site.refused[name] = Text("deploy.runs-elsewhere", flow=name, process=other.process)
        return other is None

    def _settle_soon(self, name: str) -> None:
        self._jobs.start("settling who runs a flow", self._settle, name)

    async def _settle(self, name: str) -> None:
        """It has turned out who has the flow: this process stops it, or takes it over as it is now."""
        async with self._lock(name):
            file = self.files.read(name)
            if self.leases.other(FLOW + name) is not None:
                self._forget(name)
                await self._site.hand_over(name)
                await self._is_ours(name)
            elif file is not None and name not in self.known:
                self._site.refused.pop(name, None)
                await self._site.take_over(name)
                await self._start(file)
        await self._check_links()
        self.tell(name)

    def _runs(self, name: str, deployed: Deployed) -> None:
        self.known[name] = deployed
        self._copies.copy(self._copied, name, deployed.text.encode())

    def _forget(self, name: str) -> None:
        self.known.pop(name, None)
        self.notes.pop(name, None)
        self._copies.copy(self._copied, name, None)

    async def _start(self, file: FlowFile, last: str = "") -> None:
        """`last` is what ran last: it goes on where the file can't run, or waits for a person."""
        if file.flow is not None and not await self._is_ours(file.name):
            log.error("%s", self._site.refused[file.name])
            return
        goes_on = last not in ("", file.text)
        if goes_on and self.rule != "auto" and await self._start_without_file(file.name, last):
            return
        if file.flow is None:
            self._site.problems[file.name] = file.problems
            log.error("%s", "\n".join(str(problem) for problem in file.problems))
        else:
            if goes_on:
                await self._bring_before(file.flow, last)
            if await self._start_text(file.name, file.text, file.flow, file.problems):
                return
        if goes_on and self.rule == "auto" and await self._start_without_file(file.name, last):
            log.error("flow %s goes on as it ran last", file.name)

    async def _bring_before(self, flow: Flow, last: str) -> None:
        """The file was changed while nothing ran: where nodes are gone from it, what ran last is brought up without messages, so that
        going over to the file does what a deploy does with what those hold."""
        before, _ = await asyncio.to_thread(read_flow, last, flow.flow)
        if before is None or before.disabled or not set(_addresses(before)) - set(_addresses(flow)):
            return
        try:
            await self._site.deploy(before, hold_sources=True)
        except (FlowError, DeployFailed) as error:
            log.warning("%s: what its removed nodes hold can't be looked at: %s", flow.flow, error)
            self._site.refused.pop(flow.flow, None)

    async def _start_without_file(self, name: str, text: str) -> bool:
        """From what ran last."""
        flow, problems = await asyncio.to_thread(read_flow, text, str(self.files.folder / f"{name}.yaml"))
        return flow is not None and await self._is_ours(name) and await self._start_text(name, text, flow, problems)

    async def _start_text(self, name: str, text: str, flow: Flow, problems: list[Problem]) -> bool:
        try:
            await self._site.deploy(flow, read_problems=problems)
        except FlowError as error:
            log.error("flow %s does not start:\n%s", name, error)
            return False
        except DeployFailed as error:
            log.error("flow %s does not start: %s", name, error)
            return False
        self._site.refused.pop(name, None)
        self._runs(name, Deployed(text=text, revision=revision_of(text), flow=flow))
        with contextlib.suppress(Unavailable):
            await self._record(name, Text("deploy.note-found"))
        return True

    async def _record(self, name: str, note: Readable, report: DeployReport | None = None) -> None:
        """Makes sure that what runs is the last revision."""
        known = self.known[name]
        async with self.revisions.writing(name) as writing:
            last = await self.revisions.latest(name) if writing.last else None
            if last is None or last.revision != known.revision:
                last = await writing.add(known.revision, known.who, known.note or note, known.text, report or {})
        self.known[name] = _deployed(known.text, known.flow, last)

    async def _check_links(self) -> None:
        """What runs has changed: what leads nowhere now that led somewhere before is logged."""
        flows = [known.flow for known in self.known.values()]
        beside = [file.flow for file in self.files.all() if file.flow is not None and file.name not in self.known]
        found = await asyncio.to_thread(check_site, flows, beside)
        for problem in found:
            if problem not in self._links:
                log.warning("%s", problem)
        self._links = found

    async def _watch_disk(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                changed = self.files.scan()
            except OSError as failure:
                log.warning("the flow files can't be looked at: %s", failure)
                continue
            for name in changed:
                self.tell(name)

    def _heard(self, flow: str | None) -> None:
        if flow is None:
            self._jobs.start("following all deploys", self._follow_all)
        else:
            self._jobs.start("following a deploy", self._follow, flow)

    async def _follow_all(self) -> None:
        """The database is back, or was never away: make up for what could not be recorded, and for what was missed."""
        for name, known in list(self.known.items()):
            try:
                if known.number is None:
                    async with self._lock(name):
                        await self._record(name, Text("deploy.note-later"))
                await self._follow(name)
            except Unavailable:
                return

    async def _follow(self, name: str) -> None:
        """Goes over to what another worker has deployed."""
        with contextlib.suppress(Unavailable):
            async with self._lock(name):
                last = await self.revisions.latest(name)
                known = self.known.get(name)
                if known is None and self.files.read(name) is None:
                    return  # another process runs it: this one runs what it was given, and nothing else
                if last is None or (known is not None and known.number is not None and last.number <= known.number):
                    return
                if last.text is None:
                    await self._site.remove(name)
                    self._forget(name)
                elif not await self._is_ours(name):
                    await self._keep_up(last, last.text)
                elif known is None or known.revision != last.revision:
                    await self._go_over(last, last.text)
                else:
                    self.known[name] = _deployed(known.text, known.flow, last)
        await self._check_links()
        self.tell(name)

    async def _keep_up(self, last: Revision, text: str) -> None:
        """The process that has the flow has deployed it: the file here follows, unless somebody has put another one there."""
        file = self.files.read(last.flow)
        if file is not None and await self.revisions.text_of(last.flow, file.revision) is not None:
            with contextlib.suppress(FileChanged, NotWritable):
                self.files.write(last.flow, text, file.revision)

    async def _go_over(self, last: Revision, text: str) -> None:
        known = self.known.get(last.flow)
        flow, problems = await asyncio.to_thread(read_flow, text, last.flow)
        if flow is None:
            return
        try:
            await self._site.deploy(flow, read_problems=problems)
        except (FlowError, DeployFailed) as error:
            log.error("flow %s, deployed by another worker, does not start here: %s", last.flow, error)
            return
        self._runs(last.flow, _deployed(text, flow, last))
        current = self.files.read(last.flow)
        if (current.revision if current is not None else None) == (known.revision if known is not None else None):
            # Workers with a folder of their own; in a shared folder the file says it already.
            with contextlib.suppress(FileChanged, NotWritable):
                self.files.write(last.flow, text, current.revision if current is not None else None)

    def tell(self, name: str) -> None:
        """Calls who wants to hear of changes of a flow."""
        for call in list(self.on_change):
            call(name)

    def _lock(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())


def _deployed(text: str, flow: Flow, row: Revision) -> Deployed:
    return Deployed(
        text=text, revision=row.revision, flow=flow, number=row.number, who=row.who, when=row.when, note=row.note
    )


def _addresses(flow: Flow) -> Iterator[str]:
    yield from flow.nodes
    for name, subflow in flow.subflows.items():
        yield from (f"{name}/{id}" for id in subflow.nodes)


def _all_nodes(flow: Flow) -> list[dict[str, NodeSpec]]:
    return [flow.nodes, *(subflow.nodes for subflow in flow.subflows.values())]


def _renamed(path: str, flow: Flow, name: str) -> Problem:
    return Problem(path=path, field="flow", text=Text("deploy.renamed", flow=name, written=flow.flow[:80]))

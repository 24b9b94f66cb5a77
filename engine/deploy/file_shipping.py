"""Files that somebody puts into the folder of flows (a copy, rsync, git pull, a ConfigMap) go into operation by the rule that the site has set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from engine.access.audit import AuditLog
from engine.core.background_task import BackgroundTask
from engine.deploy.deploys import FOUND_ON_DISK, Deploys, FileNote, RunsElsewhere
from engine.deploy.flow_files import FlowFile
from engine.flow.problem import FlowError, errors_in
from engine.runtime.deploy_report import DeployFailed
from engine.runtime.services.leases import FLOW
from engine.runtime.site import Site
from engine.testing.flow_tests.report import FileResult
from engine.texts.text import Readable, Text

__all__ = ["FileShipping"]

log = logging.getLogger("mcs.shipping")

LOOK_EVERY_S = 1.0
WRITTEN_S = 2.0
"""A file that has not changed for so long is taken to be written whole: copies over a network come in pieces."""
TOLD_CASES = 3


class FileShipping:
    """Looks every second. A file that can't go into operation is told once in the log, and stands in `deploys.notes` until it is another or gone;
    what ran goes on. A file that is deleted stops nothing: it takes a person to stop a flow that judges alarms."""

    def __init__(
        self,
        deploys: Deploys,
        site: Site,
        audit: AuditLog,
        run_tests: Callable[[FlowFile], Awaitable[FileResult | None]],
        editors: Callable[[str], Sequence[str]],
    ) -> None:
        """`run_tests` plays what lies beside a file, `editors` names who has a flow open in the editor, perhaps with a draft."""
        self._deploys = deploys
        self._site = site
        self._audit = audit
        self._run_tests = run_tests
        self._editors = editors
        self._seen: dict[str, tuple[str, float]] = {}
        self._tried: dict[str, str] = {}
        self._task = BackgroundTask("shipped flow files", self._watch, site.supervisor)

    def start(self) -> None:
        """Call it when the flows have been started."""
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def look(self) -> None:
        """Compares every file, as of the last scan, with what runs."""
        files = {file.name: file for file in self._deploys.files.all()}
        for name, file in files.items():
            known = self._deploys.known.get(name)
            elsewhere = self._deploys.leases.other(FLOW + name) is not None
            if elsewhere or (known is not None and known.revision == file.revision):
                self._forget(name)
            elif self._deploys.rule != "off" and self._is_written(file) and self._tried.get(name) != file.revision:
                await self._ship(file)
        for name in self._deploys.known.keys() - files.keys():
            self._note(name, FileNote("gone", Text("deploy.file-gone", flow=name)))
        for name in self._deploys.notes.keys() - files.keys() - self._deploys.known.keys():
            self._forget(name)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    def _is_written(self, file: FlowFile) -> bool:
        now = self._site.clock.monotonic()
        revision, since = self._seen.get(file.name, ("", now))
        if revision != file.revision:
            self._seen[file.name] = (file.revision, now)
            return False
        return now - since >= WRITTEN_S

    async def _ship(self, file: FlowFile) -> None:
        name, known = file.name, self._deploys.known.get(file.name)
        if file.flow is None or errors_in(file.problems):
            problem = errors_in(file.problems)[0]
            self._refuse(file, FileNote("broken", Text("deploy.file-broken", flow=name, problem=problem.on_one_line)))
            return
        if self._deploys.rule == "ask":
            self._refuse(file, FileNote("ask", Text("deploy.file-asks", flow=name)))
            return
        people = self._editors(name)
        if people and known is not None:
            self._note(name, FileNote("editing", Text("deploy.file-edited", flow=name, people=people)))
            return
        result = await self._run_tests(file)
        if result is not None and not result.passed:
            names = [case.name for case in result.cases if not case.passed][:TOLD_CASES]
            failing: Sequence[Readable] = names or [result.problem]
            self._refuse(file, FileNote("tests", Text("deploy.file-tests", flow=name, cases=failing)))
            return
        try:
            report = await self._deploys.ship(file)
        except FlowError as error:
            problem = (errors_in(error.problems) or error.problems)[0]
            self._refuse(file, FileNote("broken", Text("deploy.file-broken", flow=name, problem=problem.on_one_line)))
        except DeployFailed as failed:
            self._refuse(
                file,
                FileNote("refused", Text("deploy.file-refused", flow=name, node=failed.node, reason=failed.reason)),
            )
        except RunsElsewhere:
            self._forget(name)
        else:
            self._forget(name)
            now = self._deploys.known[name]
            log.info(
                "flow %s goes by its file now: %d nodes new, %d changed, %d removed, %d kept, %.1f s",
                name, len(report.added), len(report.changed), len(report.removed), len(report.kept), report.seconds,
            )  # fmt: skip
            await self._audit.record(
                FOUND_ON_DISK, "", "flow.ship", name, {"revision": now.revision, "number": now.number}
            )

    def _refuse(self, file: FlowFile, note: FileNote) -> None:
        self._tried[file.name] = file.revision
        self._note(file.name, note)

    def _note(self, name: str, note: FileNote) -> None:
        if self._deploys.notes.get(name) != note:
            log.error("%s", note.text)
            self._deploys.notes[name] = note
            self._deploys.tell(name)

    def _forget(self, name: str) -> None:
        self._tried.pop(name, None)
        self._seen.pop(name, None)
        if self._deploys.notes.pop(name, None) is not None:
            self._deploys.tell(name)

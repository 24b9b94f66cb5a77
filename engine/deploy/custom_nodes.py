"""Custom node files: found at start, loaded again when they change and their own tests pass, put aside when they break."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from engine.catalogue.node_file import load_files
from engine.catalogue.node_types import Broken, Catalogue, NodeType, Remark
from engine.core.background_task import BackgroundTask, Supervisor
from engine.testing import check_example
from engine.texts.text import Readable, Text, reason_of

__all__ = ["NodeFolders"]

log = logging.getLogger("mcs.nodes")

LOOK_EVERY_S = 1.0
TESTS_LIMIT_S = 60.0


class NodeFolders:
    """Follows the `.py` files of some folders.

    `changed` is called with the node types that are new or different, so that the flows that use them are deployed again.
    A change whose examples or tests fail is not taken over: the version that worked goes on, and the catalogue says what failed.
    The files of the start are used as they are, for what ran yesterday runs today; one whose examples fail is remarked on.
    `runs_tests` is whether there is a pytest for their test files; without it the catalogue remarks that these were not run.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        folders: Sequence[Path],
        changed: Callable[[list[str]], Awaitable[None]],
        supervisor: Supervisor | None = None,
        *,
        runs_tests: bool = importlib.util.find_spec("pytest") is not None,
    ) -> None:
        self._catalogue = catalogue
        self._folders = list(folders)
        self._changed = changed
        self._runs_tests = runs_tests
        self._seen = self._stamps()
        self._task = BackgroundTask("node folders", self._follow, supervisor)

    def start(self) -> None:
        """Begins to look, about once a second."""
        if self._folders:
            self._task.start()

    async def stop(self) -> None:
        """Ends looking."""
        await self._task.stop()

    async def look(self) -> list[str]:
        """Takes over what has changed since the last look; the types that are new or different."""
        stamps = self._stamps()
        files = {path for path in {*stamps, *self._seen} if stamps.get(path) != self._seen.get(path)}
        self._seen = stamps
        types: list[str] = []
        for file in sorted({_node_file(path) for path in files}):
            types += await self._take(file)
        if types:
            await self._changed(types)
        return types

    async def look_at_first(self) -> None:
        """Runs the examples of what was loaded at the start, and remarks on what fails or is not tested here."""
        for file in sorted(path for path in self._seen if path == _node_file(path)):
            origin = str(file)
            kinds = [kind for kind in self._catalogue.types.values() if kind.origin == origin]
            problem = await self._run_examples(kinds)
            if problem:
                self._catalogue.remarks[origin] = Remark("example_fails", problem)
                log.error("%s: %s; it is used all the same", file.name, problem)
            elif kinds:
                self._remark_on_tests(file)

    async def _follow(self) -> None:
        await self.look_at_first()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception:  # following must outlive whatever one file or flow does
                log.exception("a change in a node folder could not be taken over")

    async def _take(self, file: Path) -> list[str]:
        origin = str(file)
        before = {type: kind for type, kind in self._catalogue.types.items() if kind.origin == origin}
        if file not in self._seen:
            for type in before:
                del self._catalogue.types[type]
            self._catalogue.broken.pop(origin, None)
            self._catalogue.remarks.pop(origin, None)
            return list(before)
        # Off the loop: an import may take its time.
        (loaded,) = await asyncio.to_thread(load_files, [file])
        types = self._catalogue.take(loaded)
        broken = self._catalogue.broken.get(origin)
        problem = (
            broken.problem
            if broken is not None
            else await self._run_examples([self._catalogue.types[type] for type in types])
            or await self._run_tests(file)
        )
        if not problem:
            log.info("%s: loaded %s", file.name, ", ".join(types) or "no node")
            self._catalogue.remarks.pop(origin, None)
            self._remark_on_tests(file)
            return sorted({*types, *before})
        for type in types:
            self._catalogue.types.pop(type, None)
        self._catalogue.types.update(before)
        # A new file that can't be loaded goes by its name: the palette shows it with what is wrong.
        known = broken.types if broken is not None else tuple(types or before)
        self._catalogue.broken[origin] = Broken(origin, known, problem, broken.traceback if broken else "")
        log.error("%s: %s; %s", file.name, problem, "the version before goes on" if before else "not loaded")
        return []

    async def _run_examples(self, kinds: list[NodeType]) -> Readable:
        """Which one fails and how, or ""."""
        for kind in kinds:
            for example in kind.cls.examples:
                try:
                    async with asyncio.timeout(TESTS_LIMIT_S):
                        await check_example(kind, example)
                except Exception as error:  # noqa: BLE001 - a custom node may raise anything
                    return Text("setup.example-fails", title=example.title, reason=reason_of(error))
        return ""

    def _remark_on_tests(self, file: Path) -> None:
        test = _test_file(file)
        if not self._runs_tests and test.exists():
            self._catalogue.remarks[str(file)] = Remark("tests_not_run", test.name)
            log.warning(
                "%s: its tests were not run here, there is no pytest; run %s where the extra dev is installed "
                "(pip install 'mcs-iot[dev]')", file.name, test.name,
            )  # fmt: skip

    async def _run_tests(self, file: Path) -> Readable:
        """Why its test file does not pass, or "". In a process of its own, where there is a pytest."""
        test = _test_file(file)
        if not self._runs_tests or not test.exists():
            return ""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", str(test),
            cwd=file.parent, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(TESTS_LIMIT_S):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            return Text("setup.test-slow", file=test.name, seconds=TESTS_LIMIT_S)
        last = output.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no output"]
        return "" if process.returncode == 0 else Text("setup.test-fails", file=test.name, reason=last[0])

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        found: dict[Path, tuple[int, int]] = {}
        for folder in self._folders:
            for path in folder.glob("*.py"):
                if not path.name.startswith("_"):
                    try:
                        stat = path.stat()
                    except FileNotFoundError:
                        continue
                    found[path] = (stat.st_mtime_ns, stat.st_size)
        return found


def _test_file(path: Path) -> Path:
    return path.with_name(f"test_{path.name}")


def _node_file(path: Path) -> Path:
    return path.with_name(path.name.removeprefix("test_"))

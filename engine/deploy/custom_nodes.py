"""Custom node files: found at start, loaded again when they change and their own tests pass, put aside when they break."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from engine.catalogue.node_types import Broken, Catalogue, NodeType
from engine.testing import check_example

__all__ = ["NodeFolders"]

log = logging.getLogger("mcs.nodes")

LOOK_EVERY_S = 1.0
TESTS_LIMIT_S = 60.0


class NodeFolders:
    """Follows the `.py` files of some folders.

    `changed` is called with the node types that are new or different, so that the flows that use them are deployed again.
    A change whose examples or tests fail is not taken over: the version that worked goes on, and the catalogue says what failed.
    """

    def __init__(
        self, catalogue: Catalogue, folders: Sequence[Path], changed: Callable[[list[str]], Awaitable[None]]
    ) -> None:
        self._catalogue = catalogue
        self._folders = list(folders)
        self._changed = changed
        self._seen = self._stamps()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to look, about once a second."""
        if self._folders and self._task is None:
            self._task = asyncio.create_task(self._follow(), name="node folders")

    async def stop(self) -> None:
        """Ends looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

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

    async def _follow(self) -> None:
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
            return list(before)
        types = self._catalogue.add_file(file)
        broken = self._catalogue.broken.get(origin)
        problem = (
            broken.problem
            if broken is not None
            else await self._tests(file, [self._catalogue.types[type] for type in types])
        )
        if not problem:
            log.info("%s: loaded %s", file.name, ", ".join(types) or "no node")
            return sorted({*types, *before})
        for type in types:
            self._catalogue.types.pop(type, None)
        self._catalogue.types.update(before)
        # A new file that can't be loaded goes by its name: the palette shows it with what is wrong.
        known = broken.types if broken is not None else tuple(types or before)
        self._catalogue.broken[origin] = Broken(origin, known, problem, broken.traceback if broken else "")
        log.error("%s: %s; %s", file.name, problem, "the version before goes on" if before else "not loaded")
        return []

    async def _tests(self, file: Path, kinds: list[NodeType]) -> str:
        """Why the new version is not good, or "". Examples run here, the test file in a process of its own."""
        for kind in kinds:
            for example in kind.cls.examples:
                try:
                    async with asyncio.timeout(TESTS_LIMIT_S):
                        await check_example(kind, example)
                except Exception as error:  # noqa: BLE001 - a custom node may raise anything
                    return f"example “{example.title}” fails: {error}"
        test = file.with_name(f"test_{file.name}")
        if not test.exists():
            return ""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", str(test),
            cwd=file.parent, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(TESTS_LIMIT_S):
                told, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            return f"{test.name} did not end within {TESTS_LIMIT_S:g} s"
        last = told.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no output"]
        return "" if process.returncode == 0 else f"{test.name} fails: {last[0]}"

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


def _node_file(path: Path) -> Path:
    return path.with_name(path.name.removeprefix("test_"))

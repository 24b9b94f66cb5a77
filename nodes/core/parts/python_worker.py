"""A process that runs one function, kept within limits of time and memory."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from engine.api import PermanentError, Text

__all__ = ["PythonPermission", "Worker"]

START_S = 20.0
LARGEST_ANSWER = 16_000_000


class PythonPermission:
    """Whether the site allows `python` nodes: `MCS_PYTHON_NODES=on`. A service of the pack.

    A flow test on the command line may allow them (`site: {python: true}`): whoever starts it could run Python anyway. One that comes over
    the web may not: there the site decides.
    """

    site_decides: ClassVar = True

    def __init__(self, allowed: bool) -> None:
        self.allowed = allowed

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to end."""

    def health(self) -> Mapping[str, Any]:
        """Always ok; `python_nodes` says whether they are allowed."""
        return {"status": "ok", "python_nodes": self.allowed}


class Worker:
    """One process; it is started for the first message, and again after it was ended for taking too long."""

    def __init__(self, code: str, time_s: float, memory_bytes: int) -> None:
        self._code = code
        self._time_s = time_s
        self._memory_bytes = memory_bytes
        self._process: asyncio.subprocess.Process | None = None

    async def call(self, message: dict[str, Any]) -> Any:
        """What the function returned. PermanentError when it failed, took too long, or used too much memory. Cancelling ends the process."""
        process = await self._started()
        try:
            answer = await self._ask(process, message, self._time_s)
        except TimeoutError as late:
            await self.stop()
            raise PermanentError(Text("python.slow", seconds=self._time_s)) from late
        except (asyncio.IncompleteReadError, OSError) as gone:
            await self.stop()
            raise PermanentError(Text("python.ended")) from gone
        except BaseException:
            await self.stop()  # its answer would be taken for that of the next message
            raise
        if "error" in answer:
            raise PermanentError(Text("python.failed", reason=str(answer["error"])))
        return answer.get("result")

    async def stop(self) -> None:
        """Ends the process at once, and whatever it has started."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        program = str(Path(__file__).with_name("python_program.py"))
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            program,
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        try:
            answer = await self._ask(self._process, {"code": self._code, "memory_bytes": self._memory_bytes}, START_S)
        except BaseException:
            await self.stop()
            raise
        if "error" in answer:
            await self.stop()
            raise PermanentError(Text("python.code", reason=str(answer["error"])))
        return self._process

    async def _ask(self, process: asyncio.subprocess.Process, question: Any, time_s: float) -> Any:
        assert process.stdin is not None
        assert process.stdout is not None
        data = msgspec.json.encode(question, enc_hook=str)
        async with asyncio.timeout(time_s):
            process.stdin.write(len(data).to_bytes(4, "big") + data)
            await process.stdin.drain()
            size = int.from_bytes(await process.stdout.readexactly(4), "big")
            if size > LARGEST_ANSWER:
                await self.stop()
                raise PermanentError(Text("python.large", size=size, limit=LARGEST_ANSWER))
            return msgspec.json.decode(await process.stdout.readexactly(size))

"""Browser tabs without a browser: sockets that ask for what a tab with an open flow and a wall asks for, and read all they get."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.delivery.engine_process import EngineProcess

FLOW = "gas-monitoring"
TOPICS = (f"telemetry:{FLOW}", f"tap:{FLOW}/concentration/out", "debug", "deploys", "flows", "health", "live:readings")


class Tab:
    """`items` is how many of each topic have come, those that were skipped for want of time included."""

    def __init__(self) -> None:
        self.items: Counter[str] = Counter()

    async def read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Until the socket ends."""
        async for message in socket:
            told = json.loads(message.data)
            assert "error" not in told, told
            self.items[told["topic"]] += len(told["items"]) + told.get("skipped", 0)


@asynccontextmanager
async def tabs(engine: EngineProcess, count: int) -> AsyncIterator[list[Tab]]:
    """So many tabs of the administrator."""
    await engine.call("GET", "/api/flows")  # signs in
    opened = [Tab() for _ in range(count)]
    sockets = [await engine.http.ws_connect("/api/ws", max_msg_size=0) for _ in opened]
    reading = [asyncio.create_task(tab.read(socket)) for tab, socket in zip(opened, sockets, strict=True)]
    try:
        for socket in sockets:
            for topic in TOPICS:
                await socket.send_json({"subscribe": topic})
        yield opened
        assert not [task for task in reading if task.done()], "a tab was closed"
    finally:
        for socket in sockets:
            await socket.close()
        await asyncio.gather(*reading, return_exceptions=True)

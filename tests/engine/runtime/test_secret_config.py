"""What a node gets where its config names a secret."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.api import Message, Node, node
from engine.testing import NodeHarness


@node(category="testing")
class Stamp(Node):
    """Puts a text of its config into the payload."""

    token: str
    header: dict[str, list[str]]

    def process(self, msg: Message) -> Message:
        return msg.replace(payload={"token": self.token, "header": self.header})


CONFIG: dict[str, Any] = {"token": "Bearer ${secret:erp}", "header": {"keys": ["${secret:erp}"]}}


async def test_secret_reaches_a_message_as_a_plain_text() -> None:
    """So that what comes after it (memory, an encoder, a template) takes it as any other."""
    async with NodeHarness(Stamp, CONFIG, secrets={"erp": "hush"}) as bench:
        await bench.give(1)
        (payload,) = bench.sent()
    assert msgspec.json.decode(msgspec.json.encode(payload)) == {"token": "Bearer hush", "header": {"keys": ["hush"]}}


async def test_node_that_is_logged_does_not_show_its_secrets() -> None:
    async with NodeHarness(Stamp, CONFIG, secrets={"erp": "hush"}) as bench:
        running = bench.run.nodes["node"]
        assert "hush" not in f"{running.instance!r} {running.config!r}"

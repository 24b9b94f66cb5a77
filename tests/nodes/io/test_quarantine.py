"""quarantine keeps a message with the reason it came with."""

from __future__ import annotations

from engine.testing import NodeHarness
from nodes.io.quarantine import QuarantineNode


async def test_reason_is_that_of_the_node_that_refused_it():
    async with NodeHarness(QuarantineNode) as bench:
        await bench.give(
            {"payload": b"junk", "topic": "t", "error": {"node": "reading", "flow": "gas", "reason": "no JSON"}}
        )
        (kept,) = bench.site.quarantine.recent
        assert (kept.flow, kept.node, kept.reason, kept.payload, kept.topic) == (
            "gas",
            "reading",
            "no JSON",
            b"junk",
            "t",
        )


async def test_reason_is_the_flows_own_when_the_message_brings_none():
    async with NodeHarness(QuarantineNode, "reason: for later") as bench:
        await bench.give({"payload": {"a": 1}})
        (kept,) = bench.site.quarantine.recent
        assert (kept.node, kept.reason, kept.payload) == ("node", "for later", b'{"a":1}')

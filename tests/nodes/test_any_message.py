"""Any JSON into every node that runs without an outside: no crash, and no message lost uncounted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.clock import settle
from engine.pack import discover_packs
from engine.testing import NodeHarness
from tests.nodes.core.test_any_message import VALUES

CATALOGUE = Catalogue(discover_packs())
ELSEWHERE = {"python"}
"""Runs in a process of its own, on the machine's clock: see test_python.py."""
CASES = [
    (kind, number)
    for kind in sorted(CATALOGUE.types.values(), key=lambda kind: kind.type)
    if kind.inputs and not kind.is_source and not kind.about.side_effect and kind.type not in ELSEWHERE
    for number, _ in enumerate(kind.cls.examples)
]
EATS = {"link-out", "trigger"}
"""A link-out has handed its message on to a link-in; a trigger that is told to send nothing for it sends nothing."""

KEYS = st.sampled_from(["", "a", "GS001", "é", "x" * 300])
MESSAGES = st.fixed_dictionaries(
    {"topic": KEYS, "key": KEYS, "time": st.sampled_from([0.0, 1.7e9, 1.7e9 + 1, 4e9, -5.0, 1e18])},
    optional={"payload": VALUES, "device": VALUES, "parts": VALUES, "a": VALUES},
)


@pytest.mark.parametrize(("kind", "number"), CASES, ids=[f"{kind.type}-{number}" for kind, number in CASES])
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(given_=st.lists(MESSAGES, min_size=1, max_size=5), nearly=st.booleans(), change=VALUES, data=st.data())
async def test_message_is_sent_kept_counted_or_refused(
    kind: NodeType, number: int, given_: list[dict[str, Any]], nearly: bool, change: Any, data: st.DataObject
) -> None:
    """Also one that is nearly what the example gives: good in all but one field."""
    example = kind.cls.examples[number]
    if nearly and example.given:
        given_ = [_spoilt(one, change, data) for one in example.given]
    services = [service for pack in CATALOGUE.packs.values() if pack.testing for service in pack.testing(example.state)]
    async with NodeHarness(kind.cls, example.config, services=services) as bench:
        node = bench.run.nodes["node"]
        for one in given_:
            one.pop("at", None)
            before = len(bench.outputs), node.context.dropped, _memory(bench)
            message = bench.message(one)
            bench.run.enter("node", message)
            message.delivery.release()
            await settle()
            told = [error["reason"] for error in _errors(bench) if error["kind"] != "refused"]
            assert told == []
            after = len(bench.outputs), node.context.dropped, _memory(bench)
            assert before != after or not kind.outputs or kind.type in EATS, f"lost uncounted: {one}"
        await bench.advance(5)
        assert [error["reason"] for error in _errors(bench) if error["kind"] != "refused"] == []
        assert bench.run.under_way == 0


def _spoilt(one: Any, change: Any, data: st.DataObject) -> dict[str, Any]:
    message = (
        dict(one) if isinstance(one, dict) and one.keys() & {"payload", "topic", "at", "props"} else {"payload": one}
    )
    payload = message.get("payload")
    if isinstance(payload, dict) and payload:
        return {**message, "payload": {**payload, data.draw(st.sampled_from(sorted(payload))): change}}
    return {**message, "payload": change}


def _errors(bench: NodeHarness) -> list[dict[str, Any]]:
    return [output.message.props["error"] for output in bench.outputs if output.port == "error"]


def _memory(bench: NodeHarness) -> str:
    return repr(sorted((name, memory.items()) for name, memory in bench.site.memories._open.items()))

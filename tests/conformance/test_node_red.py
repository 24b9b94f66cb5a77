"""What Node-RED's core nodes do, case by case, on our nodes and the manual clock."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.api import UNSET, Message
from engine.catalogue.node_types import Catalogue
from engine.testing import NodeHarness, Output
from nodes import pack
from tests.conformance.translate import chain_of

HERE = Path(__file__).parent
GIVEN = json.loads((HERE / "node-red-semantics.json").read_text(encoding="utf-8"))["cases"]
FURTHER = json.loads((HERE / "further-cases.json").read_text(encoding="utf-8"))["cases"]
DIFFERENT = [case for case in FURTHER if "differs" in case]
CASES = [*GIVEN, *(case for case in FURTHER if "differs" not in case)]
TOLERANCE_S = 0.06


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_does_what_node_red_does(case: dict[str, Any]) -> None:
    came, wanted = await played(case)
    assert came == wanted


@pytest.mark.parametrize("case", DIFFERENT, ids=[case["id"] for case in DIFFERENT])
async def test_what_is_told_to_differ_differs(case: dict[str, Any]) -> None:
    """So that the list of differences stays true, and each of them is in the docs."""
    came, wanted = await played(case)
    assert came != wanted
    assert case["id"] in (HERE.parents[1] / "docs" / "node-red-differences.md").read_text(encoding="utf-8")


async def played(case: dict[str, Any]) -> tuple[dict[int, Any], dict[int, Any]]:
    """(what came, what was to come) by port."""
    chain = chain_of(case["node"], case["config"])
    began: list[tuple[float, dict[str, Any]]] = [(one["t_ms"] / 1000, _fields(one)) for one in case["inputs"]]
    catalogue = Catalogue([pack])
    ports: tuple[str, ...] = ()
    sent: list[Output] = []
    for type, config in chain:
        async with NodeHarness(type, yaml.safe_dump(config), catalogue=catalogue) as bench:
            for name, value in case.get("precondition", {}).items():
                root, _, rest = name.partition(".")
                bench.site.memories.open("flow:test" if root == "flow" else "site:").set(rest, value)
            ports = bench.run.nodes["node"].planned.ports
            for at, fields in began:
                await bench.give({"at": at, **fields})
            await bench.advance(case["horizon_ms"] / 1000 - bench.clock.monotonic())
            sent = [output for output in bench.outputs if output.port in ports]
            began = [(output.at, _as_given(output.message)) for output in sent]
    by_port: dict[int, list[Output]] = defaultdict(list)
    for output in sent:
        by_port[ports.index(output.port)].append(output)
    expected: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in case["expected"]:
        expected[one["port"]].append(one)
    came = {
        port: [_shown(output, wanted) for output, wanted in _beside(outputs, expected[port])]
        for port, outputs in by_port.items()
    }
    return came, {port: [_wanted(one) for one in wanted] for port, wanted in expected.items() if wanted}


def _beside(outputs: list[Output], wanted: list[dict[str, Any]]) -> list[tuple[Output, dict[str, Any] | None]]:
    return list(zip(outputs, [*wanted, *[None] * len(outputs)], strict=False))


def _fields(one: dict[str, Any]) -> dict[str, Any]:
    return _revived({name: one[name] for name in ("payload", "topic") if name in one} | one.get("props", {}))


def _revived(value: Any) -> Any:
    """Bytes are written {"$bytes": [numbers]} in the cases."""
    if isinstance(value, list):
        return [_revived(one) for one in value]
    if isinstance(value, dict):
        return bytes(value["$bytes"]) if "$bytes" in value else {name: _revived(one) for name, one in value.items()}
    return value


def _as_given(message: Message) -> dict[str, Any]:
    own = {} if message.payload is UNSET else {"payload": message.payload}
    return {**own, "topic": message.topic, **message.props}


def _wanted(one: dict[str, Any]) -> dict[str, Any]:
    return {name: _json(value) if name == "payload" else value for name, value in one.items() if name != "port"}


def _shown(output: Output, wanted: dict[str, Any] | None) -> dict[str, Any]:
    """The output in the form of the case that it should be: what the case does not name is left out."""
    shown: dict[str, Any] = {"t_ms": round(output.at * 1000)}
    message = output.message
    if wanted is None:
        return {**shown, "payload": message.payload, "unexpected": True}
    if abs(shown["t_ms"] - wanted["t_ms"]) <= TOLERANCE_S * 1000:
        shown["t_ms"] = wanted["t_ms"]
    if "payload" in wanted:
        shown["payload"] = _json(message.payload)
    if "topic" in wanted:
        shown["topic"] = message.topic
    if "props" in wanted:
        shown["props"] = {name: _named(message.props.get(name), value, name) for name, value in wanted["props"].items()}
    if "absent" in wanted:
        shown["absent"] = [name for name in wanted["absent"] if _absent(message, name)]
    return shown


def _named(found: Any, wanted: Any, name: str) -> Any:
    if name == "parts" and isinstance(found, dict):
        return {field: found.get(field) for field in wanted}
    return found


def _absent(message: Message, name: str) -> bool:
    return (message.payload is UNSET) if name == "payload" else name not in message.props


def _json(value: Any) -> str:
    """Tells 1 from true and "1", which Python's == does not; 1 and 1.0 are one number, as in JSON."""
    if value is UNSET:
        return "(none)"
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": list(value)}
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 9)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return {name: _plain(one) for name, one in value.items()} if isinstance(value, dict) else value

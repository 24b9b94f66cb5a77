"""Whatever stands in the settings of a node, it is told what is wrong with it, or the node starts; nothing breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalogue.node_types import Catalogue, NodeType
from engine.flow.check.check import check_flow
from engine.flow.references import References
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs
from engine.runtime.deploy_report import DeployFailed
from engine.testing import NodeHarness
from engine.testing.flow_tests.report import AnyBroker

CATALOGUE = Catalogue(discover_packs())
KINDS = sorted(CATALOGUE.types.values(), key=lambda kind: kind.type)
INSIDE = [kind for kind in KINDS if not kind.is_source and not kind.about.side_effect]
SERVICES = [service for pack in CATALOGUE.packs.values() if pack.testing for service in pack.testing({})]

HOSTILE: list[Any] = [
    None, True, "", " ", "\x00", "a" * 5000, "../../etc/passwd", "/", "{{", "{{#a}}", "${", "[", "a[", "a..b", "payload[",
    "payload.x", "(a+)+$", "(", "__import__('os')", "x.__class__", "1 +", "9" * 400, "é\u202e", 0, -1, 1, 10**400, -(10**30), 0.1, 1e308, -0.0,
    [], [[]], [None], ["a", "a"], {}, {"a": {"b": [1]}}, {"": ""}, {"op": "eq"}, {"do": "set"}, [{"op": "matches", "value": "("}],
    [{"do": "set", "path": "[", "value": 1}], [{"op": "expression", "expression": "1 +"}],
]  # fmt: skip


def value_of(field: dict[str, Any], definitions: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """What a field may hold, or nearly."""
    choices: list[st.SearchStrategy[Any]] = [st.sampled_from(HOSTILE)]
    if "$ref" in field and depth < 2:
        part = definitions[field["$ref"].rpartition("/")[2]]
        choices.append(config_of(part, definitions, depth + 1))
    for one in field.get("anyOf", ()):
        choices.append(value_of(one, definitions, depth))
    if "enum" in field:
        choices += [st.sampled_from(field["enum"])] * 3
    match field.get("type"):
        case "integer":
            choices += [st.integers(0, 20), st.integers()]
        case "number":
            choices += [st.floats(0, 100, allow_nan=False), st.floats(allow_nan=False, allow_infinity=False)]
        case "string":
            choices += [st.sampled_from(["payload", "payload.a", "a", "topic", "1", "a + b"]), st.text(max_size=10)]
        case "boolean":
            choices.append(st.booleans())
        case "array" if depth < 3:
            choices.append(st.lists(value_of(field.get("items") or {}, definitions, depth + 1), max_size=3))
    return st.one_of(choices)


def config_of(schema: dict[str, Any], definitions: dict[str, Any], depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """A `with`: fields that are needed are nearly always there, others sometimes."""
    fields = {name: value_of(field, definitions, depth) for name, field in schema.get("properties", {}).items()}
    needed = {name: fields[name] for name in schema.get("required", ()) if name in fields}
    return st.fixed_dictionaries(needed, optional={name: one for name, one in fields.items() if name not in needed})


def checked(kind: NodeType, config: dict[str, Any]) -> list[str]:
    """What the check says of a flow with this node, as a person reads it."""
    text = json.dumps({"flow": "test", "nodes": {"node": {"type": kind.type, "with": config}}})
    flow, problems = read_flow(text)
    if flow is not None:
        problems = [*problems, *check_flow(flow, CATALOGUE, References(brokers=AnyBroker()))[1]]
    return [problem.message for problem in problems if problem.severity == "error"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_check_tells_what_is_wrong_and_never_breaks(kind: NodeType, data: st.DataObject) -> None:
    """Each problem has a sentence that is no name of a Python exception."""
    schema = kind.schema
    config = data.draw(config_of(schema, schema.get("$defs", {})))
    for message in checked(kind, config):
        assert message
        assert "Error:" not in message
        assert "object at 0x" not in message


@pytest.mark.parametrize("kind", INSIDE, ids=lambda kind: kind.type)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_node_that_passes_the_check_starts_or_says_why_not(kind: NodeType, data: st.DataObject) -> None:
    """And what the check refuses is refused by the node, too: a config never gets past both."""
    schema = kind.schema
    config = data.draw(config_of(schema, schema.get("$defs", {})))
    if checked(kind, config):
        return
    reason = ""
    try:
        async with NodeHarness(kind.cls, config, services=SERVICES) as bench:
            if kind.inputs:
                await bench.give({"a": 1}, "a", 5)
            broken = [
                output.message.props["error"]
                for output in bench.outputs
                if output.port == "error" and output.message.props["error"]["kind"] != "refused"
            ]
        assert broken == []
    except DeployFailed as refused:
        reason = str(refused.reason) or "no reason"
    assert "Error:" not in reason
    assert reason != "no reason"
    assert "is no path" not in reason  # that needs no start to be told

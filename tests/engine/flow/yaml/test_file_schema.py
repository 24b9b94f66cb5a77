"""The JSON Schema of a whole flow file."""

from typing import Annotated, Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from engine.flow.yaml.file_schema import flow_schema
from engine.flow.yaml.patch import FlowText
from tests.engine.flow.yaml.test_read import GAS


class Broker(msgspec.Struct):
    """A part of a node's fields with a schema of its own."""

    host: str


class Uplink(msgspec.Struct, forbid_unknown_fields=True):
    """The fields of a node."""

    topic: str
    qos: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0
    broker: Broker | None = None


SCHEMA = flow_schema({"uplink": msgspec.json.schema(Uplink), "plain": {"type": "object", "properties": {}}})


def faults(node: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors({"flow": "f", "nodes": {"a": node}})]


def test_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "node",
    [{"type": "uplink", "with": {"topic": "a", "qos": 2, "broker": {"host": "h"}}}, {"type": "plain"},
     {"type": "uplink", "with": {"topic": "a", "qos": "${env:QOS}"}, "to": ["a", {"node": "b", "disabled": True}]},
     {"type": "subflow/x", "with": {"any": 1}, "to": {"ok": "b", "bad": ["c"]}}],
)  # fmt: skip
def test_node_that_fits_is_accepted(node: dict[str, Any]) -> None:
    assert faults(node) == []


@pytest.mark.parametrize(
    "node",
    [{"type": "uplink", "with": {"topic": "a", "qos": 3}}, {"type": "uplink"}, {"type": "unheard-of"}, {},
     {"type": "uplink", "with": {"topic": "a", "broker": {}}}, {"type": "uplink", "with": {"topic": "a", "x": 1}},
     {"type": "plain", "wiht": {}}, {"type": "plain", "to": 5}],
)  # fmt: skip
def test_node_that_does_not_fit_is_refused(node: dict[str, Any]) -> None:
    assert len(faults(node)) == 1


def test_whole_file_is_accepted_once_its_types_are_known() -> None:
    kinds: dict[str, dict[str, Any]] = {kind: {} for kind in ("mqtt-in", "gas-reading", "quarantine", "formula")}
    assert list(Draft202012Validator(flow_schema(kinds)).iter_errors(FlowText(GAS).document)) == []

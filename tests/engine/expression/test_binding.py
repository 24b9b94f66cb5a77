"""A bound expression fetches its values itself, from Structs and from dicts, along paths that the program makes."""

from __future__ import annotations

import msgspec
import pytest

from engine.expression import EvaluationError, Expression

FORMULA = Expression("k * v_raw + b")


class Reading(msgspec.Struct):
    v_raw: float


class Device(msgspec.Struct):
    k: float
    b: float | None


class Envelope(msgspec.Struct):
    payload: dict[str, object]


ATTRIBUTES = {"k": "device.k", "b": "device.b", "v_raw": "payload.v_raw", "unused": "payload.other"}


def test_bound_function_reads_attributes() -> None:
    assert FORMULA.bind(ATTRIBUTES, "payload", "device")(Reading(700.0), Device(0.02, 1.0)) == 15.0


def test_bound_function_reads_items() -> None:
    function = FORMULA.bind({name: f"values[{name}]" for name in FORMULA.names}, "values")
    assert function({"k": 0.02, "v_raw": 700, "b": 1}) == 15.0


def test_bound_function_follows_attribute_and_item_in_turn() -> None:
    function = Expression("x + 1").bind({"x": "message.payload[x]"}, "message")
    assert function(Envelope({"x": 2})) == 3.0


def test_root_may_be_called_like_a_name_of_the_expression() -> None:
    function = Expression("x + payload").bind({"x": "payload[x]", "payload": "payload[payload]"}, "payload")
    assert function({"x": 1, "payload": 2}) == 3.0


def test_root_may_be_the_value_itself() -> None:
    assert Expression("x + y").bind({"x": "x", "y": "other"}, "x", "other")(1, 2) == 3.0


def test_missing_item_and_missing_attribute_are_refused_by_name() -> None:
    items = Expression("x + 1").bind({"x": "message.payload[x]"}, "message")
    with pytest.raises(EvaluationError, match="x is missing; did you mean x1"):
        items(Envelope({"x1": 2}))
    attributes = FORMULA.bind(ATTRIBUTES, "payload", "device")
    with pytest.raises(EvaluationError, match="k is missing"):
        attributes(Reading(1.0), object())


def test_device_without_a_parameter_is_refused_by_name() -> None:
    function = FORMULA.bind(ATTRIBUTES, "payload", "device")
    with pytest.raises(EvaluationError, match=r"column 13: b is empty \(null\), not a number"):
        function(Reading(700.0), Device(0.02, None))


@pytest.mark.parametrize(
    "path",
    ["", "payload.", "payload.__class__", "payload._x", "_payload.x", "payload['x']", "payload[0]", "payload.x()",
     "payload.x; y", "payload.class", "payload .x", "payload.ｘ", "other.x", "payload.x\n"],
)  # fmt: skip
def test_path_that_is_no_chain_of_identifiers_from_a_root_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        Expression("x").bind({"x": path}, "payload")


def test_name_without_a_path_is_refused() -> None:
    with pytest.raises(ValueError, match="no path to the value of b"):
        FORMULA.bind({"k": "device.k", "v_raw": "device.v_raw"}, "device")

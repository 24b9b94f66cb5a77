"""What formula calculates, and what it refuses."""

import math

import msgspec
import pytest

from engine.api import Message


class Packet(msgspec.Struct):
    v_raw: float
    temp: float | None = 25.0
    conc: float | None = None
    conc_raw: float | None = None


class Device(msgspec.Struct, frozen=True):
    k: float | None = 2.0
    b: float = -10.0
    temp: float = 99.0
    a1: float | None = 20.0
    formula: str | None = None


FORMULA = "{expression: 'k * v_raw + b + 0 * temp', result: conc, floor: 0}"


async def test_struct_payload_and_struct_parameters(bench):
    given = Packet(10)
    async with bench("formula", FORMULA) as node:
        await node.give(Message(given, props={"device": Device()}), Message(Packet(1), props={"device": Device()}))
        assert (node.sent(), given.conc) == ([Packet(10, 25, 10, 10), Packet(1, 25, 0, -8)], None)


async def test_a_name_in_the_payload_goes_before_the_parameters(bench):
    async with bench("formula", "expression: temp + 0") as node:
        await node.give({"payload": {"temp": 1}, "device": {"temp": 2}}, {"payload": {"x": 1}, "device": {"temp": 2}})
        await node.give(Message({"temp": 3}, props={"device": Device()}), Message({}, props={"device": Device()}))
        assert [payload["result"] for payload in node.sent()] == [1, 2, 3, 99]


async def test_a_name_that_is_empty_takes_its_default(bench):
    async with bench(
        "formula", FORMULA.replace("floor: 0", "defaults: {temp: 25}").replace("0 * temp", "temp")
    ) as node:
        await node.give(
            Message(Packet(10, temp=None), props={"device": Device()}),
            Message({"v_raw": 10}, props={"device": {"k": 2, "b": -10}}),
            Message(Packet(10, temp=1), props={"device": Device()}),
        )
        assert [msgspec.to_builtins(payload)["conc"] for payload in node.sent()] == [35, 35, 11]


@pytest.mark.parametrize(
    ("payload", "device", "named"),
    [
        (Packet(1), None, "k"),
        (Packet(1), Device(k=None), "k"),
        (Packet(math.nan), Device(), "v_raw"),
        (Packet(1, temp=None), Device(), "temp"),
        ({"temp": 1}, Device(), "v_raw"),
        ({"v_raw": "1", "temp": 1}, Device(), "v_raw"),
        ({"v_raw": 1, "temp": 1}, {"k": 1}, "b"),
        ({"v_raw": 1e308, "temp": 1}, {"k": 1e308, "b": 1}, "large"),
        (None, Device(), "null"),
        ("text", Device(), "a text"),
        ({"v_raw": 1, "temp": 1}, [1], "device"),
    ],
)
async def test_what_is_missing_or_not_finite_is_named(bench, payload, device, named):
    async with bench("formula", FORMULA) as node:
        await node.give(Message(payload, props={} if device is None else {"device": device}))
        assert named in node.errors[0]
        assert node.outputs[0].message.props["error"]["kind"] == "refused"


async def test_a_device_with_a_wrong_formula_of_its_own_hurts_only_itself(bench):
    async with bench("formula", FORMULA) as node:
        await node.give(
            Message(Packet(10), props={"device": Device(formula="k *")}),
            Message(Packet(10), props={"device": Device(formula="v_raw * 3")}),
        )
        assert (len(node.errors), node.sent()) == (1, [Packet(10, 25, 30, 30)])


async def test_a_result_without_a_field_is_refused(bench):
    async with bench("formula", "{expression: v_raw, result: ppm}") as node:
        await node.give(Message(Packet(1)))
        assert "no field `ppm`" in node.errors[0]


def test_a_wrong_formula_is_refused_before_it_runs(bench):
    with pytest.raises(msgspec.ValidationError, match="expression"):
        bench("formula", "expression: '__import__(1)'")._plan()


async def test_number_beyond_all_floats_is_refused_after_others_too(bench):
    async with bench("formula", "expression: payload + 1") as node:
        await node.give(1, 10**400, 2)
        (refused,) = [one.message.props["error"] for one in node.outputs if one.port == "error"]
        assert (refused["kind"], len(node.sent())) == ("refused", 2)

"""Formula, threshold, debounce and window."""

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
        ("text", Device(), "str"),
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
        assert "no field ppm" in node.errors[0]


def test_a_wrong_formula_is_refused_before_it_runs(bench):
    with pytest.raises(msgspec.ValidationError, match="expression"):
        bench("formula", "expression: '__import__(1)'")._plan()


async def test_a_value_equal_to_the_limit_is_normal_on_both_sides(bench):
    for direction in ("above", "below"):
        async with bench("threshold", f"{{limit: 20, direction: {direction}}}") as node:
            await node.give(20)
            assert (node.sent("over"), node.sent("normal")) == ([], [20])


async def test_a_device_without_the_limit_is_never_over_it(bench):
    async with bench("threshold", "limit: a1") as node:
        await node.give(Message(1e9, props={"device": Device(a1=None)}))
        assert node.sent("normal") == [1e9]


async def test_over_stays_over_within_the_deadband_after_a_restart(bench, again):
    config = "{limit: 20, deadband: 5}"
    async with bench("threshold", config) as node:
        await node.give({"key": "A", "payload": 21})
    async with again(node, "threshold", config) as node:
        await node.give(
            {"key": "A", "payload": 16},
            {"key": "B", "payload": 16},
            {"key": "A", "payload": 15},
            {"key": "A", "payload": 16},
        )
        assert (node.sent("over"), node.sent("normal")) == ([16], [16, 15, 16])


async def test_over_says_which_limit_it_is_over(bench):
    async with bench("threshold", "limit: 20") as node:
        await node.give(25)
        assert node.outputs[0].message.props["threshold"] == {"value": 25, "limit": 20, "direction": "above"}


async def test_the_hold_runs_from_the_last_that_passed_by_event_time(bench, again):
    def alarm(time):
        return {"time": time, "payload": {"sn": "A", "type": "high"}}

    async with bench("debounce") as node:
        await node.give(alarm(1000), alarm(1599), alarm(900))
    async with again(node, "debounce") as after:
        await after.give(alarm(1599.9), alarm(1600), alarm(2199))
    passed = [output.message.time for output in [*node.outputs, *after.outputs] if output.port == "out"]
    assert passed == [1000, 1600]


async def test_a_kind_that_can_not_be_named_is_refused(bench):
    async with bench("debounce") as node:
        await node.give({"sn": "A"})
        assert "{type}" in node.errors[0]


WINDOW = "{length_s: 60, figures: [count, sum, first, last, percentile, stddev], percentile: 50}"


async def test_a_window_closes_by_the_clock_when_nothing_comes(bench):
    async with bench("window", WINDOW) as node:
        await node.give({"time": 1210.0, "payload": 1}, {"time": 1230.0, "payload": 3})
        await node.advance(29)
        assert node.sent() == []
        await node.advance(1)
        assert node.sent() == [
            {
                "key": "",
                "start": 1200,
                "end": 1260,
                "count": 2,
                "sum": 4,
                "first": 1,
                "last": 3,
                "p50": 2,
                "stddev": math.sqrt(2),
            }
        ]


async def test_a_value_for_a_closed_window_leaves_by_late(bench):
    async with bench("window", WINDOW) as node:
        await node.give({"time": 1210, "payload": 1}, {"time": 1260, "payload": 2}, {"time": 1259.9, "payload": 3})
        assert (len(node.sent("out")), node.sent("late")) == (1, [3])


async def test_lateness_lets_values_in_out_of_order(bench):
    async with bench("window", "{length_s: 60, lateness_s: 10, figures: [first, last]}") as node:
        await node.give(
            {"time": 1259, "payload": 2},
            {"time": 1265, "payload": 9},
            {"time": 1201, "payload": 1},
            {"time": 1270, "payload": 9},
        )
        assert [(payload["first"], payload["last"]) for payload in node.sent()] == [(1, 2)]


async def test_an_open_window_survives_a_restart(bench, again):
    async with bench("window", "{length_s: 60, figures: [count]}") as node:
        await node.give({"time": 1210, "key": "A", "payload": 1})
    async with again(node, "window", "{length_s: 60, figures: [count]}") as node:
        await node.give({"time": 1211, "key": "A", "payload": 1}, {"time": 1260, "key": "A", "payload": 1})
        assert [(payload["key"], payload["count"]) for payload in node.sent()] == [("A", 2)]


async def test_a_time_in_the_far_future_is_refused(bench):
    async with bench("window") as node:
        await node.give({"time": node.clock.now() + 90_000, "payload": 1})
        assert "ahead" in node.errors[0]

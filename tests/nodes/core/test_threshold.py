"""What is over a limit."""

import msgspec

from engine.api import Message


class Device(msgspec.Struct, frozen=True):
    k: float | None = 2.0
    b: float = -10.0
    temp: float = 99.0
    a1: float | None = 20.0
    formula: str | None = None


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

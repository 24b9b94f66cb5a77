"""What delay holds, and that a restart loses none of it."""

import msgspec
import pytest

from engine.api import Message


class Packet(msgspec.Struct):
    sn: str
    v: int


async def test_a_delayed_message_survives_a_restart_and_comes_in_time(bench, again):
    async with bench("delay", "delay_s: 10") as node:
        await node.give(Message(Packet("A", 1), topic="t"))
        await node.advance(4)
    async with again(node, "delay", "delay_s: 10") as node:
        await node.advance(7)
        (out,) = node.outputs
        assert (out.payload, out.message.topic, round(out.at)) == (Packet("A", 1), "t", 6)


async def test_what_came_due_while_nothing_ran_is_sent_at_once(bench, again):
    async with bench("delay", "delay_s: 10") as node:
        await node.give("late")
    await node.clock.advance(60)
    async with again(node, "delay", "delay_s: 10") as node:
        assert node.sent() == ["late"]


async def test_a_sent_message_does_not_come_again_after_a_restart(bench, again):
    async with bench("delay", "delay_s: 1") as node:
        await node.give("once")
        await node.advance(2)
    async with again(node, "delay", "delay_s: 1") as node:
        await node.advance(2)
        assert node.sent() == []


async def test_more_than_the_limit_is_refused(bench):
    async with bench("delay", "{delay_s: 5, limit: 2}") as node:
        await node.give(1, 2, 3)
        await node.advance(6)
        assert (node.sent(), len(node.errors)) == ([1, 2], 1)


async def test_a_message_that_can_not_be_kept_is_refused(bench):
    async with bench("delay") as node:
        await node.give({"n": 2**70})
        assert "can't be kept" in node.errors[0]


async def test_reset_counts_what_it_discards(bench):
    async with bench("delay") as node:
        await node.give(1, 2, {"props": {"reset": True}})
        assert node.run.nodes["node"].context.dropped == 3


@pytest.mark.parametrize("step_s", [-86_400.0, 3600.0])
async def test_a_clock_that_is_set_moves_no_delay(bench, step_s):
    async with bench("delay", "delay_s: 60") as node:
        await node.give("a")
        node.clock.step(step_s)
        await node.advance(59)
        assert node.sent() == []
        await node.advance(2)
        assert node.sent() == ["a"]


async def test_after_a_restart_with_a_clock_put_back_nothing_waits_longer_than_its_delay(bench, again):
    async with bench("delay", "delay_s: 60") as node:
        await node.give("a")
    node.clock.step(-86_400)
    async with again(node, "delay", "delay_s: 60") as node:
        await node.advance(61)
        assert node.sent() == ["a"]

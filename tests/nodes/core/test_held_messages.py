"""What delay, rate-limit, trigger, join, batch and sort keep for later, and that a restart loses none of it."""

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


async def test_the_queue_of_a_rate_limit_survives_a_restart(bench, again):
    config = "{max: 1, per_s: 1}"
    async with bench("rate-limit", config) as node:
        await node.give("a", "b", "c")
    async with again(node, "rate-limit", config) as node:
        await node.advance(2)
        assert node.sent() == ["b", "c"]


async def test_each_key_has_a_limit_of_its_own(bench):
    async with bench("rate-limit", "{max: 1, per_s: 10, overflow: second_port, key: payload.sn}") as node:
        await node.give({"sn": "A"}, {"sn": "B"}, {"sn": "A"})
        assert (node.sent("out"), node.sent("over")) == ([{"sn": "A"}, {"sn": "B"}], [{"sn": "A"}])


async def test_to_front_goes_before_what_waits(bench):
    async with bench("rate-limit", "{max: 1, per_s: 1}") as node:
        await node.give(1, 2, {"payload": 3, "to_front": True})
        await node.advance(3)
        assert node.sent() == [1, 3, 2]


async def test_a_burst_that_queues_sends_when_a_place_is_free(bench):
    async with bench("rate-limit", "{max: 2, per_s: 10, mode: burst}") as node:
        await node.give({"at": 0, "payload": 1}, {"at": 4, "payload": 2}, {"at": 5, "payload": 3})
        await node.advance(10)
        assert [(output.payload, output.at) for output in node.outputs] == [(1, 0), (2, 4), (3, 10)]


async def test_an_armed_trigger_survives_a_restart(bench, again):
    config = "{first: nothing, second: latest, wait_s: 10}"
    async with bench("trigger", config) as node:
        await node.give("a", "b")
        await node.advance(4)
    async with again(node, "trigger", config) as node:
        await node.advance(7)
        assert [(output.payload, output.at) for output in node.outputs] == [("b", 6)]


async def test_repeat_sends_until_reset(bench):
    async with bench("trigger", "{first: message, then: repeat, wait_s: 1}") as node:
        await node.give("a", {"at": 2.5, "reset": True})
        await node.advance(5)
        assert [(output.payload, output.at) for output in node.outputs] == [("a", 0), ("a", 1), ("a", 2)]


async def test_half_a_join_survives_a_restart(bench, again):
    config = "{mode: manual, build: object, count: 2}"
    async with bench("join", config) as node:
        await node.give({"topic": "a", "payload": 1})
    async with again(node, "join", config) as node:
        await node.give({"topic": "b", "payload": 2})
        assert node.sent() == [{"a": 1, "b": 2}]


async def test_a_join_is_complete_by_time_after_a_restart_too(bench, again):
    config = "{mode: manual, wait_s: 10}"
    async with bench("join", config) as node:
        await node.give(1, 2)
        await node.advance(4)
    async with again(node, "join", config) as node:
        await node.advance(7)
        assert [(output.payload, output.at) for output in node.outputs] == [([1, 2], 6)]


async def test_groups_are_joined_apart(bench):
    async with bench("join", "{mode: manual, count: 2, group_by: key}") as node:
        await node.give({"key": "A", "payload": 1}, {"key": "B", "payload": 2}, {"key": "A", "payload": 3})
        assert node.sent() == [[1, 3]]


async def test_an_object_that_keeps_accumulating_keeps_one_message_per_key(bench):
    async with bench("join", "{mode: manual, build: object, count: 1, keep_accumulating: true, limit: 5}") as node:
        await node.give(*[{"topic": "a", "payload": number} for number in range(20)])
        assert (node.sent()[-1], node.errors) == ({"a": 19}, [])


async def test_split_and_join_give_back_what_came_in(bench):
    for value in ([1, [2], None], {"a": 1, "b": {"c": 2}}, "x\ny\n", b"x\ny"):
        async with bench("split") as split:
            await split.give({"payload": value, "topic": "t"})
        async with bench("join") as join:
            await join.give(*[output.message for output in reversed(split.outputs)])
            assert join.sent() == [value]


async def test_the_overlap_of_a_batch_begins_the_next_one_after_a_restart(bench, again):
    config = "{count: 3, overlap: 1}"
    async with bench("batch", config) as node:
        await node.give(1, 2, 3)
        assert node.sent() == [1, 2, 3]
    async with again(node, "batch", config) as node:
        await node.give(4, 5)
        assert node.sent() == [3, 4, 5]


async def test_values_of_different_kinds_have_no_order(bench):
    async with bench("sort", "what: list") as node:
        await node.give([1, "a"])
        assert "different kinds" in node.errors[0]


async def test_a_sequence_is_sorted_when_it_is_complete(bench):
    parts = [{"id": "s", "index": index, "count": 3} for index in range(3)]
    async with bench("sort", "descending: true") as node:
        await node.give(*[{"payload": value, "parts": part} for value, part in zip([2, 3, 1], parts, strict=True)])
        assert [(output.payload, output.message.props["parts"]["index"]) for output in node.outputs] == [
            (3, 0),
            (2, 1),
            (1, 2),
        ]


@pytest.mark.parametrize("length", [3, 4])
async def test_a_stream_keeps_its_tail_over_a_restart(bench, again, length):
    config = f"{{stream: true, length: {length}}}"
    async with bench("split", config) as node:
        await node.give("ab")
    async with again(node, "split", config) as node:
        await node.give("cdef")
        assert node.sent() == ["abcdef"[at : at + length] for at in range(0, 6, length) if at + length <= 6]

"""What split makes of one message."""

import pytest


async def test_split_and_join_give_back_what_came_in(bench):
    for value in ([1, [2], None], {"a": 1, "b": {"c": 2}}, "x\ny\n", b"x\ny"):
        async with bench("split") as split:
            await split.give({"payload": value, "topic": "t"})
        async with bench("join") as join:
            await join.give(*[output.message for output in reversed(split.outputs)])
            assert join.sent() == [value]


@pytest.mark.parametrize("length", [3, 4])
async def test_a_stream_keeps_its_tail_over_a_restart(bench, again, length):
    config = f"{{stream: true, length: {length}}}"
    async with bench("split", config) as node:
        await node.give("ab")
    async with again(node, "split", config) as node:
        await node.give("cdef")
        assert node.sent() == ["abcdef"[at : at + length] for at in range(0, 6, length) if at + length <= 6]

"""What join makes of several messages."""


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

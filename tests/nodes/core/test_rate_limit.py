"""What a rate limit lets through, and what waits."""


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

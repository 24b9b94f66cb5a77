"""What trigger sends at once and later."""


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


async def test_repeat_that_is_told_to_wait_until_reset_sends_nothing_more(bench):
    async with bench("trigger", "{first: message, then: repeat, wait_s: 1, wait_from: delay}") as node:
        await node.give("a", {"payload": "b", "delay": 0})
        await node.advance(5)
        assert node.sent() == ["a", "b"]

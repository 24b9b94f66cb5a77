"""When inject sends, and what."""


async def test_once_and_then_at_intervals_from_the_start(bench):
    async with bench("inject", "{payload: go, once: true, delay_s: 2, every_s: 5}") as node:
        await node.advance(11)
        assert [(output.payload, output.at) for output in node.outputs] == [("go", 2), ("go", 5), ("go", 10)]


async def test_nothing_by_itself_unless_told(bench):
    async with bench("inject", "payload: go") as node:
        await node.advance(1000)
        assert node.outputs == []


async def test_the_time_and_further_properties(bench):
    async with bench(
        "inject", "{send_time: true, topic: t, once: true, delay_s: 0, properties: {reset: true}}"
    ) as node:
        await node.advance(0)
        (out,) = node.outputs
        assert (out.payload, out.message.topic, out.message.props["reset"]) == (node.clock.now(), "t", True)


async def test_asked_by_a_person_it_makes_the_message_that_it_is_set_to(bench):
    async with bench("inject", "{payload: {go: 1}, topic: t, properties: {reset: true}}") as node:
        message = node.node.inject()
        assert (message.payload, message.topic, message.time) == ({"go": 1}, "t", node.clock.now())
        assert message.props == {"reset": True}

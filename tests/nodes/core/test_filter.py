"""What filter lets through."""


async def test_change_equal_to_band_is_dropped_unless_or_equal(bench):
    async with bench("filter", "{mode: deadband, band: 2}") as node:
        await node.give(10, 12, 12.5)
        assert node.sent() == [10, 12.5]
    async with bench("filter", "{mode: deadband, band: 2, or_equal: true}") as node:
        await node.give(10, 12, 13.9)
        assert node.sent() == [10, 12]


async def test_deadband_compares_with_the_last_seen_when_told(bench):
    async with bench("filter", "{mode: deadband, band: 2, compare_with: seen}") as node:
        await node.give(10, 11.5, 13, 16)
        assert node.sent() == [10, 16]


async def test_narrowband_keeps_its_first_until_something_is_near(bench):
    async with bench("filter", "{mode: narrowband, band: 5, first: 0}") as node:
        await node.give(100, 100, 4, 8)
        assert node.sent() == [4, 8]


async def test_each_key_has_a_memory_that_survives_a_restart(bench, again):
    async with bench("filter", "key: payload.sn") as node:
        await node.give({"sn": "A", "v": 1}, {"sn": "B", "v": 1}, {"sn": "A", "v": 1})
        assert len(node.sent()) == 2
    async with again(node, "filter", "key: payload.sn") as node:
        await node.give({"sn": "A", "v": 1}, {"sn": "A", "v": 2})
        assert node.sent() == [{"sn": "A", "v": 2}]


async def test_a_key_is_forgotten_after_its_time(bench):
    async with bench("filter", "forget_s: 60") as node:
        await node.give(
            {"at": 0, "payload": 1}, {"at": 50, "payload": 1}, {"at": 100, "payload": 1}, {"at": 161, "payload": 1}
        )
        assert [output.at for output in node.outputs] == [0, 161]


async def test_rate_ignores_a_message_from_before_the_last(bench):
    async with bench("filter", "{mode: rate, band: 1}") as node:
        await node.give(
            {"time": 100, "payload": 0},
            {"time": 99, "payload": 50},
            {"time": 110, "payload": 5},
            {"time": 111, "payload": 7},
        )
        assert node.sent() == [7]


async def test_one_and_true_and_text_differ(bench):
    async with bench("filter") as node:
        await node.give(1, True, "1", 1.0)
        assert node.sent() == [1, True, "1", 1.0]


async def test_a_value_that_can_not_be_remembered_is_refused(bench):
    async with bench("filter") as node:
        await node.give([2**70])
        assert "can't be remembered" in node.errors[0]

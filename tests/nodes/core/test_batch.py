"""Where batch ends a sequence."""


async def test_the_overlap_of_a_batch_begins_the_next_one_after_a_restart(bench, again):
    config = "{count: 3, overlap: 1}"
    async with bench("batch", config) as node:
        await node.give(1, 2, 3)
        assert node.sent() == [1, 2, 3]
    async with again(node, "batch", config) as node:
        await node.give(4, 5)
        assert node.sent() == [3, 4, 5]

"""What the debug list shows."""

from engine.api import DebugHub


async def test_debug_shows_a_path_or_the_whole_message(bench):
    async with bench("debug", "show: ''") as node:
        await node.give({"payload": 1, "topic": "t", "x": 2})
        row = node.site.service(DebugHub).rows[-1]
        assert (row.value["payload"], row.value["topic"], row.value["x"]) == (1, "t", 2)

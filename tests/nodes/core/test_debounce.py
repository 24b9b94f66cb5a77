"""What debounce suppresses."""


async def test_the_hold_runs_from_the_last_that_passed_by_event_time(bench, again):
    def alarm(time):
        return {"time": time, "payload": {"sn": "A", "type": "high"}}

    async with bench("debounce") as node:
        await node.give(alarm(1000), alarm(1599), alarm(900))
    async with again(node, "debounce") as after:
        await after.give(alarm(1599.9), alarm(1600), alarm(2199))
    passed = [output.message.time for output in [*node.outputs, *after.outputs] if output.port == "out"]
    assert passed == [1000, 1600]


async def test_a_kind_that_can_not_be_named_is_refused(bench):
    async with bench("debounce", {"name": "{sn}_{type}"}) as node:
        await node.give({"sn": "A"})
        assert "{type}" in node.errors[0]

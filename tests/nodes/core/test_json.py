"""JSON in and out."""


async def test_text_that_is_no_json_is_refused(bench):
    async with bench("json") as node:
        await node.give("{", "NaN", "[1,]", b"\xff", "[" * 100_000)
        assert (node.sent(), len(node.errors)) == ([], 5)


async def test_json_goes_both_ways(bench):
    async with bench("json") as node:
        await node.give('{"a": [1, null]}', {"a": [1, None]}, 1.5)
        assert node.sent() == [{"a": [1, None]}, '{"a":[1,null]}', "1.5"]

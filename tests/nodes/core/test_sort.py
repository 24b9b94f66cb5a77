"""The order that sort makes."""


async def test_values_of_different_kinds_have_no_order(bench):
    async with bench("sort", "what: list") as node:
        await node.give([1, "a"])
        assert "different kinds" in node.errors[0]


async def test_a_sequence_is_sorted_when_it_is_complete(bench):
    parts = [{"id": "s", "index": index, "count": 3} for index in range(3)]
    async with bench("sort", "descending: true") as node:
        await node.give(*[{"payload": value, "parts": part} for value, part in zip([2, 3, 1], parts, strict=True)])
        assert [(output.payload, output.message.props["parts"]["index"]) for output in node.outputs] == [
            (3, 0),
            (2, 1),
            (1, 2),
        ]

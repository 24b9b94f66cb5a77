"""What range makes of a number."""

import pytest
from msgspec import ValidationError


async def test_range_refuses_what_is_no_number(bench):
    async with bench("range", "{from_range: [0, 1], to_range: [0, 10]}") as node:
        await node.give("0.5", True, None, float("nan"), 10**400, [1])
        assert (node.sent(), len(node.errors)) == ([], 6)


def test_range_with_equal_ends_is_refused(bench):
    with pytest.raises(ValidationError, match="must differ"):
        bench("range", "from_range: [4, 4]")._plan()


async def test_what_range_drops_is_counted(bench):
    async with bench("range", "{from_range: [0, 1], action: drop}") as node:
        await node.give(2)
        assert (node.sent(), node.run.nodes["node"].context.dropped) == ([], 1)

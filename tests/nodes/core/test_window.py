"""Figures over event time."""

import math

WINDOW = "{length_s: 60, figures: [count, sum, first, last, percentile, stddev], percentile: 50}"


async def test_a_window_closes_by_the_clock_when_nothing_comes(bench):
    async with bench("window", WINDOW) as node:
        await node.give({"time": 1210.0, "payload": 1}, {"time": 1230.0, "payload": 3})
        await node.advance(29)
        assert node.sent() == []
        await node.advance(1)
        assert node.sent() == [
            {
                "key": "",
                "start": 1200,
                "end": 1260,
                "count": 2,
                "sum": 4,
                "first": 1,
                "last": 3,
                "p50": 2,
                "stddev": math.sqrt(2),
            }
        ]


async def test_a_value_for_a_closed_window_leaves_by_late(bench):
    async with bench("window", WINDOW) as node:
        await node.give({"time": 1210, "payload": 1}, {"time": 1260, "payload": 2}, {"time": 1259.9, "payload": 3})
        assert (len(node.sent("out")), node.sent("late")) == (1, [3])


async def test_lateness_lets_values_in_out_of_order(bench):
    async with bench("window", "{length_s: 60, lateness_s: 10, figures: [first, last]}") as node:
        await node.give(
            {"time": 1259, "payload": 2},
            {"time": 1265, "payload": 9},
            {"time": 1201, "payload": 1},
            {"time": 1270, "payload": 9},
        )
        assert [(payload["first"], payload["last"]) for payload in node.sent()] == [(1, 2)]


async def test_an_open_window_survives_a_restart(bench, again):
    async with bench("window", "{length_s: 60, figures: [count]}") as node:
        await node.give({"time": 1210, "key": "A", "payload": 1})
    async with again(node, "window", "{length_s: 60, figures: [count]}") as node:
        await node.give({"time": 1211, "key": "A", "payload": 1}, {"time": 1260, "key": "A", "payload": 1})
        assert [(payload["key"], payload["count"]) for payload in node.sent()] == [("A", 2)]


async def test_a_time_in_the_far_future_is_refused(bench):
    async with bench("window") as node:
        await node.give({"time": node.clock.now() + 90_000, "payload": 1})
        assert "ahead" in node.errors[0]


async def test_figures_of_the_largest_values_are_numbers_and_larger_ones_are_refused(bench):
    """A sum that overflows would keep the window from ever being closed."""
    figures = "[count, sum, mean, min, max, range, stddev, first, last, percentile]"
    async with bench("window", f"{{length_s: 10, figures: {figures}, key: ''}}") as node:
        await node.give(1e300, -1e300, 10**299, 1e301, -(10**305), 1e308)
        await node.advance(20)
        (sent,) = node.sent()
        assert (sent["count"], sent["max"], sent["range"]) == (3, 1e300, 2e300)
        assert all(math.isfinite(value) for value in sent.values() if isinstance(value, float))
        assert len(node.errors) == 3

"""Where switch sends what."""

import pytest
from msgspec import ValidationError

SEQUENCE = [{"props": {"parts": {"id": "s", "index": index, "count": 3}}, "payload": index} for index in range(3)]


async def test_text_is_no_number(bench):
    async with bench("switch", "rules: [{op: eq, value: 5, port: five}, {op: otherwise}]") as node:
        await node.give(5, "5", 5.0)
        assert (node.sent("five"), node.sent("otherwise")) == ([5, 5.0], ["5"])


async def test_loose_compares_as_javascript_does(bench):
    async with bench(
        "switch", "{loose: true, rules: [{op: eq, value: 5, port: five}, {op: lt, value: 1, port: small}]}"
    ) as node:
        await node.give("5", None, "", True)
        assert (node.sent("five"), node.sent("small")) == (["5"], [None, ""])


async def test_true_is_not_one(bench):
    async with bench(
        "switch", "rules: [{op: eq, value: 1, port: one}, {op: is_true, port: yes_}, {op: otherwise}]"
    ) as node:
        await node.give(True, 1)
        assert (node.sent("one"), node.sent("yes_")) == ([1], [True])


async def test_otherwise_looks_at_the_rules_since_the_last_otherwise(bench):
    config = "rules: [{op: eq, value: a, port: a}, {op: otherwise, port: no-a}, {op: eq, value: b, port: b}, {op: otherwise, port: no-b}]"
    async with bench("switch", config) as node:
        await node.give("a")
        assert (node.sent("a"), node.sent("no-a"), node.sent("no-b")) == (["a"], [], ["a"])


async def test_tail_waits_for_the_whole_sequence(bench):
    async with bench("switch", "rules: [{op: tail, value: 1, port: last}]") as node:
        await node.give(*SEQUENCE[:2])
        assert node.sent("last") == []
        await node.give(SEQUENCE[2])
        assert node.sent("last") == [2]


async def test_head_of_a_message_without_a_place_is_refused(bench):
    async with bench("switch", "rules: [{op: head, value: 1}]") as node:
        await node.give(1)
        assert "parts.index" in node.errors[0]


async def test_an_incomplete_sequence_goes_on_after_a_restart(bench, again):
    config = "{renumber: true, rules: [{op: gt, value: 0, port: some}]}"
    async with bench("switch", config) as node:
        await node.give(*SEQUENCE[:2])
    async with again(node, "switch", config) as node:
        await node.give(SEQUENCE[2])
        assert node.sent("some") == [1, 2]
        assert [output.message.props["parts"]["count"] for output in node.outputs] == [2, 2]


@pytest.mark.parametrize("loose", ["true", "false"])
async def test_a_previous_value_that_was_missing_is_no_zero(bench, loose):
    rules = "[{op: gt, value_from: previous, port: more}, {op: eq, value_from: previous, port: same}]"
    config = f"{{loose: {loose}, property: payload.temp, rules: {rules}}}"
    async with bench("switch", config) as node:
        await node.give({}, {"temp": 5}, {}, {})
        assert (node.sent("more"), node.sent("same")) == ([], [{}] if loose == "false" else [{}, {}])


async def test_the_previous_value_survives_a_restart(bench, again):
    config = "rules: [{op: gt, value_from: previous, port: more}]"
    async with bench("switch", config) as node:
        await node.give(5)
    async with again(node, "switch", config) as node:
        await node.give(4, 6)
        assert node.sent("more") == [6]


async def test_a_pattern_that_runs_away_is_refused(bench):
    async with bench("switch", "rules: [{op: matches, value: '^(.*)(.*)(.*)(.*)(.*)[0-9]$'}]") as node:
        await node.give("a" * 3000)
        assert "takes too long" in node.errors[0]


async def test_a_limit_in_the_memory_of_the_flow(bench):
    async with bench("switch", "rules: [{op: gt, value_from: flow.limit, port: over}]") as node:
        node.node.ctx.shared_state("flow:test").set("limit", 5)
        await node.give(5, 6)
        assert node.sent("over") == [6]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{op: eq}", "needs `value`"),
        ("{op: between, value: 1}", "needs either `upper`"),
        ("{op: is_type}", "needs `type`"),
        ("{op: matches, value: '('}", "no regular expression"),
        ("{op: expression, expression: '1 +'}", "a value is missing"),
        ("{op: like, value: 1}", "like"),
    ],
)
def test_a_rule_that_can_not_work_is_refused_before_it_runs(bench, rule, reason):
    with pytest.raises(ValidationError, match=reason):
        bench("switch", f"rules: [{rule}]")._plan()


def test_ports_are_named_after_rules_and_unique(bench):
    made = bench(
        "switch", "rules: [{op: gt, value: 5}, {op: gt, value: 5}, {op: contains, value: 泄漏}, {op: otherwise}]"
    )
    ports = [port.name for port in made.kind.make(made.config).output_ports()]
    assert ports == ["gt-5", "gt-5-2", "contains-泄漏", "otherwise"]

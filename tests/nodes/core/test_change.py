"""What change makes of a message."""

import msgspec
import pytest

from engine.api import Message


class Reading(msgspec.Struct, frozen=True):
    temp: float
    raw: int = 0


async def test_writing_below_a_text_is_refused_not_lost(bench):
    async with bench("change", "rules: [{do: set, path: payload.a, value: 1}]") as node:
        await node.give("text", 5, None)
        assert [reason.split(":")[0] for reason in node.errors] == ["`payload.a` can't be written"] * 3


async def test_a_name_in_a_list_and_a_place_in_an_object_are_refused_not_put_instead_of_them(bench):
    async with bench("change", "rules: [{do: set, path: payload.a, value: 1}]") as node:
        await node.give([1, 2], {"a": 0})
        assert node.sent() == [{"a": 1}]
        assert node.errors == [
            "`payload.a` can't be written: `payload` is a list, not an object; write elsewhere, or make an object there first"
        ]
    async with bench("change", "rules: [{do: set, path: 'payload.x[0]', value: 1}]") as node:
        await node.give({"x": {"y": 2}}, {"x": [5]}, {})
        assert node.sent() == [{"x": [1]}, {"x": [1]}]
        assert node.errors == [
            "`payload.x[0]` can't be written: `payload.x` is an object, not a list; write elsewhere, or make an object there first"
        ]


async def test_what_is_put_into_the_topic_is_written_there_as_json_not_as_python(bench):
    async with bench("change", "rules: [{do: set, path: topic, value_from: payload}]") as node:
        await node.give(5, True, None, {"a": [1.5]}, "text", b"bytes")
        assert [one.message.topic for one in node.outputs] == ["5", "true", "null", '{"a":[1.5]}', "text", "bytes"]


async def test_the_message_given_is_not_changed(bench):
    given = {"a": {"b": 1}}
    async with bench("change", "rules: [{do: set, path: payload.a.b, value: 2}]") as node:
        await node.give(given)
        assert (node.sent(), given) == ([{"a": {"b": 2}}], {"a": {"b": 1}})


async def test_a_field_of_a_struct_is_set_in_a_copy(bench):
    async with bench("change", "rules: [{do: set, path: payload.temp, expression: temp + raw}]") as node:
        await node.give(Message(Reading(20.5, 2)))
        assert node.sent() == [Reading(22.5, 2)]


async def test_a_name_that_is_missing_in_an_expression_is_named(bench):
    async with bench("change", "rules: [{do: set, path: payload.x, expression: temp + 1}]") as node:
        await node.give({"humi": 1})
        assert "temp" in node.errors[0]


async def test_flow_memory_is_written_and_read(bench):
    config = (
        "rules: [{do: set, path: flow.seen.last, value_from: payload}, {do: set, path: payload, value_from: flow.seen}]"
    )
    async with bench("change", config) as node:
        await node.give(7)
        assert node.sent() == [{"last": 7}]


async def test_groups_stand_for_what_was_found(bench):
    async with bench(
        "change",
        r"rules: [{do: replace, path: payload, find: '(\d+)-(?<unit>\w+)', regex: true, value: '$<unit>:$1$$'}]",
    ) as node:
        await node.give("12-ppm and 3-vol")
        assert node.sent() == ["ppm:12$ and vol:3$"]


async def test_deleting_what_is_not_there_passes_the_message(bench):
    async with bench("change", "rules: [{do: delete, path: payload.a.b}]") as node:
        await node.give({"c": 1})
        assert node.sent() == [{"c": 1}]


@pytest.mark.parametrize(
    "rule",
    [
        "{do: set, path: a}",
        "{do: set, path: a, value: 1, now: true}",
        "{do: move, path: a}",
        "{do: rename, path: a.b, to: c.d}",
        "{do: replace, path: a, value: 1}",
    ],
)
def test_a_rule_that_lacks_something_is_refused(bench, rule):
    with pytest.raises(msgspec.ValidationError):
        bench("change", f"rules: [{rule}]")._plan()

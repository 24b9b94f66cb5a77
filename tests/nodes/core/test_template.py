"""Texts that template writes."""

import msgspec
import pytest


async def test_a_template_reads_no_attributes_and_calls_nothing(bench):
    async with bench("template", "template: 'x{{payload.__class__}}{{payload.keys}}{{topic.upper}}'") as node:
        await node.give({"payload": {"a": 1}, "topic": "t"})
        assert node.sent() == ["x"]


async def test_strict_names_what_is_missing(bench):
    async with bench("template", "{template: '{{payload.sn}}', strict: true}") as node:
        await node.give({"x": 1})
        assert "sn" in node.errors[0]


async def test_template_escapes_as_told(bench):
    for escape, made in (("none", 'a"<'), ("html", "a&quot;&lt;"), ("json", '"a\\"<"')):
        async with bench("template", f"{{template: '{{{{payload}}}}', escape: {escape}}}") as node:
            await node.give('a"<')
            assert node.sent() == [made]


async def test_with_json_every_value_is_a_json_value(bench):
    async with bench(
        "template", "{template: '[{{payload.n}}, {{payload.z}}, {{payload.t}}, {{payload.l}}]', escape: json}"
    ) as node:
        await node.give({"n": 5, "z": None, "t": True, "l": [1, "x"]})
        assert node.sent() == ['[5, null, true, [1, "x"]]']


async def test_null_is_nothing_and_a_whole_number_has_no_point(bench):
    async with bench("template", "template: '[{{payload.z}}] {{payload.n}} {{payload.l}}'") as node:
        await node.give({"z": None, "n": 20.0, "l": [1]})
        assert node.sent() == ["[] 20 [1]"]


async def test_a_number_in_a_name_is_a_place_in_a_list(bench):
    async with bench("template", "template: '{{payload.0.v}} of {{payload.length}}, {{payload.7}}'") as node:
        await node.give([{"v": "first"}, {"v": "second"}])
        assert node.sent() == ["first of 2, "]


async def test_the_memory_of_flow_and_site_has_names_too(bench):
    async with bench("template", "template: '{{flow.mode.name}}{{#site.on}}, on{{/site.on}}{{flow.none}}'") as node:
        node.site.memories.open("flow:test").set("mode", {"name": "night"})
        node.site.memories.open("site:").set("on", True)
        await node.give(1)
        assert node.sent() == ["night, on"]


async def test_a_partial_reads_no_file(bench):
    async with bench("template", "template: 'a{{> /etc/hostname}}b'") as node:
        await node.give(1)
        assert node.sent() == ["ab"]


def test_a_template_that_is_not_closed_is_refused_before_it_runs(bench):
    with pytest.raises(msgspec.ValidationError, match="template"):
        bench("template", "template: '{{#a}}'")._plan()


@pytest.mark.parametrize(
    "template",
    [
        "{{#payload}}{{#payload}}{{#payload}}{{#payload}}x{{/payload}}{{/payload}}{{/payload}}{{/payload}}",
        "{{#payload}}" * 3 + "y" * 90_000 + "{{/payload}}" * 3,
        "{{#payload}}{{^nothing}}{{#payload}}{{topic}}{{/payload}}{{/nothing}}{{/payload}}" * 100,
    ],
    ids=["sections in sections", "long text", "many names"],
)
async def test_template_that_would_write_for_minutes_refuses_the_message(bench, template: str):
    async with bench("template", {"template": template}) as node:
        await node.give(list(range(1000)))
        assert "takes too long" in node.errors[0]


async def test_large_table_is_written(bench):
    cells = "".join(f"{{{{c{column}}}}};" for column in range(20))
    async with bench("template", {"template": f"{{{{#payload}}}}{cells}{{{{/payload}}}}"}) as node:
        await node.give([{f"c{column}": row for column in range(20)} for row in range(1000)])
        assert node.sent()[0].count(";") == 20_000

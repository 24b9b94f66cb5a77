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


async def test_a_partial_reads_no_file(bench):
    async with bench("template", "template: 'a{{> /etc/hostname}}b'") as node:
        await node.give(1)
        assert node.sent() == ["ab"]


def test_a_template_that_is_not_closed_is_refused_before_it_runs(bench):
    with pytest.raises(msgspec.ValidationError, match="template"):
        bench("template", "template: '{{#a}}'")._plan()

"""Template, json, csv, yaml and html on ordinary and hostile text."""

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


async def test_text_that_is_no_json_is_refused(bench):
    async with bench("json") as node:
        await node.give("{", "NaN", "[1,]", b"\xff", "[" * 100_000)
        assert (node.sent(), len(node.errors)) == ([], 5)


async def test_json_goes_both_ways(bench):
    async with bench("json") as node:
        await node.give('{"a": [1, null]}', {"a": [1, None]}, 1.5)
        assert node.sent() == [{"a": [1, None]}, '{"a":[1,null]}', "1.5"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x [1]\nb: *x", "line 2: aliases"),
        ("a: !!python/object:os.system x", "tag"),
        ("a: 1\na: 2", "line 2: a key twice"),
        ("[" * 200 + "]" * 200, "levels deep"),
        ("a: [1", "no YAML"),
        ("a: 1\n---\nb: 2", "no YAML"),
    ],
)
async def test_yaml_refuses_with_the_line(bench, text, reason):
    async with bench("yaml") as node:
        await node.give(text)
        assert reason in node.errors[0]


async def test_yaml_reads_plain_words_by_version_1_2(bench):
    async with bench("yaml") as node:
        await node.give("[yes, on, 1:20, 2026-11-24, 0x1F, 1e-3, true, ~, 012]")
        assert node.sent() == [["yes", "on", "1:20", "2026-11-24", "0x1F", 0.001, True, None, "012"]]


async def test_a_csv_row_with_too_many_fields_is_refused_with_its_line(bench):
    async with bench("csv") as node:
        await node.give("a,b\n1,2\n1,2,3\n")
        assert "line 3: 3 fields where 2" in node.errors[0]


async def test_csv_reads_what_it_wrote(bench):
    rows = [{"a": 'x"y,z', "b": "line\nline"}, {"a": "", "b": "é"}]
    async with bench("csv") as node:
        await node.give(rows)
        await node.give(node.sent()[0])
        assert node.sent()[1] == rows


async def test_csv_makes_a_sequence_of_rows(bench):
    async with bench("csv", "{output: messages, columns: [sn, k], header: false, numbers: [k]}") as node:
        await node.give("A,1\nB,\n")
        assert [(output.payload, output.message.props["parts"]["index"]) for output in node.outputs] == [
            ({"sn": "A", "k": 1}, 0),
            ({"sn": "B", "k": None}, 1),
        ]


async def test_a_csv_number_that_is_none_is_refused_with_its_place(bench):
    async with bench("csv", "numbers: [k]") as node:
        await node.give("sn,k\nA,1_000\n")
        assert "line 2, column k" in node.errors[0]

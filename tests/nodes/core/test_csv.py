"""CSV in and out."""

import msgspec
import pytest


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


async def test_the_row_of_names_is_skipped_wherever_it_ends(bench):
    async with bench("csv", "columns: [a, b]") as node:
        await node.give("\nx,y\n1,2\n", '"x\nz",y\n1,2\n')
        assert node.sent() == [[{"a": "1", "b": "2"}]] * 2


async def test_a_list_in_a_field_is_written_as_json(bench):
    async with bench("csv") as node:
        await node.give([{"a": {"x": [1, None]}, "b": None}])
        assert node.sent() == ['a,b\r\n"{""x"":[1,null]}",\r\n']


async def test_a_text_without_rows_ends_here_and_is_counted(bench):
    async with bench("csv", "output: messages") as node:
        await node.give("a,b\n")
        assert (node.sent(), node.run.nodes["node"].context.dropped) == ([], 1)


def test_a_separator_that_csv_needs_for_itself_is_refused(bench):
    with pytest.raises(msgspec.ValidationError, match="separator"):
        bench("csv", {"separator": '"'})._plan()

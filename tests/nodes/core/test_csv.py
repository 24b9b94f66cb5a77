"""CSV in and out."""


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

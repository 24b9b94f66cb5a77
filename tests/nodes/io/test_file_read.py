"""Files read when a message asks: whole, as bytes, or as a sequence of lines."""

from pathlib import Path
from typing import Any

import pytest

from tests.eventually import eventually
from tests.nodes.io.conftest import MakeBench
from tests.nodes.io.harness import SiteHarness


async def read(bench: SiteHarness, config: str, payload: Any = "go", expect: int = 1, **fields: Any) -> None:
    await bench.deploy(f"  read: {{type: file-read, with: {{{config}}}, to: keep}}\n  keep: {{type: keep}}\n")
    bench.give("read", payload, **fields)
    await eventually(lambda: len(bench.got()) + len(bench.refused) >= expect)
    await eventually(lambda: bench.under_way == 0)


async def test_text_keeps_the_rest_of_the_message(bench: SiteHarness) -> None:
    (bench.folder / "a.txt").write_bytes("气\n".encode())
    await read(bench, "file: a.txt", key="GS1")
    assert (bench.got(), bench.messages()[0].key) == (["气\n"], "GS1")


async def test_name_from_the_message(bench: SiteHarness) -> None:
    (bench.folder / "b").write_bytes(b"\x00\xff")
    await read(bench, "file_from: payload.name, form: bytes", {"name": "b"})
    assert bench.got() == [b"\x00\xff"]


async def test_lines_are_a_sequence_that_join_can_put_together(bench: SiteHarness) -> None:
    """CR LF ends a line as LF does, and other separators of Unicode don't; parts that were there go around."""
    (bench.folder / "c").write_bytes("\ufeff1\r\n2\u2028x\n\n3".encode())
    await read(bench, "file: c, form: lines", expect=4, parts={"id": "outer", "index": 0, "count": 1})
    assert bench.got() == ["1", "2\u2028x", "", "3"]
    parts = [message.props["parts"] for message in bench.messages()]
    assert [(one["index"], one["count"], one["type"], one["parts"]["id"]) for one in parts] == [
        (index, 4, "array", "outer") for index in range(4)
    ]
    assert len({one["id"] for one in parts}) == 1


async def test_chinese_encoding(bench: SiteHarness) -> None:
    (bench.folder / "d").write_bytes("可燃气体".encode("gb18030"))
    await read(bench, "file: d, encoding: gb18030")
    assert bench.got() == ["可燃气体"]


async def test_empty_file_has_no_lines_and_is_counted(bench: SiteHarness) -> None:
    (bench.folder / "e").touch()
    await bench.deploy("  read: {type: file-read, with: {file: e, form: lines}, to: keep}\n  keep: {type: keep}\n")
    bench.give("read", "go")
    await eventually(lambda: bench.site.flows["test"].nodes["read"].context.dropped == 1)
    assert bench.got() == []


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("file: none", "No such file"),
        ("file: ../secret", "climbs out"),
        ("file: big, largest_bytes: 10", "larger than 10 bytes; raise the largest file"),
        ("file: big, form: lines, most_lines: 2", "3 lines, more than 2; raise the most lines"),
        ("file: latin", "utf-8 from byte 0"),
        ("file_from: payload.name", "names no file"),
        ("file: folder", "no plain file|directory"),
    ],
)
async def test_what_can_not_be_read_is_refused_with_the_reason(bench: SiteHarness, config: str, reason: str) -> None:
    (bench.folder / "big").write_text("line\n" * 3)
    (bench.folder / "latin").write_bytes(b"\xff")
    (bench.folder / "folder").mkdir()
    await read(bench, config, {"name": 5})
    assert bench.got() == []
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(bench.refused[0])


async def test_further_folder_is_allowed_by_the_setting(make_bench: MakeBench, tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "x").write_text("shared")
    bench = await make_bench(files=(tmp_path / "share",))
    await read(bench, f"file: {tmp_path}/share/x")
    assert bench.got() == ["shared"]

"""Messages written to files: together, whole, rotated, never half, and never outside."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from nodes.io import file_write
from tests.eventually import eventually
from tests.nodes.io.harness import SiteHarness
from tests.said import said


async def write(bench: SiteHarness, config: str, *payloads: Any, **fields: Any) -> None:
    """Gives the payloads and waits until each has gone on, or is refused."""
    await bench.deploy(f"  write: {{type: file-write, with: {{{config}}}, to: keep}}\n  keep: {{type: keep}}\n")
    for payload in payloads:
        bench.give("write", payload, **fields)
    await eventually(lambda: bench.under_way == 0)


async def test_text_bytes_and_json_one_a_line(bench: SiteHarness) -> None:
    await write(bench, "file: out/day/a.jsonl", "气", b"\xff", {"v": 1})
    assert (bench.folder / "out/day/a.jsonl").read_bytes() == "气\n".encode() + b'\xff\n{"v":1}\n'
    assert bench.got() == ["气", b"\xff", {"v": 1}]


async def test_what_was_there_stays(bench: SiteHarness) -> None:
    (bench.folder / "a").write_text("old\n")
    await write(bench, "file: a, line_end: false", "new")
    assert (bench.folder / "a").read_text() == "old\nnew"


async def test_name_from_the_message_and_one_that_leads_out_is_refused_alone(bench: SiteHarness) -> None:
    await bench.deploy("  write: {type: file-write, with: {file_from: payload.to}}\n")
    for to in ("one", "../two", 5, "one"):
        bench.give("write", {"to": to})
    await eventually(lambda: bench.under_way == 0)
    assert (bench.folder / "one").read_text() == '{"to":"one"}\n' * 2
    assert len(bench.refused) == 2
    assert not (bench.folder.parent / "two").exists()


async def test_overwritten_file_is_replaced_in_one_step(bench: SiteHarness) -> None:
    """A reader that has it open goes on seeing the whole old one; nothing half stays beside it."""
    (bench.folder / "state").write_text("old")
    with (bench.folder / "state").open() as reader:
        await write(bench, "file: state, mode: overwrite", "1", "2")
        assert reader.read() == "old"
    assert (bench.folder / "state").read_text() == "2\n"
    assert [path.name for path in bench.folder.iterdir()] == ["state"]


async def test_full_file_is_put_aside_and_the_oldest_go(bench: SiteHarness) -> None:
    await write(bench, "file: log, rotate_bytes: 10, keep: 2", *[f"line {number}" for number in range(5)])
    aside = sorted(path for path in bench.folder.iterdir() if path.name != "log")
    assert (bench.folder / "log").read_text() == "line 4\n"
    assert [path.read_text() for path in aside] == ["line 2\n", "line 3\n"]


async def test_file_of_an_earlier_day_is_put_aside(bench: SiteHarness) -> None:
    (bench.folder / "log").write_text("yesterday\n")
    os.utime(bench.folder / "log", (1_600_000_000, 1_600_000_000))
    await write(bench, "file: log, rotate_daily: true", "today", "today too")
    (aside,) = [path for path in bench.folder.iterdir() if path.name != "log"]
    assert (bench.folder / "log").read_text() == "today\ntoday too\n"
    assert aside.read_text() == "yesterday\n"


async def test_message_goes_on_only_when_the_disk_has_it(bench: SiteHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room on the disk it waits, and half a line never stays behind."""
    full = True
    real = file_write._write_all

    def limited(descriptor: int, data: bytes) -> None:
        if full:
            os.write(descriptor, data[:3])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor, data)

    monkeypatch.setattr(file_write, "_write_all", limited)
    await bench.deploy("  write: {type: file-write, with: {file: a}, to: keep}\n  keep: {type: keep}\n")
    bench.give("write", "whole line")
    queue = bench.site.flows["test"].nodes["write"].queue
    await eventually(lambda: queue is not None and "No space left" in said(queue.problem))
    assert bench.got() == []
    assert (bench.folder / "a").read_bytes() == b""
    full = False
    await eventually(lambda: bench.got() == ["whole line"])
    assert (bench.folder / "a").read_text() == "whole line\n"


async def test_link_in_the_place_of_the_file_is_refused(bench: SiteHarness, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (bench.folder / "link").symlink_to(tmp_path / "secret")
    (bench.folder / ".half.part").symlink_to(tmp_path / "secret")
    await write(bench, "file: link", "x")
    await write(bench, "file: half, mode: overwrite", "x")
    assert (tmp_path / "secret").read_text() == "secret"
    assert len(bench.refused) == 2


async def test_message_without_content_is_refused_alone(bench: SiteHarness) -> None:
    await write(bench, "file: a", "before", object(), "after")
    assert (bench.folder / "a").read_text() == "before\nafter\n"
    assert ["JSON" in reason for reason in bench.refused] == [True]

"""A folder is watched: each file is told of once it stands still, once for each change, and again if the flow had not finished."""

import os
from pathlib import Path

import pytest

from engine.runtime.state.journal import JournalStore
from tests.eventually import eventually
from tests.nodes.io.conftest import MakeBench
from tests.nodes.io.harness import SiteHarness

FLOW = (
    "  watch: {{type: watch, with: {{folder: in, poll_s: 0.05, settle_s: {settle}{more}}}, to: {then}}}\n"
    "  gate: {{type: gate, to: keep}}\n  keep: {{type: keep}}\n"
)


async def watch(bench: SiteHarness, more: str = "", then: str = "keep", settle: float = 0) -> None:
    (bench.folder / "in").mkdir(exist_ok=True)
    await bench.deploy(FLOW.format(more=more and f", {more}", then=then, settle=settle))


def told(bench: SiteHarness) -> list[tuple[str, str]]:
    return [(one["event"], one["file"]) for one in bench.got()]


async def test_new_changed_and_deleted_files_are_told_once_each(bench: SiteHarness) -> None:
    await watch(bench, "events: [created, changed, deleted]")
    file = bench.folder / "in" / "a.csv"
    file.write_text("1")
    await eventually(lambda: told(bench) == [("created", "in/a.csv")])
    assert bench.got()[0]["size_bytes"] == 1
    assert bench.got()[0]["modified"] == pytest.approx(file.stat().st_mtime)
    assert bench.messages()[0].key == "in/a.csv"
    file.write_text("22")
    await eventually(lambda: told(bench)[1:] == [("changed", "in/a.csv")])
    file.unlink()
    await eventually(lambda: told(bench)[2:] == [("deleted", "in/a.csv")])


async def test_file_that_is_still_being_written_is_not_told(bench: SiteHarness) -> None:
    """Told once, with its last size, after it has stood still."""
    await watch(bench, settle=0.4)
    file = bench.folder / "in" / "upload"
    for size in range(1, 6):
        file.write_text("x" * size)
        await eventually(lambda size=size: bench.instance("watch")._look()["in/upload"][0] == size)  # type: ignore[misc]
        assert bench.got() == []
    await eventually(lambda: [one["size_bytes"] for one in bench.got()] == [5])


async def test_name_told_is_what_file_read_takes(bench: SiteHarness) -> None:
    (bench.folder / "in").mkdir()
    (bench.folder / "in" / "名 1.csv").write_text("content")
    await bench.deploy(
        "  watch: {type: watch, with: {folder: in, poll_s: 0.05, settle_s: 0}, to: read}\n"
        "  read: {type: file-read, with: {file_from: payload.file}, to: keep}\n  keep: {type: keep}\n"
    )
    await eventually(lambda: bench.got() == ["content"])


async def test_pattern_and_subfolders_choose(bench: SiteHarness) -> None:
    (bench.folder / "in" / "sub").mkdir(parents=True)
    for name in ("a.csv", "b.txt", "sub/c.csv"):
        (bench.folder / "in" / name).touch()
    await watch(bench, "pattern: '*.csv'")
    await eventually(lambda: told(bench) == [("created", "in/a.csv")])
    await watch(bench, "pattern: '*.csv', subfolders: true")
    await eventually(lambda: ("created", "in/sub/c.csv") in told(bench))


async def test_what_was_finished_is_not_told_after_a_restart_and_the_rest_is(
    make_bench: MakeBench, journal: JournalStore
) -> None:
    first = await make_bench(journal)
    await watch(first)
    (first.folder / "in" / "done").touch()
    await eventually(lambda: told(first) == [("created", "in/done")])
    await eventually(lambda: first.under_way == 0)
    await watch(first, then="gate")
    (first.folder / "in" / "open").touch()
    await eventually(lambda: first.under_way == 1)
    await first.site.journal.flush()
    second = await make_bench(journal)
    await watch(second)
    await eventually(lambda: told(second) == [("created", "in/open")])


async def test_files_that_are_there_at_first_may_be_left_out(bench: SiteHarness) -> None:
    (bench.folder / "in").mkdir()
    (bench.folder / "in" / "old").touch()
    await watch(bench, "existing: false")
    await eventually(lambda: bench.status("watch")[0] == "1 file")
    (bench.folder / "in" / "new").touch()
    await eventually(lambda: told(bench) == [("created", "in/new")])


async def test_links_and_pipes_are_left_out(bench: SiteHarness, tmp_path: Path) -> None:
    (bench.folder / "in").mkdir()
    (tmp_path / "secret").touch()
    (bench.folder / "in" / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(bench.folder / "in" / "pipe")
    (bench.folder / "in" / "plain").touch()
    await watch(bench)
    await eventually(lambda: told(bench) == [("created", "in/plain")])


async def test_too_many_files_and_a_missing_folder_are_told_and_get_better(bench: SiteHarness) -> None:
    await bench.deploy(
        "  watch: {type: watch, with: {folder: later, poll_s: 0.05, settle_s: 0, most_files: 2}, to: keep}\n"
        "  keep: {type: keep}\n"
    )
    await eventually(lambda: bench.status("watch")[1] == "error")
    (bench.folder / "later").mkdir()
    for name in "abc":
        (bench.folder / "later" / name).touch()
    await eventually(lambda: "there are more than" in bench.status("watch")[0])
    (bench.folder / "later" / "c").unlink()
    await eventually(lambda: {("created", "later/a"), ("created", "later/b")} <= set(told(bench)))

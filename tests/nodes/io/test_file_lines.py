"""A file that grows is followed, and after a crash the flow goes on with the first line that it had not finished."""

from pathlib import Path

from engine.runtime.state.journal import JournalStore
from tests.eventually import eventually
from tests.nodes.io.conftest import MakeBench
from tests.nodes.io.harness import SiteHarness

FLOW = (
    "  lines: {{type: file-lines, with: {{file: log, poll_s: 0.05{more}}}, to: {then}}}\n"
    "  gate: {{type: gate, to: keep}}\n  keep: {{type: keep}}\n"
)


async def follow(bench: SiteHarness, more: str = "", then: str = "keep") -> None:
    await bench.deploy(FLOW.format(more=more and f", {more}", then=then))


def add(bench: SiteHarness, text: str | bytes) -> None:
    with (bench.folder / "log").open("ab") as file:
        file.write(text.encode() if isinstance(text, str) else text)


async def test_lines_come_as_they_are_appended(bench: SiteHarness) -> None:
    """The last one waits for its end, wherever the writer paused."""
    add(bench, "\ufeffone\r\ntw")
    await follow(bench)
    await eventually(lambda: bench.got() == ["one"])
    add(bench, b"o\n" + "气".encode()[:1])
    await eventually(lambda: bench.got() == ["one", "two"])
    add(bench, "气".encode()[1:] + b"\n")
    await eventually(lambda: bench.got() == ["one", "two", "气"])


async def test_file_that_is_not_there_yet_is_waited_for(bench: SiteHarness) -> None:
    await follow(bench)
    await eventually(lambda: "No such file" in bench.status("lines")[0])
    add(bench, "now\n")
    await eventually(lambda: bench.got() == ["now"])


async def test_after_a_crash_exactly_what_was_not_finished_comes_again(
    make_bench: MakeBench, journal: JournalStore
) -> None:
    """The place is in a real database; the site goes away without a word."""
    first = await make_bench(journal)
    add(first, "1\n2\n3\n")
    await follow(first)
    await eventually(lambda: first.got() == ["1", "2", "3"])
    await eventually(lambda: first.under_way == 0)
    await first.site.journal.flush()
    await follow(first, then="gate")
    add(first, "4\n5\n")
    await eventually(lambda: first.under_way == 2)
    second = await make_bench(journal)
    await follow(second)
    await eventually(lambda: second.got() == ["4", "5"])


async def test_rotated_file_is_read_to_its_end_first(bench: SiteHarness) -> None:
    """Also the last line, which has no end and never will."""
    add(bench, "1\n")
    await follow(bench)
    await eventually(lambda: bench.got() == ["1"])
    add(bench, "2\nlast")
    (bench.folder / "log").rename(bench.folder / "log.1")
    add(bench, "new\n")
    await eventually(lambda: bench.got() == ["1", "2", "last", "new"])


async def test_file_rotated_while_the_engine_was_down_is_finished(make_bench: MakeBench, journal: JournalStore) -> None:
    first = await make_bench(journal)
    add(first, "1\n")
    await follow(first)
    await eventually(lambda: first.got() == ["1"])
    await eventually(lambda: first.under_way == 0)
    await first.site.stop(0.2)
    add(first, "2\n")
    (first.folder / "log").rename(first.folder / "log.1")
    add(first, "3\n")
    second = await make_bench(journal)
    await follow(second)
    await eventually(lambda: second.got() == ["2", "3"])


async def test_file_cut_short_is_read_from_its_start(bench: SiteHarness) -> None:
    add(bench, "a long line\n")
    await follow(bench)
    await eventually(lambda: bench.got() == ["a long line"])
    (bench.folder / "log").write_text("new\n")
    await eventually(lambda: bench.got() == ["a long line", "new"])


async def test_begin_at_the_end_skips_only_what_was_there_at_first(
    make_bench: MakeBench, journal: JournalStore
) -> None:
    """What comes while the engine is down is read, though no line had come before."""
    first = await make_bench(journal)
    add(first, "old\n")
    await follow(first, "begin: end")
    await eventually(lambda: first.status("lines")[0] == "log")
    await first.site.journal.flush()
    await first.site.stop(0.2)
    add(first, "meanwhile\n")
    second = await make_bench(journal)
    await follow(second, "begin: end")
    await eventually(lambda: second.got() == ["meanwhile"])


async def test_line_too_long_or_in_another_encoding_is_refused_alone(bench: SiteHarness) -> None:
    """Whether it stands in one piece of the file or in many; what is kept of it is bounded."""
    await follow(bench, "longest_bytes: 2000")
    add(bench, b"x" * 2500 + b"\nok 1\n" + b"y" * 300_000 + b"\nok 2\n\xff\nok 3\n")
    await eventually(lambda: bench.got() == ["ok 1", "ok 2", "ok 3"])
    await eventually(lambda: bench.under_way == 0)
    assert sorted("longer" in reason for reason in bench.refused) == [False, True, True]
    assert max(map(len, bench.kept_bytes)) < 1100


async def test_full_flow_stops_reading(bench: SiteHarness) -> None:
    add(bench, "".join(f"{number}\n" for number in range(6000)))
    await follow(bench, then="gate")
    await eventually(lambda: bench.under_way == 5000)
    bench.open()
    await eventually(lambda: len(bench.got()) == 6000)
    assert bench.got() == [str(number) for number in range(6000)]


async def test_link_out_of_the_area_is_not_followed(bench: SiteHarness, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (bench.folder / "log").symlink_to(tmp_path / "secret")
    await follow(bench)
    await eventually(lambda: bench.status("lines")[1] == "warning")
    assert bench.got() == []

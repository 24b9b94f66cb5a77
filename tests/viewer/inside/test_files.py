"""What is dropped: archive files, and everything that people drop by mistake."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest

from tests.viewer.archives import HEADER, archive, day_of, line
from viewer.readings import Readings, together
from viewer.unpack import Limits
from viewer.words import LANGUAGES, WORDS, say


def read(content: bytes, limits: Limits | None = None) -> tuple[str, int]:
    """(what is wrong, rows read)."""
    readings = Readings(limits=limits)
    report = readings.add("archive_GS001_2026-03-06.csv.gz", io.BytesIO(content))
    readings.close()
    return ("" if report.bad is None else report.bad.problem), report.rows


GOOD = day_of("GS001", every_s=3600)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (GOOD, ""),
        (gzip.decompress(GOOD), ""),
        (GOOD + GOOD, ""),
        (GOOD + bytes(512), ""),
        (b"", "empty"),
        (b"PK\x03\x04 a zip that was renamed", "zip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not-gzip"),
        (b"hello, this is a letter\n", "not-gzip"),
        (GOOD[: len(GOOD) // 2], "truncated"),
        (GOOD[:-4], "truncated"),
        (GOOD[:-8] + bytes(8), "damaged"),
        (GOOD[:40] + b"\xff" * 40 + GOOD[80:], "damaged"),
        (gzip.compress(bytes(80_000_000), 9), "bomb"),
        (archive(["1,2"], header="a,b"), "columns"),
        (archive([line()], header=HEADER.replace("v_raw", "volt")), "columns"),
        (archive([line()], header=HEADER.replace("temp", "sn")), "columns"),
        (archive([]), "no-rows"),
        (archive(["x", "y"]), "no-rows"),
        (gzip.compress("sn,时间\n1,2\n".encode("gb18030")), "columns"),
    ],
    ids=lambda part: part if isinstance(part, str) else str(len(part)),
)
def test_every_kind_of_file_has_its_answer(content: bytes, problem: str):
    """And the answer has words in both languages."""
    found, rows = read(content)
    assert found == problem
    assert (rows > 0) == (problem == "")
    assert problem == "" or f"bad.{problem}" in WORDS


def test_bomb_is_stopped_long_before_its_end():
    """A gigabyte of zeros in a megabyte: 20 MB are unpacked."""
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(stream.compress(bytes(10_000_000)) for _ in range(100)) + stream.flush()
    assert read(packed) == ("bomb", 0)
    assert read(GOOD, Limits(largest_bytes=1000)) == ("too-large", 0)


def test_duplicates_and_broken_lines_are_counted_and_left_out():
    """Within a file and between files; the first that has a reading keeps it."""
    first = archive(
        [
            line(seq=1),
            line(seq=1),
            line(at_s=10, seq=2),
            "half a li",
            line(at_s=20, seq="three"),
            line(at_s=30, seq=4, v_raw="nan"),
        ]
    )
    second = archive([line(at_s=10, seq=2), line(at_s=40, seq=5), line("GS002", 40, 5)])
    readings = together([("a", io.BytesIO(first)), ("b", io.BytesIO(second))], "Asia/Shanghai")
    a, b = readings.files
    assert (a.rows, a.duplicates, a.broken) == (3, 1, 3)
    assert (b.rows, b.duplicates, b.broken) == (3, 1, 0)
    assert [one.line for one in a.examples] == [5, 6]
    span = readings.span()
    assert (span.rows, span.devices) == (4, ("GS001", "GS002"))
    assert f"{span.first:%H:%M:%S} {span.last:%H:%M:%S}" == "08:00:00 08:00:40"


def test_column_that_an_older_file_lacks_is_empty():
    readings = together(
        [("old", io.BytesIO(archive(["GS001,2026-03-06 00:00:00+00,1,2.5"], header="sn,time,seq,v_raw")))], "UTC"
    )
    assert readings.sql.execute("select v_raw, conc, bat from readings").fetchall() == [(2.5, None, None)]


def test_words_have_both_languages_and_the_same_places():
    """And Chinese where Chinese is meant."""
    assert list(LANGUAGES) == ["zh", "en"]
    for key, (zh, en) in WORDS.items():
        assert "" not in (zh, en), key
        places = [sorted(part.partition("}")[0] for part in text.split("{")[1:]) for text in (zh, en)]
        assert places[0] == places[1], key
    assert say("zh", "bad.bomb", ratio=900) == "解压后膨胀 900 倍，不可能是读数，已停止读取。"

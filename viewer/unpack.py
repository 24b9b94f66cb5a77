"""Unpacks what was dropped into the page, and says what is wrong with it: every file comes from somebody's download folder."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

__all__ = ["BadFile", "Limits", "Problem", "Unpacked", "unpack"]

Problem = Literal["empty", "not-gzip", "zip", "truncated", "damaged", "bomb", "too-large", "columns", "no-rows"]

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK\x03\x04"
GZIP = 31
PIECE_BYTES = 1 << 18
TEXT_BYTES = 1 << 20
NEEDED = ("sn", "time", "seq", "v_raw")
LONGEST_HEADER = 4096


@dataclass(frozen=True)
class Limits:
    """How much a file may unpack to.

    largest_bytes   of text in all
    largest_ratio   text to packed bytes; readings come to 10–40, a bomb to 1,000. It counts from `ratio_from_bytes` on: little text of many
                    repeats is no bomb
    """

    largest_bytes: int = 4_000_000_000
    largest_ratio: float = 200.0
    ratio_from_bytes: int = 20_000_000


class BadFile(Exception):
    """A file that can't be shown; `problem` is a key of the page's words, `details` what they name."""

    def __init__(self, problem: Problem, **details: object) -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.details = details


@dataclass(frozen=True)
class Unpacked:
    """The text of a file on disk. `columns` are those of its first line; `lines` counts that one, too; `was_packed` is false for a CSV that
    was unpacked before."""

    path: Path
    columns: tuple[str, ...]
    lines: int
    was_packed: bool


@dataclass
class _Text:
    """Where text goes: counted and limited."""

    out: BinaryIO
    limits: Limits
    size_bytes: int = 0
    newlines: int = 0
    last: bytes = b""

    def write(self, text: bytes, packed_bytes: int) -> None:
        self.size_bytes += len(text)
        size, limits = self.size_bytes, self.limits
        if size > limits.ratio_from_bytes and size > packed_bytes * limits.largest_ratio:
            raise BadFile("bomb", ratio=round(size / packed_bytes))
        if size > limits.largest_bytes:
            raise BadFile("too-large", most_mb=limits.largest_bytes // 1_000_000)
        self.newlines += text.count(b"\n")
        self.last = text[-1:] or self.last
        self.out.write(text)

    @property
    def lines(self) -> int:
        """Its last line counts without an end, too."""
        return self.newlines + (self.last not in (b"", b"\n"))


def unpack(file: BinaryIO, path: Path, limits: Limits | None = None) -> Unpacked:
    """Writes the file's text to `path`. Raises BadFile; what was written by then is removed.

    Names say nothing: a file is what its bytes are. Several gzip members one after the other are one file.
    """
    limits = limits or Limits()
    first = file.read(PIECE_BYTES)
    if not first:
        raise BadFile("empty")
    if first.startswith(ZIP_MAGIC):
        raise BadFile("zip")
    is_packed = first.startswith(GZIP_MAGIC)
    if not is_packed and b"\x00" in first:
        raise BadFile("not-gzip")
    try:
        with path.open("wb") as out:
            text = _Text(out, limits)
            (_gunzip if is_packed else _copy)(first, file, text)
        columns = _columns(path, is_packed)
    except BadFile:
        path.unlink(missing_ok=True)
        raise
    return Unpacked(path, columns, text.lines, is_packed)


def _gunzip(piece: bytes, file: BinaryIO, text: _Text) -> None:
    stream = zlib.decompressobj(GZIP)
    packed = len(piece)
    while piece:
        more = False
        while piece or more:
            if stream.eof:
                if not piece.strip(b"\x00"):
                    break  # padding after the end, as some tools write it
                stream = zlib.decompressobj(GZIP)
            try:
                part = stream.decompress(piece, TEXT_BYTES)
            except zlib.error as error:
                raise BadFile("damaged", reason=str(error)) from error
            # zlib may have taken all that came and still hold back what did not fit.
            more = len(part) == TEXT_BYTES and not stream.eof
            piece = stream.unused_data if stream.eof else stream.unconsumed_tail
            text.write(part, packed)
        piece = file.read(PIECE_BYTES)
        packed += len(piece)
    if not stream.eof:
        raise BadFile("truncated")


def _copy(piece: bytes, file: BinaryIO, text: _Text) -> None:
    while piece:
        text.write(piece, text.size_bytes + len(piece))
        piece = file.read(PIECE_BYTES)


def _columns(path: Path, is_packed: bool) -> tuple[str, ...]:
    with path.open("rb") as text:
        header = text.readline(LONGEST_HEADER)
        has_more = bool(text.read(1))
    try:
        names = tuple(name.strip().strip('"') for name in header.decode("utf-8-sig").strip().split(","))
    except UnicodeDecodeError:
        names = ()
    missing = [name for name in NEEDED if name not in names]
    if len(missing) == len(NEEDED) and not is_packed:
        raise BadFile("not-gzip")
    if missing or len(set(names)) < len(names):
        raise BadFile("columns", missing=", ".join(missing) or "-", found=", ".join(names)[:200])
    if not has_more:
        raise BadFile("no-rows")
    return names

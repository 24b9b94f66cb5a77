"""Archive files on disk: written so that the same rows give the same bytes, and whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from engine.api import RetryableError, Text

__all__ = ["ArchiveWriter", "is_intact", "md5_of"]

GZIP = 31
"""zlib's window bits for a gzip stream: its header holds no name and no time."""
PIECE_BYTES = 1 << 20
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
DISK_RETRY_S = 60.0


class ArchiveWriter:
    """Compresses into `NAME.part` and renames it at the end, so that a half file is never taken for a whole one.

    Use it as `async with`; when the block fails nothing is left behind. Compression and the disk work in a thread. Raises RetryableError when
    the disk is full or ill.
    """

    def __init__(self, path: Path, level: int = 6) -> None:
        self.path = path
        self.size_bytes = 0
        self.md5 = ""
        self._part = path.with_name(path.name + ".part")
        self._compress = zlib.compressobj(level, zlib.DEFLATED, GZIP)
        self._hash = hashlib.md5(usedforsecurity=False)
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._descriptor = -1

    async def __aenter__(self) -> ArchiveWriter:
        await asyncio.to_thread(self._open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        with contextlib.suppress(OSError):
            self._part.unlink()  # renamed by now unless something went wrong

    async def write(self, piece: bytes) -> None:
        """Adds text; pieces of any size."""
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes >= PIECE_BYTES:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> None:
        """Makes the file whole and durable under its name; `size_bytes` and `md5` (hex) are known then."""
        await asyncio.to_thread(self._finish)

    def _open(self) -> None:
        with _reported(self.path):
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)

    def _flush(self) -> None:
        text = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._put(self._compress.compress(text))

    def _put(self, compressed: bytes) -> None:
        self._hash.update(compressed)
        self.size_bytes += len(compressed)
        with _reported(self.path):
            rest = memoryview(compressed)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def _finish(self) -> None:
        self._flush()
        self._put(self._compress.flush())
        with _reported(self.path):
            os.fsync(self._descriptor)
            self._part.replace(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        self.md5 = self._hash.hexdigest()


def md5_of(path: Path) -> tuple[int, str]:
    """(size in bytes, MD5 in hex) of a file, read piece by piece."""
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def is_intact(path: Path, size_bytes: int, md5: str) -> bool:
    """Whether the file is there and is the one with this size and MD5."""
    try:
        return path.stat().st_size == size_bytes and md5_of(path) == (size_bytes, md5)
    except OSError:
        return False


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise RetryableError(
            Text("archive.disk", folder=str(path.parent), reason=error.strerror or ""), DISK_RETRY_S
        ) from error

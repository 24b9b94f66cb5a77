"""The folders that file nodes may touch, opened part by part so that neither `..` nor a symbolic link leads out of them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from engine.api import PermanentError, Readable, RetryableError, Settings, Text

__all__ = ["FileArea"]

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK the opening of a named pipe waits for its other end, for ever.
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ESTALE}
LONGEST_NAME = 1000


class FileArea:
    """`MCS_DATA/files`, and the folders of `MCS_FILES`. A relative name is in the first; an absolute one must be in one of them.

    PermanentError says what is wrong with a name or a file; RetryableError that the disk is full or ill, which an operator can put right.
    """

    def __init__(self, settings: Settings) -> None:
        self._home = settings.data / "files"
        self._roots = (self._home, *settings.files)

    @contextlib.contextmanager
    def folder(self, name: str, *, make: bool = False) -> Iterator[int]:
        """A descriptor of a folder; "" is the area itself. With `make` what is missing on the way is made."""
        root, parts = self._parts(name)
        with _reported(name), contextlib.ExitStack() as opened:
            if make or root == self._home:
                root.mkdir(parents=True, exist_ok=True)
            at = os.open(root.resolve(), FOLDER)
            opened.callback(os.close, at)
            for part in parts:
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(part, 0o750, dir_fd=at)
                at = os.open(part, FOLDER, dir_fd=at)
                opened.callback(os.close, at)
            yield at

    @contextlib.contextmanager
    def parent(self, name: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """(a descriptor of the folder that a file is in, the file's own name)."""
        folder, _, own = name.rpartition("/")
        if own in ("", ".", ".."):
            raise PermanentError(Text("file.no-name", name=name[:200]))
        self._parts(name)
        with self.folder(folder or ("/" if name.startswith("/") else ""), make=make) as at, _reported(name):
            yield at, own

    @contextlib.contextmanager
    def opened(self, name: str) -> Iterator[int]:
        """A descriptor of a plain file for reading."""
        with self.parent(name) as (at, own):
            descriptor = open_plain(own, os.O_RDONLY, at)
            try:
                yield descriptor
            finally:
                os.close(descriptor)

    def _parts(self, name: str) -> tuple[Path, list[str]]:
        if len(name) > LONGEST_NAME or any(ord(one) < 32 for one in name) or not name.isprintable() or "\\" in name:
            raise PermanentError(Text("file.odd-name", name=name[:80], limit=LONGEST_NAME))
        if ".." in name.split("/"):
            raise PermanentError(Text("file.climbs", name=name[:200], folder=str(self._home)))
        if not name.startswith("/"):
            return self._home, [part for part in name.split("/") if part not in ("", ".")]
        path = Path(name)
        for root in self._roots:
            for known in (root.absolute(), root.resolve()):
                if path.is_relative_to(known):
                    return root, list(path.relative_to(known).parts)
        raise PermanentError(Text("file.outside", name=name[:200], folder=str(self._home)))


def open_plain(own: str, flags: int, at: int) -> int:
    """A descriptor of a plain file in a folder. PermanentError when it is a folder, a pipe or a device."""
    descriptor = os.open(own, flags | FILE, 0o640, dir_fd=at)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PermanentError(Text("file.not-plain", name=own))
    return descriptor


@contextlib.contextmanager
def _reported(name: str) -> Iterator[None]:
    shown: Readable = name[:200] or Text("file.area")
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in PASSING:
            raise RetryableError(Text("file.disk", name=shown, reason=reason)) from error
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise PermanentError(Text("file.link", name=shown)) from error
        raise PermanentError(Text("file.fails", name=shown, reason=reason)) from error

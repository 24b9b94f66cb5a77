"""The folders that file nodes may touch, opened part by part so that neither `..` nor a symbolic link leads out of them."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from engine.api import PermanentError, RetryableError, Settings

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
            raise PermanentError(f"{name[:200]!r} is no name of a file; give one such as reports/today.csv")
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
            raise PermanentError(
                f"{name[:80]!r} is no file name; use up to {LONGEST_NAME} printable characters and no backslash"
            )
        if ".." in name.split("/"):
            raise PermanentError(f"{name[:200]!r} climbs out with ..; name the file from {self._home} on")
        if not name.startswith("/"):
            return self._home, [part for part in name.split("/") if part not in ("", ".")]
        path = Path(name)
        for root in self._roots:
            for known in (root.absolute(), root.resolve()):
                if path.is_relative_to(known):
                    return root, list(path.relative_to(known).parts)
        raise PermanentError(
            f"{name[:200]!r} is outside of the folders that file nodes may use; give a name in {self._home}, or add the folder to MCS_FILES"
        )


def open_plain(own: str, flags: int, at: int) -> int:
    """A descriptor of a plain file in a folder. PermanentError when it is a folder, a pipe or a device."""
    descriptor = os.open(own, flags | FILE, 0o640, dir_fd=at)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PermanentError(f"{own!r} is no plain file; pipes, devices and folders can't be used")
    return descriptor


@contextlib.contextmanager
def _reported(name: str) -> Iterator[None]:
    shown = name[:200] or "the area of files"
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno in PASSING:
            raise RetryableError(f"{shown}: {reason}; free space, or look at the disk") from error
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise PermanentError(
                f"{shown}: there is a symbolic link, or a file, where a folder should be; links are not followed"
            ) from error
        raise PermanentError(f"{shown}: {reason}") from error

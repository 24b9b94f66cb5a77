"""Files that are whole or not there: written beside, brought to the disk, and only then given their name."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["whole_file", "write_whole"]


def write_whole(path: Path, content: bytes, mode: int | None = None) -> None:
    """The whole content or what was there before, whatever happens meanwhile: a full disk, a kill, a power cut. See `whole_file`."""
    with whole_file(path, mode) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: Path, mode: int | None = None, *, only_new: bool = False) -> Iterator[BinaryIO]:
    """A file to write into, which becomes `path` when the block ends well; its folder is made, and a link is followed.

    `mode` are its permissions, by default those of the file that was there (0644 for a new one). With `only_new` a file that is there by the end
    stays, and FileExistsError is raised. OSError when it can't be written; nothing is left behind then.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is None:
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        fresh.chmod(mode)
        if only_new:
            os.link(fresh, target)
            fresh.unlink()
        else:
            fresh.replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        raise
    # The new name must survive a power cut too.
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

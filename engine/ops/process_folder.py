"""The folder that one process keeps for itself, and the lock by which no second one works in it."""

from __future__ import annotations

import fcntl
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from engine.core.errors import SetupError
from engine.texts.text import Text

__all__ = ["DEFAULT_PROCESS", "Holder", "folder_of", "locked", "unlocked"]

DEFAULT_PROCESS = "worker"
LOCK_FILE = "process.lock"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who works in a folder. `id` stays with the folder: a process that was killed and comes back is the same one."""

    id: str
    process: str
    pid: int
    host: str
    session: str = ""
    """Goes into the names of the sessions that a broker keeps: the host of the folder's first start. A container's changes with each one."""


def unlocked() -> Holder:
    """Where there is no folder: a harness, a flow test."""
    host = socket.gethostname()
    return Holder(id="", process=DEFAULT_PROCESS, pid=os.getpid(), host=host, session=host)


def folder_of(data: Path, process: str) -> Path:
    """Where the process keeps its spool: the data folder itself, or one of its own in it for a process with another name."""
    return data if process == DEFAULT_PROCESS else data / "processes" / process


@contextmanager
def locked(folder: Path, process: str) -> Iterator[Holder]:
    """Holds the folder, which is made, for the block. SetupError names the process that has it; the lock ends with its process, however that ends."""
    path = folder / LOCK_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as failure:
        text = Text("setup.data-unwritable", folder=str(folder), reason=failure.strerror or str(failure))
        raise SetupError(text) from failure
    try:
        before = _read(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            text = Text(
                "setup.data-in-use",
                folder=str(folder),
                process=before.process if before else "?",
                pid=before.pid if before else 0,
                host=before.host if before else "?",
            )
            raise SetupError(text) from held
        host = socket.gethostname()
        holder = Holder(
            id=before.id if before else uuid.uuid4().hex,
            process=process,
            pid=os.getpid(),
            host=host,
            session=(before.session if before else "") or host,
        )
        _write(descriptor, holder)
        yield holder
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Holder | None:
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return msgspec.json.decode(os.pread(descriptor, 4096, 0), type=Holder)
    return None


def _write(descriptor: int, holder: Holder) -> None:
    """A full disk keeps nobody from starting: the lock counts, not the words."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(holder), 0)

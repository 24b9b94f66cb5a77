"""The servers start from a checkout wherever people really clone: below /root, in a closed home, on any path, twice at once."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from engine.ops.embedded.account import Account
from tests.servers.clone import lay_clone

SOURCES = ("engine", "tests/servers", "tests/eventually.py")
IS_ROOT = os.geteuid() == 0
OURSELVES = Account(os.geteuid(), os.getegid(), switch=False)


@contextmanager
def servers_of_a_clone(folder: Path, owner: Account) -> Iterator[str]:
    """Runs them from a clone in that folder until the block ends; what they say once they answer."""
    python = lay_clone(folder, SOURCES, "requirements-demo.lock")
    run = folder / "run"
    run.mkdir()
    if owner.switch:
        for place in (folder.parent, folder, run):
            os.chown(place, owner.uid, owner.gid)
    # Root enters the folder for the account, as a login of the account would stand in its own home.
    process = subprocess.Popen(
        owner.command(*python, "-m", "tests.servers.probe", str(run)),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": str(folder.parent), "LANG": "C.UTF-8"},
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
    with servers_of_a_clone(above / "mcs-iot", OURSELVES) as said:
        assert said == "all answer\n"


def test_users_clone_in_a_closed_home_starts_all_servers(somewhere: Path) -> None:
    """Run as root, this takes on the account of a user, as a login of that user would."""
    nobody = pwd.getpwnam("nobody")
    owner = Account(nobody.pw_uid, nobody.pw_gid, switch=True) if IS_ROOT else OURSELVES
    with servers_of_a_clone(closed(somewhere / "home") / "mcs-iot", owner) as said:
        assert said == "all answer\n"


def test_clones_side_by_side_on_a_path_with_blanks_and_chinese_letters_start_all_servers(somewhere: Path) -> None:
    above = closed(somewhere / "气体 监测, “站”")
    with ExitStack() as running:
        said = [running.enter_context(servers_of_a_clone(above / name / "mcs iot", OURSELVES)) for name in ("甲", "乙")]
        assert said == ["all answer\n", "all answer\n"]

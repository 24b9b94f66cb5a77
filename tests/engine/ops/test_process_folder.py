"""A data folder belongs to one process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.core.errors import SetupError
from engine.ops.process_folder import folder_of, locked


def test_a_second_process_in_the_folder_is_refused_with_the_name_of_the_first(tmp_path: Path):
    with (
        locked(tmp_path, "worker"),
        pytest.raises(SetupError, match=rf"by the process worker \(pid {os.getpid()} on .+MCS_PROCESS"),
        locked(tmp_path, "worker"),
    ):
        pass


def test_processes_with_names_of_their_own_share_a_data_folder(tmp_path: Path):
    with (
        locked(folder_of(tmp_path, "worker"), "worker") as one,
        locked(folder_of(tmp_path, "archiver"), "archiver") as two,
    ):
        assert one.id != two.id


def test_a_process_that_comes_back_is_the_same_one(tmp_path: Path):
    with locked(tmp_path, "worker") as before:
        pass
    with locked(tmp_path, "worker") as after:
        assert after.id == before.id

"""A file is whole or as it was, whatever happens while it is written."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.whole_file import whole_file, write_whole


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond ten bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("before", [b"before", None], ids=["there", "new"])
def test_full_disk_leaves_what_was_there_and_nothing_else(tmp_path: Path, before: bytes | None):
    path = tmp_path / "key"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(OSError, match="File too large"):
        write_whole(path, b"x" * 100)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({"key": before} if before else {})


def test_permissions_stay_unless_they_are_given(tmp_path: Path):
    path = tmp_path / "flow.yaml"
    write_whole(path, b"a", 0o600)
    write_whole(path, b"b")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"b", 0o600)


def test_link_is_followed(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"a")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"a"


def test_of_two_that_make_a_file_the_second_finds_that_of_the_first(tmp_path: Path):
    path = tmp_path / "key"
    late = whole_file(path, only_new=True)
    late.__enter__().write(b"late")
    write_whole(path, b"first")
    with pytest.raises(FileExistsError):
        late.__exit__(None, None, None)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"first"]

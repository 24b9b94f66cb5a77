"""Names lead to files in the allowed folders, and nowhere else, whatever stands in them and whatever lies on the disk."""

import contextlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import PermanentError, Settings
from nodes.drivers.file_area import FileArea


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A secret that no name may reach."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    return tmp_path / "outside"


@pytest.fixture
def area(tmp_path: Path, outside: Path) -> FileArea:
    """With the home folder and one more."""
    (tmp_path / "data" / "files" / "sub").mkdir(parents=True)
    (tmp_path / "data" / "files" / "sub" / "a.txt").write_text("a")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.txt").write_text("b")
    return FileArea(Settings(data=tmp_path / "data", files=(tmp_path / "more",)))


def content(area: FileArea, name: str) -> bytes:
    with area.opened(name) as descriptor:
        return os.read(descriptor, 100)


def test_names_in_the_home_folder_and_absolute_ones_in_an_allowed_one(area: FileArea, tmp_path: Path) -> None:
    assert content(area, "sub/a.txt") == content(area, "./sub//a.txt") == b"a"
    assert content(area, str(tmp_path / "more" / "b.txt")) == b"b"
    assert content(area, str(tmp_path / "data" / "files" / "sub" / "a.txt")) == b"a"


@pytest.mark.parametrize(
    "name",
    [
        "../outside/secret", "sub/../../outside/secret", "/etc/passwd", "", "/", ".", "..", "sub", "sub/", "sub/a.txt/x",
        "a\x00b", "a\nb", "a\\b", "sub/a.txt\u202e", "no/such/file", "x" * 2000, "~/x", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_other_names_are_refused_with_the_reason(area: FileArea, name: str) -> None:
    with pytest.raises(PermanentError, match=r"."):
        content(area, name)


def test_neighbour_of_an_allowed_folder_is_not_allowed(area: FileArea, tmp_path: Path) -> None:
    """`/more` allows nothing in `/more-secret`."""
    (tmp_path / "more-secret").mkdir()
    (tmp_path / "more-secret" / "x").write_text("secret")
    with pytest.raises(PermanentError, match="outside of the folders"):
        content(area, str(tmp_path / "more-secret" / "x"))


def test_symbolic_links_lead_nowhere(area: FileArea, tmp_path: Path, outside: Path) -> None:
    """Neither as the file, nor as a folder on the way, nor for what is to be made."""
    home = tmp_path / "data" / "files"
    (home / "link").symlink_to(outside / "secret")
    (home / "way").symlink_to(outside)
    for name in ("link", "way/secret"):
        with pytest.raises(PermanentError, match=r"symbolic link|not followed"):
            content(area, name)
    with pytest.raises(PermanentError), area.folder("way/new", make=True):
        pass
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]


def test_folder_swapped_for_a_link_while_names_are_opened_never_leads_out(area: FileArea, tmp_path: Path) -> None:
    """The race that a check of the name before its use would lose."""
    home = tmp_path / "data" / "files"
    (tmp_path / "outside" / "a.txt").write_text("secret")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (home / "sub").rename(home / "aside")
            (home / "sub").symlink_to(tmp_path / "outside")
            (home / "sub").unlink()
            (home / "aside").rename(home / "sub")

    swapping = threading.Thread(target=swap)
    swapping.start()
    got = set()
    for _ in range(300):
        with contextlib.suppress(PermanentError):
            got.add(content(area, "sub/a.txt"))
    stop.set()
    swapping.join()
    assert got <= {b"a"}


def test_pipe_is_refused_at_once(area: FileArea, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "data" / "files" / "pipe")
    with pytest.raises(PermanentError, match="no plain file"):
        content(area, "pipe")


@given(name=st.text(alphabet="./\\ab\x00\n~é", max_size=12))
def test_any_name_is_opened_in_the_area_or_refused(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    top = tmp_path_factory.getbasetemp() / "any"
    (top / "files").mkdir(parents=True, exist_ok=True)
    (top / "a").write_text("secret")
    area = FileArea(Settings(data=top))
    got = b""
    with contextlib.suppress(PermanentError):
        got = content(area, name)
    assert got != b"secret"

"""A custom node is written in a minute, found in a folder, taken over when it is good, and put aside when it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.catalogue import node_file
from engine.catalogue.node_types import Catalogue, Remark
from engine.cli.scaffold import write_node
from engine.core.errors import SetupError
from engine.deploy.custom_nodes import NodeFolders
from engine.testing import run_node
from engine.texts.text import render


def folders(catalogue: Catalogue, folder: Path, *, runs_tests: bool = True) -> tuple[NodeFolders, list[str]]:
    changed: list[str] = []

    async def note(types: list[str]) -> None:
        changed.extend(types)

    catalogue.add_folder(folder)
    return NodeFolders(catalogue, [folder], note, runs_tests=runs_tests), changed


def edit(file: Path, old: str, new: str) -> None:
    """Changes a file so that its time stamp differs however coarse the clock is."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    stat = file.stat()
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000_000))


async def test_written_node_works_at_once(tmp_path: Path):
    """Its examples hold and its own test passes in a process of its own."""
    write_node("gas-index", tmp_path)
    catalogue = Catalogue()
    follow, changed = folders(catalogue, tmp_path)
    assert list(catalogue.types) == ["gas-index"]
    edit(tmp_path / "gas_index.py", "factor: Annotated", "# a comment\n    factor: Annotated")
    assert await follow.look() == ["gas-index"]
    assert changed == ["gas-index"]
    assert catalogue.broken == {}


async def test_changed_node_is_taken_over(tmp_path: Path):
    """The new code is what runs afterwards."""
    node_file, test_file = write_node("gas-index", tmp_path)
    test_file.unlink()
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path)
    edit(node_file, "msg.payload * self.factor", "msg.payload * self.factor + 0")
    edit(node_file, '"""Multiply', '"""Now multiply')
    await follow.look()
    assert catalogue.types["gas-index"].help.startswith("Now multiply")
    (output,) = await run_node(catalogue.types["gas-index"].cls, "factor: 3", given=[2])
    assert output.payload == 6


async def test_change_whose_example_fails_is_not_taken_over(tmp_path: Path):
    """The version that worked goes on, and the reason is shown."""
    node_file, test_file = write_node("gas-index", tmp_path)
    test_file.unlink()
    catalogue = Catalogue()
    follow, changed = folders(catalogue, tmp_path)
    good = catalogue.types["gas-index"].cls
    edit(node_file, "msg.payload * self.factor", "msg.payload + self.factor")
    assert await follow.look() == []
    assert changed == []
    assert catalogue.types["gas-index"].cls is good
    assert "a number is doubled" in str(catalogue.broken[str(node_file)].problem)


async def test_change_whose_own_test_fails_is_not_taken_over(tmp_path: Path):
    """The test file beside it counts as much as the examples."""
    node_file, test_file = write_node("gas-index", tmp_path)
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path)
    edit(test_file, "== [6]", "== [7]")
    assert await follow.look() == []
    assert "test_gas_index.py fails" in str(catalogue.broken[str(node_file)].problem)


async def test_without_pytest_the_examples_decide_and_the_catalogue_says_what_was_not_run(tmp_path: Path):
    """Until the test file is gone or the node is."""
    node_file, test_file = write_node("gas-index", tmp_path)
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path, runs_tests=False)
    edit(test_file, "== [6]", "== [7]")
    assert await follow.look() == ["gas-index"]
    assert catalogue.remarks == {str(node_file): Remark("tests_not_run", "test_gas_index.py")}
    edit(node_file, "msg.payload * self.factor", "msg.payload + self.factor")
    assert await follow.look() == []
    test_file.unlink()
    edit(node_file, "msg.payload + self.factor", "msg.payload * self.factor")
    assert await follow.look() == ["gas-index"]
    assert catalogue.remarks == {}


async def test_node_of_the_start_whose_example_fails_runs_on_with_a_remark(tmp_path: Path):
    """What ran yesterday runs today; the remark goes when the file is put right."""
    node_file, test_file = write_node("gas-index", tmp_path)
    test_file.unlink()
    edit(node_file, "msg.payload * self.factor", "msg.payload + self.factor")
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path)
    await follow.look_at_first()
    assert list(catalogue.types) == ["gas-index"]
    remark = catalogue.remarks[str(node_file)]
    assert (remark.code, "a number is doubled" in str(remark.detail)) == ("example_fails", True)
    edit(node_file, "msg.payload + self.factor", "msg.payload * self.factor")
    await follow.look()
    assert catalogue.remarks == {}


async def test_file_that_does_not_import_becomes_a_placeholder(tmp_path: Path):
    """With the traceback; other files are unaffected; repaired it comes back."""
    write_node("good", tmp_path)
    (tmp_path / "bad_one.py").write_text("import no_such_module_anywhere\n")
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path)
    assert list(catalogue.types) == ["good"]
    broken = catalogue.broken[str(tmp_path / "bad_one.py")]
    assert broken.types == ("bad-one",)
    assert "no_such_module_anywhere" in broken.traceback
    assert "no_such_module_anywhere" in str(catalogue.problem_of("bad-one"))
    (tmp_path / "bad_one.py").unlink()
    write_node("bad-one", tmp_path)
    (tmp_path / "test_bad_one.py").unlink()
    assert "bad-one" in await follow.look()
    assert catalogue.broken == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("class Odd(Node):\n    pass\n", "Odd is no node type yet: decorate it with @node"),
        (
            "@node(category='test')\nclass Odd(Source):\n    def run(self, emit):\n        pass\n",
            "Odd.run must be `async def`",
        ),
    ],
)
def test_class_that_lacks_what_makes_it_a_node_is_reported(tmp_path: Path, text: str, reason: str):
    (tmp_path / "odd.py").write_text(f"from engine.api import Node, Source, node\n\n\n{text}")
    catalogue = Catalogue()
    catalogue.add_folder(tmp_path)
    assert reason in render(catalogue.problem_of("odd"), "en")


async def test_broken_file_that_comes_later_is_shown_under_its_name(tmp_path: Path):
    """The palette has something to show the traceback at."""
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path)
    (tmp_path / "late_one.py").write_text("import no_such_module_anywhere\n")
    await follow.look()
    assert catalogue.broken[str(tmp_path / "late_one.py")].types == ("late-one",)


async def test_removed_file_takes_its_type_away(tmp_path: Path):
    """A flow that uses it shows a placeholder from then on."""
    node_file, test_file = write_node("gas-index", tmp_path)
    catalogue = Catalogue()
    follow, _ = folders(catalogue, tmp_path)
    node_file.unlink()
    test_file.unlink()
    assert await follow.look() == ["gas-index"]
    assert catalogue.types == {}


async def test_type_that_is_taken_is_refused(tmp_path: Path):
    """Two files can't bring the same type."""
    write_node("gas-index", tmp_path)
    (tmp_path / "other.py").write_text((tmp_path / "gas_index.py").read_text())
    catalogue = Catalogue()
    catalogue.add_folder(tmp_path)
    assert "already there" in str(catalogue.broken[str(tmp_path / "other.py")].problem)


@pytest.mark.parametrize(
    ("top", "said"),
    [
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "ended the process"),
        ("import time\ntime.sleep(1000)", "did not end within"),
        ("while True:\n    pass", "did not end within"),
        ("everything = bytearray(1 << 34)", "MemoryError"),
        ("raise BaseException('at the top')", "at the top"),
    ],
)  # fmt: skip
def test_file_that_can_not_be_imported_stops_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, top: str, said: str
):
    """Whatever stands at its top, the files before and behind it are there, and it is a placeholder that says why."""
    monkeypatch.setattr(node_file, "IMPORT_LIMIT_S", 5.0)
    write_node("a-first", tmp_path)
    write_node("z-last", tmp_path)
    (tmp_path / "bad.py").write_text(top)
    catalogue = Catalogue()
    catalogue.add_folder(tmp_path)
    assert list(catalogue.types) == ["a-first", "z-last"]
    assert said in str(catalogue.broken[str(tmp_path / "bad.py")].problem)


@pytest.mark.parametrize("name", ["", "1node", "../evil", "a/b", "名", "x.py"])
def test_name_that_is_none_is_refused(tmp_path: Path, name: str):
    """Before anything is written."""
    with pytest.raises(SetupError, match="no name for a node"):
        write_node(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path):
    """A second go with the same name stops."""
    write_node("GasIndex", tmp_path)
    with pytest.raises(SetupError, match="already there"):
        write_node("gas-index", tmp_path)

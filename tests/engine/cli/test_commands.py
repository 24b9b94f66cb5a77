"""The commands that work on files: what they print, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.main import main

GOOD = """\
flow: good
nodes:
  tick: {type: inject, with: {payload: 1}, to: show}
  show: {type: debug}
"""
BAD = """\
flow: bad
nodes:
  tick: {type: injekt, to: show}
  show: {type: debug, with: {bogus: 1}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCS_FLOWS", "flows")
    monkeypatch.delenv("MCS_NODES", raising=False)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "good.yaml").write_text(GOOD)
    (tmp_path / "flows" / "good_test.yaml").write_text("no flow at all")
    (tmp_path / "bad.yaml").write_text(BAD)
    return tmp_path


@pytest.mark.parametrize("paths", [[], ["flows"], ["flows/good.yaml"]])
def test_check_takes_flows_and_folders_and_else_those_of_the_site(
    capsys: pytest.CaptureFixture[str], paths: list[str]
) -> None:
    assert main(["check", *paths]) == 0
    assert capsys.readouterr().out == "1 flow, 0 errors, 0 warnings\n"


def test_check_of_nothing_is_no_success(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "empty").mkdir()
    assert main(["check", "empty"]) == 1
    assert capsys.readouterr().err == "mcs: there is no flow in empty; name flow files, or set MCS_FLOWS\n"


LINKED = """\
flow: linked
nodes:
  tick: {type: inject, with: {payload: 1}, to: away}
  away: {type: link-out, with: {to: hall/entry}}
"""
HALL = "flow: hall\nnodes: {entry: {type: link-in, to: show}, show: {type: debug}}\n"


def test_check_of_one_flow_knows_those_beside_it(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """A link to one of them is good; what is wrong with them is told where they are checked."""
    (folder / "linked.yaml").write_text(LINKED)
    assert main(["check", "linked.yaml"]) == 0
    assert "there is no flow `hall`" in capsys.readouterr().out
    (folder / "hall.yaml").write_text(HALL)
    assert main(["check", "linked.yaml"]) == 0
    assert capsys.readouterr().out == "1 flow, 0 errors, 0 warnings\n"


def test_check_tells_of_one_name_in_two_files(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "flows" / "other.yaml").write_text(GOOD)
    assert main(["check"]) == 1
    assert "flows/other.yaml:1: flow: the flow `good` is also in flows/good.yaml:1" in capsys.readouterr().out


def test_check_lists_problems_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "bad.yaml", "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["path"], first["line"], first["node"], first["field"]) == ("bad.yaml", 3, "tick", "type")
    assert (first["message"], first["hint"]) == ("there is no node type `injekt`", "did you mean `inject`?")
    assert (second["line"], second["node"], second["field"], second["severity"]) == (4, "show", "with.bogus", "error")


def test_a_node_whose_type_is_not_written_yet_is_one_problem(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "half.yaml").write_text("flow: half\nnodes:\n  tick: {type: , to: show}\n  show: {type: debug}\n")
    assert main(["check", "half.yaml"]) == 1
    first, summary = capsys.readouterr().out.splitlines()
    assert first.startswith("half.yaml:3: node tick, type: wants a text, here is nothing")
    assert summary == "1 flow, 1 error, 0 warnings"


def test_new_node_takes_no_name_that_is_taken(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["new-node", "switch", "--folder", "mine"]) == 1
    assert capsys.readouterr().err == (
        "mcs: there is a node type switch already; choose another name: two nodes can't share one\n"
    )
    assert not (folder / "mine").exists()


def test_show_draws_the_flow_as_text_and_for_graphviz(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "flows/good.yaml"]) == 0
    assert "tick [inject]  payload=1\n      → show" in capsys.readouterr().out
    assert main(["show", "--dot", "flows/good.yaml"]) == 0
    assert '"tick" -> "show";' in capsys.readouterr().out


def test_fmt_tells_what_it_would_change_and_changes_it(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    file = folder / "flows" / "good.yaml"
    file.write_text(GOOD.replace("  show", "  # the end\n  show"))
    before = file.read_bytes()
    changes = main(["fmt", "--check", str(file)])
    assert file.read_bytes() == before
    assert main(["fmt", str(file)]) == 0
    assert main(["fmt", "--check", str(file)]) == 0
    assert "# the end" in file.read_text()
    assert changes == (file.read_bytes() != before)
    capsys.readouterr()


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "show", "fmt"):
        assert main([command, "nowhere.yaml"]) == 1
        told = capsys.readouterr()
        assert "nowhere.yaml" in told.out + told.err
        assert "Traceback" not in told.err

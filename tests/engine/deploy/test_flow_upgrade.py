"""Upgrades of shipped flows: what the site has edited stays, what is new comes in, and where both changed the same it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main
from engine.core.errors import SetupError
from engine.deploy.flow_upgrade import Step, apply_upgrade, format_steps, plan_upgrade

SHIPPED = """# as shipped
flow: f
nodes:
  tick: {type: inject, with: {payload: 1, every_s: 60}, to: scale}
  scale: {type: range, with: {from: [0, 1], to: [0, 10]}, to: show}   # by ten
  show: {type: debug}
"""
RENEWED = SHIPPED.replace("every_s: 60", "every_s: 30")
EDITED = SHIPPED.replace("to: [0, 10]", "to: [0, 99]").replace("# by ten", "# our own factor")


class Flows:
    """A folder with what is shipped, and one of the site."""

    def __init__(self, folder: Path) -> None:
        self.shipped, self.site = folder / "shipped", folder / "site"
        self.shipped.mkdir()
        self.site.mkdir()

    def ship(self, text: str, name: str = "f.yaml") -> None:
        (self.shipped / name).write_text(text)

    def edit(self, text: str, name: str = "f.yaml") -> None:
        (self.site / name).write_text(text)

    def text(self, name: str = "f.yaml") -> str:
        return (self.site / name).read_text()

    def plan(self, **options: object) -> list[Step]:
        return plan_upgrade(self.shipped, self.site, lambda flow: [], **options)  # type: ignore[arg-type]

    def upgrade(self, **options: object) -> Step:
        steps = self.plan(**options)
        apply_upgrade(steps, self.site)
        return steps[0]


@pytest.fixture
def flows(tmp_path: Path) -> Flows:
    """A site that runs what was shipped."""
    flows = Flows(tmp_path)
    flows.ship(SHIPPED)
    assert flows.upgrade().action == "new"
    return flows


def test_untouched_flow_becomes_the_new_one(flows: Flows) -> None:
    flows.ship(RENEWED)
    assert flows.upgrade().action == "renewed"
    assert flows.text() == RENEWED


def test_edits_of_both_sides_come_together_and_the_sites_comments_stay(flows: Flows) -> None:
    flows.edit(EDITED)
    flows.ship(RENEWED)
    assert flows.upgrade().action == "merged"
    assert flows.text() == EDITED.replace("every_s: 60", "every_s: 30")
    assert (flows.site / ".shipped" / "before" / "f.yaml").read_text() == EDITED


def test_merge_happens_once_and_the_next_upgrade_starts_from_there(flows: Flows) -> None:
    flows.edit(EDITED)
    flows.ship(RENEWED)
    flows.upgrade()
    assert flows.upgrade().action == "kept"
    flows.ship(RENEWED.replace("payload: 1", "payload: 2"))
    flows.upgrade()
    assert "payload: 2, every_s: 30" in flows.text()
    assert "to: [0, 99]" in flows.text()


def test_conflict_is_shown_and_nothing_is_written(flows: Flows) -> None:
    flows.edit(EDITED)
    flows.ship(SHIPPED.replace("to: [0, 10]", "to: [0, 50]"))
    step = flows.upgrade()
    assert (step.action, step.settled, flows.text()) == ("conflict", False, EDITED)
    shown = format_steps([step])
    assert "node scale, with.to" in shown
    assert [line.split(None, 1) for line in shown.splitlines()[-3:]] == [
        ["was", "[0,10]"],
        ["here", "[0,99]"],
        ["shipped", "[0,50]"],
    ]


@pytest.mark.parametrize(("keep", "kept"), [("mine", "[0, 99]"), ("theirs", "[0, 50]")])
def test_conflict_is_settled_by_choosing_a_side_and_the_rest_is_merged(flows: Flows, keep: str, kept: str) -> None:
    flows.edit(EDITED)
    flows.ship(RENEWED.replace("to: [0, 10]", "to: [0, 50]"))
    assert flows.upgrade(keep=keep).action == "merged"
    assert f"to: {kept}" in flows.text()
    assert "every_s: 30" in flows.text()


def test_flow_removed_on_the_site_is_not_put_back(flows: Flows) -> None:
    (flows.site / "f.yaml").unlink()
    flows.ship(RENEWED)
    assert flows.upgrade().action == "removed"
    assert flows.upgrade().action == "removed"
    assert not (flows.site / "f.yaml").exists()


def test_edited_flow_of_unknown_origin_is_asked_about(tmp_path: Path) -> None:
    flows = Flows(tmp_path)
    flows.ship(RENEWED)
    flows.edit(EDITED)
    assert flows.upgrade().action == "conflict"
    assert flows.text() == EDITED
    assert flows.upgrade(keep="mine").action == "kept"
    assert flows.upgrade().action == "kept"


def test_merge_that_would_not_run_is_told_and_not_written(flows: Flows) -> None:
    flows.edit(SHIPPED.replace("  show: {type: debug}", "  show: {type: debug}\n  more: {type: nowhere-known}"))
    before = flows.text()
    flows.ship(RENEWED)
    assert main(["upgrade-flows", "--from", str(flows.shipped), "--into", str(flows.site), "--write"]) == 1
    assert flows.text() == before


def test_unreadable_flow_of_the_site_is_reported(flows: Flows) -> None:
    flows.edit("flow: f\nnodes: [\n")
    flows.ship(RENEWED)
    step = flows.upgrade()
    assert (step.action, flows.text()) == ("broken", "flow: f\nnodes: [\n")


def test_tests_of_a_flow_are_renewed_with_it_unless_edited(flows: Flows) -> None:
    flows.ship("cases: []\n", "f_test.yaml")
    flows.upgrade()
    flows.ship("cases: [1]\n", "f_test.yaml")
    assert {step.file: step.action for step in flows.plan()} == {"f.yaml": "same", "f_test.yaml": "renewed"}
    flows.edit("cases: [2]\n", "f_test.yaml")
    assert flows.plan()[1].action == "conflict"


def test_command_shows_first_and_writes_when_told(flows: Flows, capsys: pytest.CaptureFixture[str]) -> None:
    flows.ship(RENEWED)
    command = ["upgrade-flows", "--from", str(flows.shipped), "--into", str(flows.site)]
    assert main(command) == 0
    assert flows.text() == SHIPPED
    assert "nothing was written" in capsys.readouterr().out
    assert main([*command, "--write"]) == 0
    assert flows.text() == RENEWED
    assert main([*command, "--from", "/nowhere"]) == 1
    assert "/nowhere is no folder; name the folder" in capsys.readouterr().err


def test_flow_that_is_not_shipped_is_reported(flows: Flows) -> None:
    with pytest.raises(SetupError, match="no flow archiv is shipped"):
        plan_upgrade(flows.shipped, flows.site, lambda flow: [], only=["archiv"])

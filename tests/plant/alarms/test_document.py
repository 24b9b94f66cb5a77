"""docs/alarms.md says what the code does: its tables are read and compared."""

from __future__ import annotations

from pathlib import Path

from engine.catalogue.node_types import Catalogue
from engine.pack import discover_packs
from plant.alarms.conditions import Policy
from plant.alarms.kinds import KINDS
from plant.alarms.states import STEPS

TEXT = Path("docs/alarms.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    part = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert rows
    return rows


def test_every_step_is_in_the_document_as_it_is_in_the_code():
    written = {(state, trigger): tuple(rest) for state, trigger, *rest in table("Steps")}
    assert written == {key: (step.to, step.event, step.notify) for key, step in STEPS.items()}


def test_every_type_is_in_the_document_with_its_priority_and_name():
    assert [row[:3] for row in table("Types")] == [[kind.type, kind.priority, kind.zh] for kind in KINDS.values()]


def test_every_time_is_in_the_document_with_the_default_of_policy_and_node():
    fields = Catalogue(discover_packs()).types["alarm"].schema["properties"]
    policy = Policy()
    for name, default, _ in table("Times"):
        assert float(default) == getattr(policy, name) == fields[name]["default"]

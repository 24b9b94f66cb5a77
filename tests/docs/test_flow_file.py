"""The examples of docs/flow-file.md are flows that pass every check, and its tables name every key."""

from __future__ import annotations

import re
from pathlib import Path

from engine.catalogue.node_types import Catalogue
from engine.flow.check.check import check_flow
from engine.flow.references import References
from engine.flow.yaml.flow_reader import FLOW_KEYS, NODE_KEYS
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs

TEXT = Path("docs/flow-file.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
USES_IT = "flow: uses\nnodes:\n  begin: {type: inject, to: cal}\n  cal: {type: subflow/calibrate, with: {factor: 2}}\n"


def problems_of(text: str) -> list[str]:
    flow, problems = read_flow(text, "example.yaml")
    assert flow is not None, [str(problem) for problem in problems]
    catalogue = Catalogue(discover_packs())
    return [
        str(problem)
        for problem in [*problems, *check_flow(flow, catalogue, References(brokers={"site": "mqtt://x"}))[1]]
    ]


def test_example_flow_passes_every_check() -> None:
    assert problems_of(BLOCKS[0]) == []


def test_example_subflow_passes_every_check_where_it_is_used() -> None:
    assert problems_of(USES_IT + BLOCKS[1]) == []


def test_every_key_of_a_flow_and_of_a_node_is_in_a_table() -> None:
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`[^|]+) \|", TEXT, re.M))))
    assert told >= {*FLOW_KEYS, *NODE_KEYS}

"""Which node is which after an edit; the editor answers the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.flow.changes.node_renames import node_renames
from engine.flow.yaml.operations import Operation

CASES = json.loads((Path(__file__).parents[3] / "shared" / "renames.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_nodes_that_were_renamed_are_told_by_the_ids_they_had(case: dict[str, Any]):
    assert node_renames(msgspec.convert(case["operations"], list[Operation])) == case["renames"]

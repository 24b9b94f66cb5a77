"""What the server answers to the cases that the editor's canvas answers as well; see tests/shared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.node import Port
from engine.flow.check.compatibility import incompatibility, payloads_compatible
from tests.engine.flow.canvas.canvas import after, faults, model_json, running_wires, text_of
from tests.engine.flow.canvas.palette import PAYLOADS, SHARED, palette_text

Case = dict[str, Any]


def cases(name: str) -> Any:
    """A test for each case of a file."""
    found = json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in found])


def test_shared_palette_is_what_the_server_tells() -> None:
    assert (SHARED / "palette.json").read_text(encoding="utf-8") == palette_text()


@cases("compatible")
def test_compatible(case: Case) -> None:
    source, target = (Port("port", PAYLOADS[payload], unit) for payload, unit in (case["output"], case["input"]))
    refused = incompatibility(source, target) is not None
    payload_refused = not payloads_compatible(source.payload, target.payload)
    assert ("payload" if payload_refused else "unit" if refused else None) == case["answer"]


@cases("wire")
def test_wire(case: Case) -> None:
    flow = text_of(case["flow"]).flow
    assert not faults(flow)
    text = after(case["flow"], case["answer"]["operations"])
    assert text is not None
    assert (faults(text.flow) == []) == (case["answer"]["why"] is None)


@cases("wires")
def test_wires(case: Case) -> None:
    assert running_wires(text_of(case["flow"]).flow) == [tuple(wire) for wire in case["answer"]]


@cases("apply")
def test_apply(case: Case) -> None:
    text = after(case["flow"], case["operations"])
    assert text is not None
    assert model_json(text.flow) == model_json(text_of(case["comes_to"]).flow)

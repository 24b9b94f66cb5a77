"""A comment has no ports."""

import pytest

from engine.catalogue.node_types import Catalogue
from engine.flow.problem import FlowError
from engine.testing import FlowHarness
from nodes import pack

TEXT = "flow: f\nnodes:\n  in: {type: inject%s}\n  note: {type: comment, with: {text: why}}\n"


async def test_a_comment_stands_in_a_flow_without_a_wire():
    async with FlowHarness(TEXT % "", catalogue=Catalogue([pack])) as running:
        assert running.run.nodes["note"].planned.ports == ()


async def test_a_wire_to_a_comment_is_refused():
    with pytest.raises(FlowError):
        await FlowHarness(TEXT % ", to: note", catalogue=Catalogue([pack])).__aenter__()

"""The door for nodes and packs: what was written against an older version goes on working, and says what to write now."""

from __future__ import annotations

from typing import ClassVar

import pytest

import engine.api
from engine.api import Message, Node, Pack, field, node
from engine.catalogue.node_types import Catalogue
from engine.testing import FlowHarness
from tests.engine.runtime.fixture_nodes import Raise, Sink


@pytest.mark.parametrize(("old", "new"), sorted(engine.api._RENAMED.items()))
def test_old_name_is_the_new_thing_and_its_warning_names_it(old: str, new: str):
    with pytest.warns(FutureWarning, match=rf"{old} is now {new}"):
        assert getattr(engine.api, old) is getattr(engine.api, new)


def test_old_attribute_of_a_batch_node_still_sets_how_long_it_lingers():
    with pytest.warns(FutureWarning, match="gather_s is now linger_s"):

        @node(category="test")
        class Old(Node):
            gather_s = 0.2  # type: ignore[misc]

    assert Old.linger_s == 0.2


async def test_a_node_that_listens_without_being_a_listener_still_hears():
    with pytest.warns(FutureWarning, match="OldCatch.listens: derive the class from engine.api.Listener"):

        @node(category="test")
        class OldCatch(Node):
            listens: ClassVar[str] = "errors"
            inputs = ()
            scope: list[str] = field(default_factory=list)

            def process(self, msg: Message) -> Message:
                return msg

    catalogue = Catalogue([Pack(name="old", nodes=[OldCatch]), Pack(name="test", nodes=[Raise, Sink])])
    body = "  bad: {type: raise}\n  c: {type: old-catch, with: {scope: [bad]}, to: end}\n  end: {type: sink}\n"
    async with FlowHarness(f"flow: f\nnodes:\n{body}", catalogue=catalogue) as flow:
        await flow.give("bad", 1)
        assert flow.run.nodes["end"].instance.got == [1]  # type: ignore[attr-defined]


def test_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'Refuse'"):
        engine.api.Refuse  # noqa: B018

"""The door for nodes and packs: what was written against an older version goes on working, and says what to write now."""

from __future__ import annotations

import pytest

import engine.api
from engine.api import Node, node


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


def test_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="no attribute 'Refuse'"):
        engine.api.Refuse  # noqa: B018

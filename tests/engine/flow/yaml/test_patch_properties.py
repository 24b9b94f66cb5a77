"""What holds for every edit of every flow file."""

from copy import deepcopy
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.flow.model import Flow, Target
from engine.flow.yaml.format import formatted
from engine.flow.yaml.operations import AddNode, ChangeNode, Operation, RemoveNode, RenameNode, SetLayout
from engine.flow.yaml.patch import FlowText
from engine.flow.yaml.read import read_flow
from tests.engine.flow.flow_texts import flow_texts

many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(["on", "1:20", "a\nb\n", "", "{x", "010"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc甲 :#", min_size=1, max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def read(text: str) -> Flow:
    flow, problems = read_flow(text)
    assert flow is not None
    assert [problem for problem in problems if problem.severity == "error"] == []
    return flow


@many
@given(flow_texts(), values, st.data())
def test_changed_field_is_all_that_changes_in_the_flow(
    made: tuple[str, list[str]], value: Any, data: st.DataObject
) -> None:
    text, names = made
    node, field = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(["f0", "f1", "f2", "new"]))
    before = read(text)
    after = read(FlowText(text).apply([ChangeNode(id=node, set={field: value})]))
    spec = before.nodes[node]
    wanted = msgspec.structs.replace(spec, with_={**spec.with_, field: value})
    assert after == msgspec.structs.replace(before, nodes={**before.nodes, node: wanted})
    assert msgspec.json.encode(after.nodes[node].with_[field]) == msgspec.json.encode(value)


@many
@given(flow_texts(), st.data())
def test_removed_node_takes_its_wires_place_and_membership(made: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = made
    node = data.draw(st.sampled_from(names))
    before, after = read(text), read(FlowText(text).apply([RemoveNode(id=node)]))
    nodes = {}
    for name, spec in before.nodes.items():
        to = {port: tuple(end for end in ends if end.node != node) for port, ends in spec.to.items()}
        nodes[name] = msgspec.structs.replace(spec, to={port: ends for port, ends in to.items() if ends})
    del nodes[node]
    assert after.nodes == nodes
    assert after.layout == {name: at for name, at in before.layout.items() if name != node}
    assert all(node not in group.members for group in after.groups.values())
    assert after.on_error == (None if before.on_error == Target(node) else before.on_error)


@many
@given(flow_texts(), st.data())
def test_renamed_node_there_and_back_gives_the_same_bytes(made: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = made
    node = data.draw(st.sampled_from(names))
    editing = FlowText(text)
    editing.apply([RenameNode(id=node, to="renamed")])
    assert "renamed" in editing.flow.nodes
    assert node not in editing.flow.nodes
    assert editing.apply([RenameNode(id="renamed", to=node)]) == text


@many
@given(flow_texts(), st.dictionaries(st.text("abc", min_size=1), values, max_size=3), st.data())
def test_added_then_removed_node_gives_the_same_bytes(
    made: tuple[str, list[str]], fields: dict[str, Any], data: st.DataObject
) -> None:
    text, names = made
    after = data.draw(st.sampled_from(["", *names]))
    editing = FlowText(text)
    added = editing.apply([AddNode(id="fresh", type="t", with_=fields, to=names[0], after=after, at=(1, 2))])
    assert [line for line in text.splitlines() if line not in added.splitlines()] == []
    assert editing.apply([RemoveNode(id="fresh")]) == text


@many
@given(flow_texts(), st.data())
def test_move_touches_lines_of_the_layout_only(made: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = made
    moved = data.draw(st.dictionaries(st.sampled_from(names), st.tuples(st.integers(), st.integers()), min_size=1)
                      .map(lambda found: {name: (x % 1000, y % 1000) for name, (x, y) in found.items()}))  # fmt: skip
    after = FlowText(text).apply([SetLayout(positions=moved)])
    nodes, changed = text.partition("layout:")[0], after.partition("layout:")[0]
    assert changed.startswith(nodes.rstrip("\r\n").partition("groups:")[0].rstrip("\r\n"))
    assert read(after).layout == {**read(text).layout, **moved}


@many
@given(flow_texts(), st.data())
def test_a_batch_is_its_operations_one_by_one(made: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = made
    node = data.draw(st.sampled_from(names))
    operations: list[Operation] = [
        AddNode(id="fresh", type="t", to=node),
        RenameNode(id=node, to="other"),
        ChangeNode(id="other", set={"f0": [1]}, title={"zh": "标题"}),
        RenameNode(id="other", to="third"),
        SetLayout(positions={"third": (3, 4)}),
        RemoveNode(id="fresh"),
    ]
    one_by_one = FlowText(text)
    for operation in deepcopy(operations):
        one_by_one.apply([operation])
    assert read(FlowText(text).apply(operations)) == one_by_one.flow


@many
@given(flow_texts())
def test_canonical_form_keeps_the_flow_and_is_stable(made: tuple[str, list[str]]) -> None:
    once = formatted(made[0])
    assert read(once) == read(made[0])
    assert formatted(once) == once

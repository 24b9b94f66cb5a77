"""Three-way merges of two people's edits, and the edit script that brings one flow to another."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.flow.changes.edit_script import operations_between
from engine.flow.changes.merge import Conflict, Side, merge_flows
from engine.flow.model import Flow, Group
from engine.flow.yaml.patch import FlowText
from tests.engine.flow.flow_texts import flow_texts

BASE = """flow: t
nodes:
  feed: {type: feed, to: a}   # where it begins
  a: {type: scale, with: {factor: 2, window: 5}, to: s}
  b: {type: strict}
  s: {type: sink}
"""


def flow(text: str) -> Flow:
    return FlowText(text).flow


def merged_text(mine: str, theirs: str) -> str:
    """Theirs after a merge without conflicts."""
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert merged.conflicts == []
    text = FlowText(theirs)
    text.apply(merged.operations)
    assert text.flow == merged.flow
    return text.text


def test_edits_of_different_fields_come_together() -> None:
    mine, theirs = BASE.replace("factor: 2", "factor: 3"), BASE.replace("window: 5", "window: 6")
    assert merged_text(mine, theirs) == BASE.replace("factor: 2, window: 5", "factor: 3, window: 6")


def test_wires_of_both_are_kept() -> None:
    mine, theirs = BASE.replace("to: s}", "to: [s, b]}"), BASE.replace("to: s}", "to: [s, feed]}")
    assert "to: [s, feed, b]}" in merged_text(mine, theirs)


def test_wire_removed_by_one_stays_removed() -> None:
    mine, theirs = BASE.replace(", to: s}", "}"), BASE.replace("factor: 2", "factor: 3")
    assert "factor: 3, window: 5}}" in merged_text(mine, theirs)


def test_node_of_mine_stands_after_the_one_it_stood_after() -> None:
    mine = BASE.replace("  b:", "  new: {type: strict, to: s}\n  b:")
    assert list(flow(merged_text(mine, BASE.replace("factor: 2", "factor: 3"))).nodes) == ["feed", "a", "new", "b", "s"]


def test_node_removed_by_me_and_untouched_by_them_goes() -> None:
    mine = BASE.replace("  b: {type: strict}\n", "")
    assert "b" not in flow(merged_text(mine, BASE.replace("factor: 2", "factor: 3"))).nodes


def test_same_edit_twice_is_no_conflict() -> None:
    edited = BASE.replace("factor: 2", "factor: 3")
    assert merged_text(edited, edited) == edited


def test_field_that_both_changed_is_a_conflict_and_theirs_until_chosen() -> None:
    sides = flow(BASE), flow(BASE.replace("factor: 2", "factor: 3")), flow(BASE.replace("factor: 2", "factor: 4"))
    merged = merge_flows(*sides)
    assert merged.conflicts == [Conflict(node="a", field="with.factor", base=2, mine=3, theirs=4)]
    assert merged.flow.nodes["a"].with_["factor"] == 4
    chosen = merge_flows(*sides, {("a", "with.factor"): "mine"})
    assert chosen.conflicts == []
    assert chosen.flow.nodes["a"].with_["factor"] == 3


def test_node_removed_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    mine, theirs = (
        BASE.replace("  b: {type: strict}\n", ""),
        BASE.replace("{type: strict}", "{type: strict, with: {name: x}}"),
    )
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert [conflict.as_json() for conflict in merged.conflicts] == [
        {"node": "b", "field": "", "base": {"type": "strict"}, "theirs": {"type": "strict", "with": {"name": "x"}}}
    ]
    assert "b" in merged.flow.nodes
    assert "b" not in merge_flows(flow(BASE), flow(mine), flow(theirs), {("b", ""): "mine"}).flow.nodes


def test_new_wire_to_a_node_that_the_other_removed_is_a_conflict() -> None:
    mine, theirs = BASE.replace("to: s}", "to: [s, b]}"), BASE.replace("  b: {type: strict}\n", "")
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert [(conflict.node, conflict.field) for conflict in merged.conflicts] == [("b", "")]
    assert merged.flow == flow(theirs)
    kept = merge_flows(flow(BASE), flow(mine), flow(theirs), {("b", ""): "mine"}).flow
    assert [str(end) for end in kept.nodes["a"].to[""]] == ["s", "b"]


def test_two_types_for_one_node_are_one_conflict() -> None:
    mine, theirs = (
        BASE.replace("b: {type: strict}", "b: {type: later}"),
        BASE.replace("b: {type: strict}", "b: {type: ask}"),
    )
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert merged.conflicts == [Conflict(node="b", field="type", base="strict", mine="later", theirs="ask")]


def test_wires_with_and_without_port_names_are_asked_about() -> None:
    mine, theirs = BASE.replace("to: s}", "to: {out: b}}"), BASE.replace("to: s}", "to: [s, b]}")
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert [(conflict.node, conflict.field) for conflict in merged.conflicts] == [("a", "to")]


def test_edits_inside_one_subflow_come_together() -> None:
    base = (
        BASE
        + "subflows:\n  cal:\n    inputs: {in: x}\n    nodes:\n      x: {type: scale, with: {factor: 1, window: 2}}\n"
    )
    mine, theirs = base.replace("factor: 1", "factor: 9"), base.replace("window: 2", "window: 8")
    merged = merge_flows(flow(base), flow(mine), flow(theirs))
    assert merged.conflicts == []
    text = FlowText(theirs)
    assert "x: {type: scale, with: {factor: 9, window: 8}}" in text.apply(merged.operations)


def test_position_of_mine_wins() -> None:
    mine, theirs = BASE + "layout: {a: [1, 1]}\n", BASE + "layout: {a: [2, 2], b: [3, 3]}\n"
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert merged.conflicts == []
    assert merged.flow.layout == {"a": (1, 1), "b": (3, 3)}


def test_member_that_the_other_removed_leaves_the_group() -> None:
    base = BASE + "groups: {g: {members: [a, b]}}\n"
    mine = base.replace("members: [a, b]", "title: Hall, members: [a, b]")
    theirs = base.replace("  b: {type: strict}\n", "").replace("[a, b]", "[a]")
    merged = merge_flows(flow(base), flow(mine), flow(theirs))
    assert merged.conflicts == []
    assert merged.flow.groups["g"] == Group(title="Hall", members=("a",))


def test_node_that_both_have_moved_is_in_my_group() -> None:
    base = BASE + "groups:\n  g: {members: [a]}\n  h: {}\n  i: {}\n"
    mine = base.replace("g: {members: [a]}", "g: {}").replace("h: {}", "h: {members: [a]}")
    theirs = base.replace("g: {members: [a]}", "g: {}").replace("i: {}", "i: {members: [a]}")
    merged = merge_flows(flow(base), flow(mine), flow(theirs))
    assert {name: group.members for name, group in merged.flow.groups.items()} == {"g": (), "h": ("a",), "i": ()}


def test_node_that_one_made_the_place_for_errors_and_the_other_removed_is_a_conflict() -> None:
    mine, theirs = BASE + "on_error: b\n", BASE.replace("  b: {type: strict}\n", "")
    merged = merge_flows(flow(BASE), flow(mine), flow(theirs))
    assert [(conflict.node, conflict.field) for conflict in merged.conflicts] == [("b", "")]
    assert merged.flow == flow(theirs)
    assert str(merge_flows(flow(BASE), flow(mine), flow(theirs), {("b", ""): "mine"}).flow.on_error) == "b"


def test_place_for_errors_goes_with_its_node() -> None:
    base = BASE + "on_error: b\n"
    theirs = base.replace("  b: {type: strict}\n", "").replace("on_error: b\n", "")
    merged = merge_flows(flow(base), flow(base.replace("factor: 2", "factor: 3")), flow(theirs))
    assert merged.conflicts == []
    assert merged.flow.on_error is None


def test_disabled_end_of_a_subflows_port_stays_disabled() -> None:
    base = flow(BASE)
    new = flow(
        BASE + "subflows:\n  cal:\n    inputs: {in: {node: x, disabled: true}}\n    nodes:\n      x: {type: strict}\n"
    )
    text = FlowText(BASE)
    text.apply(operations_between(base, new))
    assert text.flow == new


def test_subflow_that_one_removed_and_the_other_uses_stays() -> None:
    base = BASE + "subflows:\n  cal:\n    inputs: {in: x}\n    nodes:\n      x: {type: strict}\n"
    theirs = base.replace("  b: {type: strict}", "  b: {type: strict}\n  c: {type: subflow/cal}")
    merged = merge_flows(flow(base), flow(BASE), flow(theirs))
    assert merged.flow == flow(theirs)


@settings(max_examples=30)
@given(flow_texts(), flow_texts())
def test_edit_script_makes_one_flow_into_another(one: tuple[str, list[str]], other: tuple[str, list[str]]) -> None:
    text, wanted = FlowText(one[0]), flow(other[0])
    text.apply(operations_between(text.flow, wanted))
    assert text.flow == wanted
    assert operations_between(text.flow, wanted) == []


@settings(max_examples=30)
@given(flow_texts(), flow_texts(), flow_texts())
def test_operations_of_a_merge_make_theirs_into_the_merged_flow(
    base: tuple[str, list[str]], mine: tuple[str, list[str]], theirs: tuple[str, list[str]]
) -> None:
    text = FlowText(theirs[0])
    merged = merge_flows(flow(base[0]), flow(mine[0]), text.flow)
    text.apply(merged.operations)
    assert text.flow == merged.flow


@settings(max_examples=30)
@given(flow_texts(), flow_texts())
def test_merge_with_an_unchanged_side_is_the_other_side(
    base: tuple[str, list[str]], edited: tuple[str, list[str]]
) -> None:
    was, now = flow(base[0]), flow(edited[0])
    assert merge_flows(was, was, now).operations == []
    merged = merge_flows(was, now, was)
    assert merged.conflicts == []
    assert merged.flow == now


@st.composite
def small_flows(draw: st.DrawFn) -> str:
    """Flows of few names, so that edits meet: nodes, groups, a place for errors, and subflows with ports and groups of their own."""

    def some(names: list[str]) -> list[str]:
        return draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names))) if names else []

    def grouped(names: list[str]) -> list[str]:
        first = some(names)
        rest = some([name for name in names if name not in first])
        groups = [f"g: {{members: [{', '.join(first)}]}}", f"h: {{colour: red, members: [{', '.join(rest)}]}}"]
        return [f"groups: {{{', '.join(draw(st.lists(st.sampled_from(groups), unique=True, min_size=1)))}}}"]

    def nodes(names: list[str], types: list[str]) -> list[str]:
        return [
            f"{name}: {{type: {draw(st.sampled_from(types))}, with: {{f: {draw(st.integers(1, 2))}}}, to: [{', '.join(some(names))}]}}"
            for name in names
        ]

    subflows = some(["s", "t"])
    names = some(["a", "b", "c"]) or ["a"]
    lines = [
        "flow: f",
        "nodes:",
        *("  " + line for line in nodes(names, ["sink", *(f"subflow/{one}" for one in subflows)])),
    ]
    lines += grouped(names) if draw(st.booleans()) else []
    lines += [f"on_error: {draw(st.sampled_from(names))}"] if draw(st.booleans()) else []
    lines += ["subflows:"] if subflows else []
    for subflow in subflows:
        inner = some(["x", "y"]) or ["y"]
        lines += [
            f"  {subflow}:",
            f"    inputs: {{in: [{', '.join(some(inner))}]}}",
            f"    outputs: {{out: [{', '.join(some(inner))}]}}",
        ]
        lines += ["    nodes:", *("      " + line for line in nodes(inner, ["sink"]))]
        lines += ["    " + line for line in grouped(inner)] if draw(st.booleans()) else []
    return "\n".join(lines) + "\n"


@settings(max_examples=60)
@given(small_flows(), small_flows(), small_flows(), st.sampled_from(["mine", "theirs"]))
def test_merge_can_always_be_written_whichever_side_is_chosen(base: str, mine: str, theirs: str, side: Side) -> None:
    """No name leads nowhere and no node is in two groups. An answer that keeps a node may raise the question of its wires."""
    sides, choices = (flow(base), flow(mine), flow(theirs)), {}
    merged = merge_flows(*sides)
    while merged.conflicts:
        asked = {(conflict.node, conflict.field): side for conflict in merged.conflicts}
        assert choices.keys().isdisjoint(asked)
        choices |= asked
        merged = merge_flows(*sides, choices)
    text = FlowText(theirs)
    text.apply(merged.operations)
    assert text.flow == merged.flow
    assert text.problems == []

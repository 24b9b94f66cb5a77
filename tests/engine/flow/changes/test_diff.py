"""Differences of two flows, told by node and field, and what a deploy restarts."""

from __future__ import annotations

from engine.flow.changes.diff import diff_flows
from tests.engine.flow.typed_nodes import flow_of

NODES = "feed: {type: feed, to: a}\na: {type: scale, with: {factor: 2, active: true}, to: s}\ns: {type: sink}"
SUBFLOW = "subflows: {cal: {inputs: {in: x}, fields: {f: {type: number}}, nodes: {x: {type: scale, with: {factor: '${field:f}'}}}}}"


def test_equal_flows_differ_in_nothing() -> None:
    diff = diff_flows(flow_of(NODES), flow_of("# a comment\n" + NODES.replace("{type: sink}", "{ type: sink }")))
    assert not diff
    assert str(diff) == "no difference"


def test_changed_field_is_told_old_and_new_and_restarts_its_node() -> None:
    diff = diff_flows(flow_of(NODES), flow_of(NODES.replace("factor: 2, active: true", "factor: 3, mode: square")))
    assert str(diff) == (
        "~ a\n    with.factor: 2 → 3\n    with.active: true removed\n    with.mode: square added\nrestarts: a"
    )
    assert diff.as_json()["changed"] == {
        "a": [
            {"field": "with.factor", "old": 2, "new": 3},
            {"field": "with.active", "old": True},
            {"field": "with.mode", "new": "square"},
        ]
    }


def test_true_is_not_one() -> None:
    diff = diff_flows(flow_of(NODES), flow_of(NODES.replace("active: true", "active: 1")))
    assert [change.field for change in diff.changed["a"]] == ["with.active"]


def test_wires_titles_and_positions_restart_nothing() -> None:
    new = flow_of(NODES.replace("to: s}", "to: [s, {node: feed, disabled: true}], title: A}"), "layout: {s: [1, 2]}")
    diff = diff_flows(flow_of(NODES), new)
    assert [change.field for change in diff.rewired["a"]] == ["to"]
    assert [change.field for change in diff.changed["a"]] == ["title"]
    assert diff.moved == ("s",)
    assert diff.restarts == ()


def test_added_and_removed_nodes_start_and_stop() -> None:
    diff = diff_flows(flow_of(NODES), flow_of(NODES.replace("s:", "t:").replace("to: s", "to: t")))
    assert (diff.added, diff.removed) == (("t",), ("s",))
    assert (diff.restarts, diff.stops) == (("t",), ("s",))


def test_change_inside_a_subflow_restarts_it_wherever_it_is_used() -> None:
    nodes = "a: {type: subflow/cal, with: {f: 1}}\nb: {type: subflow/cal, with: {f: 2}}"
    diff = diff_flows(
        flow_of(nodes, SUBFLOW), flow_of(nodes, SUBFLOW.replace("'${field:f}'", "'${field:f}', active: false"))
    )
    assert list(diff.changed) == ["cal/x"]
    assert diff.restarts == ("a/x", "b/x")


def test_changed_field_of_one_use_restarts_that_use() -> None:
    nodes = "a: {type: subflow/cal, with: {f: 1}}\nb: {type: subflow/cal, with: {f: 2}}"
    assert diff_flows(flow_of(nodes, SUBFLOW), flow_of(nodes.replace("f: 2", "f: 3"), SUBFLOW)).restarts == ("b/x",)


def test_disabling_a_node_stops_it() -> None:
    assert diff_flows(flow_of(NODES), flow_of(NODES.replace("{type: sink}", "{type: sink, disabled: true}"))).stops == (
        "s",
    )


def test_what_stands_outside_of_nodes_is_told() -> None:
    diff = diff_flows(
        flow_of(NODES), flow_of(NODES, "on_error: s\ntitle: T\ngroups: {g: {members: [a]}}\nnotes: {n: {text: x}}")
    )
    assert [change.field for change in diff.flow] == ["title", "on_error", "groups.g", "notes.n"]

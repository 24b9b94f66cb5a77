"""Differences of two flows, told by node and field."""

from __future__ import annotations

import msgspec

from engine.flow.changes.diff import Change, FlowDiff, diff_flows
from tests.engine.flow.typed_nodes import flow_of

NODES = "feed: {type: feed, to: a}\na: {type: scale, with: {factor: 2, active: true}, to: s}\ns: {type: sink}"
SUBFLOW = "subflows: {cal: {inputs: {in: x}, fields: {f: {type: number}}, nodes: {x: {type: scale, with: {factor: '${field:f}'}}}}}"


def test_equal_flows_differ_in_nothing() -> None:
    diff = diff_flows(flow_of(NODES), flow_of("# a comment\n" + NODES.replace("{type: sink}", "{ type: sink }")))
    assert diff == FlowDiff()


def test_changed_field_is_told_old_and_new() -> None:
    diff = diff_flows(flow_of(NODES), flow_of(NODES.replace("factor: 2, active: true", "factor: 3, mode: square")))
    assert msgspec.to_builtins(diff)["changed"] == {
        "a": [
            {"field": "with.factor", "old": 2, "new": 3},
            {"field": "with.active", "old": True},
            {"field": "with.mode", "new": "square"},
        ]
    }


def test_true_is_not_one() -> None:
    diff = diff_flows(flow_of(NODES), flow_of(NODES.replace("active: true", "active: 1")))
    assert [change.field for change in diff.changed["a"]] == ["with.active"]


def test_wires_titles_and_positions_are_told_apart() -> None:
    new = flow_of(NODES.replace("to: s}", "to: [s, {node: feed, disabled: true}], title: A}"), "layout: {s: [1, 2]}")
    diff = diff_flows(flow_of(NODES), new)
    assert [change.field for change in diff.rewired["a"]] == ["to"]
    assert [change.field for change in diff.changed["a"]] == ["title"]
    assert diff.moved == ["s"]


def test_added_and_removed_nodes_are_named() -> None:
    diff = diff_flows(flow_of(NODES), flow_of(NODES.replace("s:", "t:").replace("to: s", "to: t")))
    assert (diff.added, diff.removed) == (["t"], ["s"])


def test_change_inside_a_subflow_is_told_once() -> None:
    nodes = "a: {type: subflow/cal, with: {f: 1}}\nb: {type: subflow/cal, with: {f: 2}}"
    inside = SUBFLOW.replace("'${field:f}'", "'${field:f}', active: false")
    assert list(diff_flows(flow_of(nodes, SUBFLOW), flow_of(nodes, inside)).changed) == ["cal/x"]


def test_disabled_end_of_a_subflows_port_is_reported() -> None:
    nodes = "a: {type: subflow/cal, with: {f: 1}}"
    disabled = SUBFLOW.replace("{in: x}", "{in: {node: x, disabled: true}}")
    assert diff_flows(flow_of(nodes, SUBFLOW), flow_of(nodes, disabled)).flow == [
        Change("subflows.cal.inputs.in", ["x"], [{"node": "x", "disabled": True}])
    ]


def test_what_stands_outside_of_nodes_is_reported() -> None:
    diff = diff_flows(
        flow_of(NODES), flow_of(NODES, "on_error: s\ntitle: T\ngroups: {g: {members: [a]}}\nnotes: {n: {text: x}}")
    )
    assert [change.field for change in diff.flow] == ["title", "on_error", "groups.g", "notes.n"]

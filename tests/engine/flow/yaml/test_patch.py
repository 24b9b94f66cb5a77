"""Editing the text of a flow file: the hunk that each edit makes, and what is refused."""

import difflib

import msgspec
import pytest

from engine.flow.problem import FlowError
from engine.flow.yaml.operations import (
    AddNode,
    AddWire,
    ChangeNode,
    ChangeWire,
    Operation,
    RemoveNode,
    RemoveWire,
    RenameNode,
    SetLayout,
)
from engine.flow.yaml.patch import FlowText

GAS = """\
# the site of hall 3
flow: gas
nodes:
  uplink:   # an id
    type: mqtt-in
    with: {topic: gas/+/data, qos: 1}   # the site's broker
    to: scale

  # what the handbook says
  scale:
    type: formula
    with:
      expression: 'k * v'   # linear
      floor: 0
    to: [store, {node: live, disabled: true}]
  store: {type: postgres-write}
  live:
    type: live
    to:
      bad: store.in   # keep
subflows:
  calibrate:
    inputs: {in: times}
    outputs: {out: times}
    nodes:
      times: {type: formula}
layout:
  uplink: [40, 80]
"""


def hunk(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_changed_field_keeps_quoting_order_and_comments() -> None:
    after = FlowText(GAS).apply([ChangeNode(id="scale", set={"expression": "k * v + b"})])
    assert hunk(GAS, after) == [
        "-      expression: 'k * v'   # linear",
        "+      expression: 'k * v + b'   # linear",
    ]


def test_text_that_was_empty_is_not_quoted_for_it() -> None:
    before = 'flow: f\nnodes:\n  a: {type: x, with: {topic: ""}}\n'
    after = FlowText(before).apply([ChangeNode(id="a", set={"topic": "site/a"})])
    assert after == before.replace('""', "site/a")


def test_field_is_added_in_the_style_of_its_neighbours() -> None:
    editing = FlowText(GAS)
    editing.apply([ChangeNode(id="scale", set={"result": "conc"})])
    after = editing.apply([ChangeNode(id="uplink", set={"retain": True})])
    assert hunk(GAS, after) == [
        "-    with: {topic: gas/+/data, qos: 1}   # the site's broker",
        "+    with: {topic: gas/+/data, qos: 1, retain: true}   # the site's broker",
        "+      result: conc",
    ]


def test_node_is_added_after_another_with_its_place() -> None:
    after = FlowText(GAS).apply([AddNode(id="keep", type="quarantine", to="store", after="store", at=(10.0, 20.5))])
    assert hunk(GAS, after) == ["+  keep:", "+    type: quarantine", "+    to: store", "+  keep: [10, 20.5]"]


def test_removed_node_takes_its_comment_and_wires_along() -> None:
    after = FlowText(GAS).apply([RemoveNode(id="scale")])
    assert hunk(GAS, after) == [
        "-    to: scale",
        "-  # what the handbook says",
        "-  scale:",
        "-    type: formula",
        "-    with:",
        "-      expression: 'k * v'   # linear",
        "-      floor: 0",
        "-    to: [store, {node: live, disabled: true}]",
    ]


def test_renamed_node_keeps_the_ports_of_its_wires() -> None:
    after = FlowText(GAS).apply([RenameNode(id="store", to="入库")])
    assert hunk(GAS, after) == [
        "-    to: [store, {node: live, disabled: true}]",
        "-  store: {type: postgres-write}",
        "+    to: [入库, {node: live, disabled: true}]",
        "+  入库: {type: postgres-write}",
        "-      bad: store.in   # keep",
        "+      bad: 入库.in   # keep",
    ]


def test_wire_added_and_removed_gives_the_same_bytes() -> None:
    editing = FlowText(GAS)
    assert "    to: [scale, store]\n" in editing.apply([AddWire(node="uplink", to="store")])
    assert editing.apply([RemoveWire(node="uplink", to="store")]) == GAS


def test_wire_is_enabled_and_disabled_in_place() -> None:
    after = FlowText(GAS).apply([
        ChangeWire(node="scale", to="live", disabled=False),
        ChangeWire(node="scale", to="store", disabled=True),
    ])  # fmt: skip
    assert "    to: [{node: store, disabled: true}, live]\n" in after


def test_wire_at_a_named_port_needs_the_name_of_the_first() -> None:
    with pytest.raises(FlowError, match="name the node's first output"):
        FlowText(GAS).apply([AddWire(node="uplink", to="store", port="error")])
    after = FlowText(GAS).apply([AddWire(node="uplink", to="store", port="error", first="out")])
    assert "    to: {out: scale, error: store}\n" in after


def test_node_inside_a_subflow_is_addressed_by_its_path() -> None:
    after = FlowText(GAS).apply([RenameNode(id="calibrate/times", to="product")])
    assert hunk(GAS, after) == [
        "-    inputs: {in: times}",
        "-    outputs: {out: times}",
        "+    inputs: {in: product}",
        "+    outputs: {out: product}",
        "-      times: {type: formula}",
        "+      product: {type: formula}",
    ]


ANCHORED = """\
flow: f
nodes:
  a: {type: t, with: &shared {x: 1}}
  b: {type: t, with: *shared}
  c: {type: t, with: *shared}
"""


def test_value_behind_an_alias_is_written_out_where_it_changes() -> None:
    after = FlowText(ANCHORED).apply([ChangeNode(id="b", set={"x": 2})])
    assert hunk(ANCHORED, after) == ["-  b: {type: t, with: *shared}", "+  b: {type: t, with: {x: 2}}"]


def test_anchor_whose_value_changes_moves_on_to_its_next_user() -> None:
    after = FlowText(ANCHORED).apply([ChangeNode(id="a", set={"x": 2})])
    assert after == ANCHORED.replace("&shared {x: 1}", "{x: 2}").replace(
        "b: {type: t, with: *", "b: {type: t, with: &"
    ).replace("&shared}", "&shared {x: 1}}")


def test_removed_owner_of_an_anchor_leaves_it_to_its_next_user() -> None:
    after = FlowText(ANCHORED).apply([RemoveNode(id="a")])
    assert "  b: {type: t, with: &shared {x: 1}}\n  c: {type: t, with: *shared}\n" in after


def test_batch_with_one_impossible_operation_changes_nothing() -> None:
    editing = FlowText(GAS, "flows/gas.yaml")
    operations: list[Operation] = [ChangeNode(id="scale", disabled=True), AddWire(node="scale", to="stroe")]
    with pytest.raises(FlowError) as raised:
        editing.apply(operations)
    assert editing.text == GAS
    assert str(raised.value) == "flows/gas.yaml:15: node scale, to: there is no node `stroe` — did you mean `store`?"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**63, {"a": float("-inf")}, ["\ud800"], {1: 2}, b"x"])
def test_value_that_no_file_can_hold_is_refused(value: object) -> None:
    with pytest.raises(FlowError, match="can't be written"):
        FlowText(GAS).apply([ChangeNode(id="scale", set={"floor": value})])


def test_edit_that_would_spoil_the_flow_is_refused() -> None:
    with pytest.raises(FlowError, match="can't be a node type"):
        FlowText(GAS).apply([ChangeNode(id="scale", type="No Type")])


def test_text_that_says_things_twice_is_not_edited() -> None:
    with pytest.raises(FlowError, match="here twice"):
        FlowText("flow: f\nflow: g\nnodes: {}\n")


def test_flow_with_a_fault_of_form_can_be_mended() -> None:
    after = FlowText("flow: f\nnodes:\n  a: {to: []}\n").apply([ChangeNode(id="a", type="switch")])
    assert after == "flow: f\nnodes:\n  a: {type: switch, to: []}\n"


def test_whole_document_is_written_as_the_smallest_change() -> None:
    editing = FlowText(GAS)
    document = editing.document
    document["nodes"]["live"]["to"]["bad"] = "scale"
    assert hunk(GAS, editing.write(document)) == ["-      bad: store.in   # keep", "+      bad: scale   # keep"]


def test_operations_come_as_json() -> None:
    (operation,) = msgspec.convert([{"op": "change_node", "id": "a", "with": {"x": 1}, "note": ""}], list[Operation])
    assert operation == ChangeNode(id="a", with_={"x": 1}, note="")


def test_missing_final_newline_and_crlf_are_kept() -> None:
    text = GAS.replace("\n", "\r\n").removesuffix("\r\n")
    after = FlowText(text).apply([SetLayout(positions={"store": (1, 2)})])
    assert after == text + "\r\n  store: [1, 2]"

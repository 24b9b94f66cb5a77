"""The edits that a flow takes, as the HTTP API and the editor send them.

A node is named by its address: its id, or `SUBFLOW/ID` inside a subflow. A field left out stays as it is.
"""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from engine.flow.model import LocalizedText


class _Edit(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op", rename={"with_": "with"}
):
    """One edit; in JSON its kind stands under "op"."""


class AddNode(_Edit, frozen=True, kw_only=True, tag="add_node"):
    """Add a node below the node `after`, by default below all others; `at` is its place on the canvas."""

    id: str
    type: str
    with_: dict[str, Any] = {}
    to: Any = None
    title: LocalizedText = ""
    note: str = ""
    disabled: bool = False
    after: str = ""
    at: tuple[float, float] | None = None


class ChangeNode(_Edit, frozen=True, kw_only=True, tag="change_node"):
    """Change what is named: `set` and `unset` single fields of `with`, or `with` as a whole; "" removes a text."""

    id: str
    type: str | UnsetType = UNSET
    with_: dict[str, Any] | UnsetType = UNSET
    set: dict[str, Any] = {}
    unset: tuple[str, ...] = ()
    to: Any = UNSET
    title: LocalizedText | UnsetType = UNSET
    note: str | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class RenameNode(_Edit, frozen=True, kw_only=True, tag="rename_node"):
    """Give a node another id in the same flow or subflow; wires, layout and groups follow."""

    id: str
    to: str


class RemoveNode(_Edit, frozen=True, kw_only=True, tag="remove_node"):
    """Remove a node with the wires at both its ends, its place and its membership."""

    id: str


class AddWire(_Edit, frozen=True, kw_only=True, tag="add_wire"):
    """Wire an output port of `node` ("" is its first) to `to`, an `ID` or `ID.PORT` in the same flow or subflow.

    `first` is the name of the node's first output: needed where wires without a port name and with one meet.
    """

    node: str
    to: str
    port: str = ""
    disabled: bool = False
    first: str = ""


class RemoveWire(_Edit, frozen=True, kw_only=True, tag="remove_wire"):
    """Remove the wire from a port to `to`."""

    node: str
    to: str
    port: str = ""
    first: str = ""


class ChangeWire(_Edit, frozen=True, kw_only=True, tag="change_wire"):
    """Disable a wire, or enable it again."""

    node: str
    to: str
    disabled: bool
    port: str = ""
    first: str = ""


class SetLayout(_Edit, frozen=True, kw_only=True, tag="set_layout"):
    """Put nodes, by address, at [x, y]; null takes a node's place away. Touches nothing but `layout`."""

    positions: dict[str, tuple[float, float] | None]


class SetFlow(_Edit, frozen=True, kw_only=True, tag="set_flow"):
    """Change the flow itself; `on_error` "" removes it."""

    flow: str | UnsetType = UNSET
    title: LocalizedText | UnsetType = UNSET
    help: LocalizedText | UnsetType = UNSET
    on_error: str | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class SetGroup(_Edit, frozen=True, kw_only=True, tag="set_group"):
    """Add or change a group (`SUBFLOW/NAME` inside a subflow). `members` are ids beside it."""

    name: str
    title: LocalizedText | UnsetType = UNSET
    colour: str | UnsetType = UNSET
    members: tuple[str, ...] | UnsetType = UNSET


class RemoveGroup(_Edit, frozen=True, kw_only=True, tag="remove_group"):
    """Remove a group; its members stay."""

    name: str


class SetNote(_Edit, frozen=True, kw_only=True, tag="set_note"):
    """Add or change a note on the canvas."""

    name: str
    text: str | UnsetType = UNSET
    at: tuple[float, float] | UnsetType = UNSET
    size: tuple[float, float] | UnsetType | None = UNSET


class RemoveNote(_Edit, frozen=True, kw_only=True, tag="remove_note"):
    """Remove a note from the canvas."""

    name: str


class SetSubflow(_Edit, frozen=True, kw_only=True, tag="set_subflow"):
    """Add a subflow, or make it say `definition`, which has the keys of a subflow in a flow file."""

    name: str
    definition: dict[str, Any]


class RemoveSubflow(_Edit, frozen=True, kw_only=True, tag="remove_subflow"):
    """Remove a subflow that no node uses."""

    name: str


class RenameSubflow(_Edit, frozen=True, kw_only=True, tag="rename_subflow"):
    """Give a subflow another name; the nodes that use it follow."""

    name: str
    to: str


Operation = (
    AddNode
    | ChangeNode
    | RenameNode
    | RemoveNode
    | AddWire
    | RemoveWire
    | ChangeWire
    | SetLayout
    | SetFlow
    | SetGroup
    | RemoveGroup
    | SetNote
    | RemoveNote
    | SetSubflow
    | RemoveSubflow
    | RenameSubflow
)

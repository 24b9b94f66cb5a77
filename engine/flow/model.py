"""What a flow is: its nodes, wires, subflows, groups and notes, independent of the file it came from."""

from typing import Any

import msgspec

from engine.flow.source import SourceMap

# A text for people: one string, or one per language {"zh": …, "en": …}.
LocalizedText = str | dict[str, str]

DEFAULT_PORT = ""
SUBFLOW_PREFIX = "subflow/"


class Target(msgspec.Struct, frozen=True):
    """The far end of a wire: `node`, or `node.port` when that node has several inputs ("" is its only one).

    In the outputs of a subflow it is a near end: the inner node and its output port.
    """

    node: str
    port: str = ""
    disabled: bool = False

    def __str__(self) -> str:
        return f"{self.node}.{self.port}" if self.port else self.node


class NodeSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One node as written. `to` maps output ports to targets; the port "" is the node's first output.

    `with_` holds JSON values only (no NaN, no infinity, integers of at most 64 bits), references unresolved.
    """

    id: str
    type: str
    with_: dict[str, Any] = {}
    to: dict[str, tuple[Target, ...]] = {}
    title: LocalizedText = ""
    note: str = ""
    disabled: bool = False

    @property
    def subflow(self) -> str | None:
        """The name of the subflow that a node of `type: subflow/NAME` stands for."""
        return self.type.removeprefix(SUBFLOW_PREFIX) if self.type.startswith(SUBFLOW_PREFIX) else None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A frame round some nodes. It changes nothing about how they run."""

    title: LocalizedText = ""
    colour: str = ""
    members: tuple[str, ...] = ()


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Markdown on the canvas; `at` is its top left corner and `size` its width and height, in canvas pixels."""

    text: str
    at: tuple[float, float] = (0, 0)
    size: tuple[float, float] | None = None


class Subflow(msgspec.Struct, frozen=True, kw_only=True):
    """A flow used as a node of `type: subflow/NAME`, whose `with` fills `fields`.

    `inputs` maps each input port to the inner nodes that get its messages, `outputs` each output port to the inner
    outputs that feed it. `fields` maps a field to its JSON Schema; a field without `default` must be given. Inner
    nodes read a field as `${field:NAME}`.
    """

    name: str
    nodes: dict[str, NodeSpec] = {}
    inputs: dict[str, tuple[Target, ...]] = {}
    outputs: dict[str, tuple[Target, ...]] = {}
    fields: dict[str, dict[str, Any]] = {}
    title: LocalizedText = ""
    help: LocalizedText = ""
    layout: dict[str, tuple[float, float]] = {}
    groups: dict[str, Group] = {}
    notes: dict[str, Note] = {}


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One flow file. `source` knows the line of everything and plays no part in comparing two flows.

    `on_error` is the node that gets the messages whose own node raised and has no wire from its error port.
    """

    flow: str
    nodes: dict[str, NodeSpec] = {}
    title: LocalizedText = ""
    help: LocalizedText = ""
    disabled: bool = False
    on_error: Target | None = None
    subflows: dict[str, Subflow] = {}
    groups: dict[str, Group] = {}
    notes: dict[str, Note] = {}
    layout: dict[str, tuple[float, float]] = {}
    source: SourceMap = msgspec.field(default_factory=SourceMap)


def localized(text: LocalizedText, language: str = "zh") -> str:
    """`text` in a language, else in the other one, else ""."""
    if isinstance(text, str):
        return text
    return text.get(language) or next((said for said in text.values() if said), "")

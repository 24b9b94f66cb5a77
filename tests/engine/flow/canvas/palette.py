"""Node types with every kind of port, and what the server tells the canvas of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from engine.api import Message, Node, Port, Source, node
from engine.catalogue.node_types import Catalogue, NodeType
from engine.flow.check.expand import expand_subflows
from engine.flow.model import Flow
from engine.flow.references import References
from engine.pack import Pack
from engine.web.api.node_types import PortView, port_view, ports_view


class Reading:
    """What a device says."""


class GasReading(Reading):
    """What a gas device says."""


SHARED = Path(__file__).parents[3] / "shared"

PAYLOADS: dict[str, Any] = {
    "any": Any,
    "object": object,
    "bool": bool,
    "int": int,
    "float": float,
    "text": str,
    "bytes": bytes,
    "nothing": None,
    "reading": Reading,
    "gas-reading": GasReading,
    "reading or nothing": Reading | None,
    "text or int": str | int,
    "list": list,
    "list of int": list[int],
    "list of float": list[float],
    "list of readings": list[Reading],
    "list of gas readings": list[GasReading],
    "tuple of floats": tuple[float, ...],
    "map of int": dict[str, int],
    "map of anything": dict[str, Any],
}


class _Passing(Node):
    """Base of the types here: a wire may lead round through any of them."""

    async def process(self, msg: Message) -> Message:
        return msg


@node(category="test")
class Gas(Source):
    """Gas readings in ppm."""

    outputs = (Port("out", GasReading, unit="ppm"), Port("rest"))


@node(category="test")
class Whole(Source):
    """Whole numbers without a unit."""

    outputs = (Port("out", int),)


@node(category="test")
class Yes(Source):
    """True or false."""

    outputs = (Port("out", bool, unit="%LEL"),)


@node(category="test")
class Lists(Source):
    """Lists of whole numbers."""

    outputs = (Port("out", list[int]), Port("maybe", str | None))


@node(category="test")
class Change(_Passing):
    """Makes new messages of anything."""


@node(category="test")
class HandOn(_Passing):
    """Hands messages on as they are."""

    outputs = (Port("out", same_as="in"), Port("late", same_as="in"))


@node(category="test")
class Meet(_Passing):
    """Two inputs; what comes in at the left goes on."""

    inputs = (Port("left"), Port("right", unit="ppm"))
    outputs = (Port("out", same_as="left"), Port("other", same_as="right"))


@node(category="test")
class Limit(_Passing):
    """Takes numbers or readings in the unit of its config, and hands them on."""

    unit: str = "ppm"
    outputs = (Port("over", same_as="in"),)

    def input_ports(self) -> tuple[Port, ...]:
        return (Port("in", unit=self.unit),)


@node(category="test")
class Route(_Passing):
    """One output per name."""

    names: list[str] = msgspec.field(default_factory=lambda: ["first"])

    def output_ports(self) -> tuple[Port, ...]:
        return tuple(Port(name, same_as="in") for name in self.names)


@node(category="test")
class TakeReading(_Passing):
    """Takes readings."""

    inputs = (Port("in", Reading),)
    outputs = ()


@node(category="test")
class TakeWhole(_Passing):
    """Takes whole numbers, makes floating ones."""

    inputs = (Port("in", int, unit="%LEL"),)
    outputs = (Port("out", float, unit="μg / ㎥"),)


@node(category="test")
class TakeFloats(_Passing):
    """Takes numbers and lists of them."""

    inputs = (Port("one", float, unit="µg/m³"), Port("many", list[float]))
    outputs = ()


@node(category="test", type="link-in")
class LinkIn(Source):
    """Where links come in."""

    name: str = ""


@node(category="test", type="link-out")
class LinkOut(_Passing):
    """Where links go out."""

    to: str = ""
    outputs = ()


TYPES = [
    Gas, Whole, Yes, Lists, Change, HandOn, Meet, Limit, Route, TakeReading, TakeWhole, TakeFloats, LinkIn, LinkOut,
]  # fmt: skip

CONFIGS: list[tuple[str, dict[str, Any]]] = [
    ("limit", {"unit": "ppm"}),
    ("limit", {"unit": "%LEL"}),
    ("route", {"names": ["first", "out"]}),
]
"""Of the nodes in the shared cases whose config makes their ports."""


def catalogue() -> Catalogue:
    """These types."""
    return Catalogue([Pack(name="test", nodes=TYPES)])


def payload_ports() -> dict[str, Any]:
    """A port of each payload, as the server tells it."""
    return {name: _without_words([port_view(Port("port", payload))])[0] for name, payload in PAYLOADS.items()}


def type_views() -> list[dict[str, Any]]:
    """The types' ports, as the server tells them."""
    return [
        {
            "type": kind.type,
            "inputs": _without_words([port_view(port) for port in kind.inputs]),
            "outputs": _without_words([port_view(port) for port in kind.outputs]),
        }
        for kind in catalogue().types.values()
    ]


def port_answers(flow: Flow) -> list[dict[str, Any]]:
    """What the server answers when it is asked for the ports of every node of a flow, also as the nodes of subflows run."""
    types = catalogue().types
    asked = [(node.type, node.with_) for node in expand_subflows(flow).nodes.values()]
    for sheet in (flow, *flow.subflows.values()):
        asked += [(node.type, node.with_) for node in sheet.nodes.values()]
    return [_port_answer(types[type], config) for type, config in asked if type in types and types[type].has_own_ports]


def palette_text() -> str:
    """What tests/shared/palette.json has to say."""
    types = catalogue().types
    ports = [_port_answer(types[type], config) for type, config in CONFIGS]
    said = {"payloads": payload_ports(), "types": type_views(), "ports": ports}
    return msgspec.json.format(msgspec.json.encode(said), indent=1).decode() + "\n"


def write_palette() -> None:
    """Writes tests/shared/palette.json again."""
    SHARED.joinpath("palette.json").write_text(palette_text(), encoding="utf-8")


def _port_answer(kind: NodeType, config: dict[str, Any]) -> dict[str, Any]:
    view = ports_view(kind, References().preview(config, kind.schema)[0])
    inputs, outputs = _without_words(view.inputs), _without_words(view.outputs)
    return {"type": kind.type, "with": config, "inputs": inputs, "outputs": outputs}


def _without_words(ports: list[PortView]) -> list[dict[str, Any]]:
    """Titles are for people: what fits does not hang on them."""
    return [
        {name: value for name, value in msgspec.to_builtins(port).items() if value and name != "title"}
        for port in ports
    ]

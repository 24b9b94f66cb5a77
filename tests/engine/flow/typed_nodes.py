"""A few node types with typed ports and units, for checks of flows made of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from engine.api import Expression, Message, Meta, Node, Output, PathText, Port, Source, Struct, field, node
from engine.catalogue.node_types import Catalogue
from engine.flow.check.check import check_flow
from engine.flow.check.plan import Plan
from engine.flow.model import Flow
from engine.flow.problem import Problem, errors_in
from engine.flow.references import References
from engine.flow.yaml.read import read_flow
from engine.pack import Pack


class Reading(Struct):
    """What a device says."""

    conc: float


class GasReading(Reading):
    """What a gas device says."""

    gas: str


@node(category="test")
class Feed(Source):
    """Brings messages in."""

    outputs = (Port("out"),)


@node(category="test")
class Gas(Source):
    """Brings gas readings in."""

    outputs = (Port("out", payload=GasReading, unit="ppm"),)


@node(category="test")
class Scale(Node):
    """Multiplies. Works on anything."""

    factor: Annotated[float, Meta(ge=0, description="What to multiply by.", extra_json_schema={"x-unit": "ppm"})]
    mode: Literal["linear", "square"] = "linear"
    window: Annotated[int, Meta(ge=1, le=60)] = 10
    labels: list[str] = field(default_factory=list)
    active: bool = True

    def process(self, msg: Message) -> Message:
        return msg


@node(category="test")
class Limit(Node):
    """Takes readings in the unit of its config."""

    unit: str = "ppm"

    def input_ports(self) -> tuple[Port, ...]:
        return (Port("in", payload=Reading, unit=self.unit),)

    def process(self, msg: Message) -> Message:
        return msg


class Pick(Struct, forbid_unknown_fields=True):
    """One of several places."""

    path: PathText


@node(category="test")
class Picks(Node):
    """Reads places of a message."""

    where: PathText = ""
    rules: list[Pick] = field(default_factory=list)
    columns: dict[str, PathText] = field(default_factory=dict)
    later: PathText = ""

    def process(self, msg: Message) -> Message:
        return msg


@node(category="test")
class TakesText(Node):
    """Takes texts only."""

    inputs = (Port("in", payload=str),)

    def process(self, msg: Message) -> Message:
        return msg


@node(category="test")
class Route(Node):
    """One output per name."""

    names: list[str]

    def output_ports(self) -> tuple[Port, ...]:
        return tuple(Port(name) for name in self.names)

    def process(self, msg: Message) -> Output:
        return {self.names[0]: msg}


@node(category="test")
class Divide(Node):
    """Takes two inputs."""

    inputs = (Port("left"), Port("right"))

    def process(self, msg: Message) -> Message:
        return msg


@node(category="test")
class Formula(Node):
    """Calculates."""

    expression: str

    def __post_init__(self) -> None:
        Expression(self.expression)

    def process(self, msg: Message) -> Message:
        return msg


@node(category="test")
class Strict(Node):
    """Its schema asks for more than its class."""

    name: Annotated[str, Meta(extra_json_schema={"not": {"const": "admin"}})] = ""

    def process(self, msg: Message) -> Message:
        return msg


@node(category="test", buffers=True)
class Later(Node):
    """Hands on from a timer."""

    def process(self, msg: Message) -> None:
        return None


@node(category="test")
class Ask(Node):
    """Asks the outside world."""

    async def process(self, msg: Message) -> Message:
        return msg


@node(category="test", type="link-in")
class LinkIn(Node):
    """Where links come in."""

    inputs = ()
    name: str = ""


@node(category="test", type="link-out")
class LinkOut(Node):
    """Where links go out."""

    outputs = ()
    to: str | list[str]

    def process(self, msg: Message) -> None:
        return None


@node(category="test")
class Sink(Node):
    """Keeps what it gets."""

    outputs = ()

    def process(self, msg: Message) -> None:
        return None


TYPES = [Feed, Gas, Scale, Limit, Picks, TakesText, Route, Divide, Formula, Strict, Later, Ask, LinkIn, LinkOut, Sink]


def typed_catalogue() -> Catalogue:
    """These types as a catalogue."""
    return Catalogue([Pack(name="test", nodes=TYPES)])


def flow_of(nodes: str, rest: str = "", name: str = "t") -> Flow:
    """A flow with these lines under `nodes:`, the first of them on line 3, and `rest` below."""
    lines = "\n".join(f"  {line}" for line in nodes.strip("\n").splitlines())
    flow, problems = read_flow(f"flow: {name}\nnodes:\n{lines}\n{rest}", f"{name}.yaml")
    assert flow is not None
    assert errors_in(problems) == []
    return flow


def checked(
    nodes: str, rest: str = "", references: References | None = None, catalogue: Catalogue | None = None
) -> tuple[Plan | None, list[Problem]]:
    """What a check says of `flow_of(nodes, rest)`."""
    return check_flow(flow_of(nodes, rest), catalogue or typed_catalogue(), references)


def told(nodes: str, rest: str = "", **options: Any) -> list[str]:
    """The problems of a check as people read them, without the file's name."""
    return [str(problem).removeprefix("t.yaml:") for problem in checked(nodes, rest, **options)[1]]

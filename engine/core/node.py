"""What a node is: a Struct whose fields are its config, whose docstring is its help and whose examples are its first tests."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, get_args

import msgspec

from engine.core.message import Message

if TYPE_CHECKING:
    from engine.core.context import Context, Emitter

__all__ = [
    "DEFAULT_PORT",
    "ERROR_PORT",
    "About",
    "Event",
    "Example",
    "Help",
    "Injectable",
    "Listener",
    "Node",
    "Output",
    "Port",
    "Source",
    "about",
    "choices",
    "node",
    "type_name",
]

DEFAULT_PORT = "out"
ERROR_PORT = "error"

_COMMON_PORTS = {"in": ("输入", "Input"), DEFAULT_PORT: ("输出", "Output"), ERROR_PORT: ("错误", "Error")}

Event = Literal["errors", "complete", "status"]
"""What happens at a node that others may listen to: it failed on a message, has finished with one, or has another status line."""

Output = Message | None | Sequence[Message] | Mapping[str, Any]
"""What `process` may return: a message (to the first port), None, a list of messages, or {port: message | list | None}."""


class Port(msgspec.Struct, frozen=True):
    """One place where wires end. `payload` is the type that passes (Any: everything), `unit` what its number is measured in.
    A port that is not called `in`, `out` or `error` needs a title: people read it instead of the name.

    An output with `same_as`, the name of an input, sends what came in there: its type and unit are those of the messages that the wires
    bring, so a check sees through a switch or a delay.
    """

    name: str = DEFAULT_PORT
    payload: Any = Any
    unit: str = ""
    title: str = ""
    title_zh: str = ""
    same_as: str = ""

    @property
    def titles(self) -> tuple[str, str]:
        """What people read, Chinese and English; "" where there is none."""
        zh, en = _COMMON_PORTS.get(self.name, ("", ""))
        return self.title_zh or zh, self.title or en


class Example(msgspec.Struct, frozen=True):
    """A documented case that is also a test.

    given    payloads, or messages as dicts: {"payload": …, "topic": …, "at": seconds after the start, further properties}
    expect   what leaves the first port, in the same forms (a dict message is matched on the fields it names);
             or {port: […]} for several ports. Nothing else may leave.
    state    what the shared services hold before, by service name (e.g. {"devices": {…}})
    """

    title: str
    config: dict[str, Any]
    given: list[Any]
    expect: list[Any] | dict[str, list[Any]]
    title_zh: str = ""
    state: dict[str, Any] = msgspec.field(default_factory=dict)


class Help(msgspec.Struct, frozen=True):
    """The Chinese side of a node's declaration; the English side is its docstring and the `title` and `description` of its fields.

    A field is told by its title and what it does, {"band": ("变化幅度", "……")}; one text alone is what it does.
    `parts` are the fields of Structs within the config, by class name: {"SwitchRule": {"op": …}}.
    """

    title: str
    text: str = ""
    fields: Mapping[str, str | tuple[str, str]] = msgspec.field(default_factory=dict)
    parts: Mapping[str, Mapping[str, str | tuple[str, str]]] = msgspec.field(default_factory=dict)


class About(msgspec.Struct, frozen=True):
    """What the decorator attaches to a node class."""

    type: str
    category: str
    icon: str = "box"
    color: str = ""
    title: str = ""
    side_effect: bool = False
    buffers: bool = False
    has_input: bool = True
    role: str = ""
    secrets: bool = True
    listens: Event | None = None
    fires: bool = False
    """It has a method `fire`, as version 0.1 had it instead of `Injectable`."""


class Node(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, dict=True, eq=False):
    """Base of all nodes. Fields are the config; `start`, `process` and `stop` are what an author writes.

    `process` may be plain (the fast path: a direct call) or async (it gets a queue of its own). A node that is quicker
    with many at once has `async def process_batch(messages)` instead: it is called with all that wait, one batch at a time, and returns None or
    a list as long as the batch: an output, or an exception, for each message.
    """

    inputs: ClassVar[tuple[Port, ...]] = (Port("in"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port(DEFAULT_PORT),)
    retired_outputs: ClassVar[Mapping[str, str]] = {}
    """{port of an older version: what to do about it}: a wire from it is a warning, and the flow runs without it."""
    examples: ClassVar[Sequence[Example]] = ()
    zh: ClassVar[Help | None] = None
    timeout_s: ClassVar[float] = 10.0
    max_batch: ClassVar[int] = 5000
    linger_s: ClassVar[float] = 0.0
    """For `process_batch`: how soon after one batch the next may follow when only a handful of messages wait. A lone message never waits."""

    def __repr__(self) -> str:
        """Without the fields: they may hold secrets, and a traceback or a log would show them."""
        return f"<node {type(self).__name__}>"

    def input_ports(self) -> tuple[Port, ...]:
        """The inputs of this instance; a node whose config says the unit or type it takes (threshold) overrides it."""
        return self.inputs

    def output_ports(self) -> tuple[Port, ...]:
        """The ports of this instance; a node whose config makes ports (switch) overrides it."""
        return self.outputs

    def start(self, ctx: Context) -> Any:
        """Called once before the first message; may be async. Raise to refuse: the deploy is rolled back."""

    def resume(self) -> None:
        """Called once when this instance takes over: all have started, and the version before it gets no more messages.

        What the state holds is complete now, so timers for it are set here rather than in `start`.
        """

    def process(self, msg: Message) -> Any:
        """Handles one message; see `Output`. May be async."""
        raise NotImplementedError(f"{type(self).__name__} takes no messages")

    def stop(self) -> Any:
        """Called once after the last message; may be async, and is given time to finish."""

    def kept_messages(self) -> Iterable[Message]:
        """What it keeps in its state for later, as messages that its `process` would take. Asked for after `stop`, when the node is gone from
        its flow: they go to quarantine."""
        return ()


class Source(Node):
    """A node that brings messages in. `run` lasts until it is cancelled."""

    inputs: ClassVar[tuple[Port, ...]] = ()

    async def run(self, emit: Emitter) -> None:
        """Emits messages until cancelled. When it returns or raises it is called again, with back-off, and shown as ended meanwhile."""
        raise NotImplementedError

    def mailbox(self) -> str:
        """Where messages wait for it outside, "" for nowhere. Before a version with another one takes over, this one is to `leave`."""
        return ""

    async def leave(self, emit: Emitter) -> None:
        """The node is gone from its flow, or collects elsewhere from now on: brings what waits for it outside (in a broker's session), and
        gives up what would go on collecting there. `run` goes on meanwhile, or never began; a time-out cancels this."""

    def settled(self, tokens: list[Any]) -> None:
        """These messages (by the token they were emitted with) are done, commits included: acknowledge them."""


class Listener(Node):
    """A node that no wire leads to: its `process` gets what happens at the nodes in `scope`, or anywhere in its flow when that is empty.

    `listens` says what: "errors" brings messages on which a node failed, as they were, with {node, flow, reason, kind, type} in their
    property `error`; "complete" messages that a node has finished with, with its id in `origin`; "status" payloads {node, text, level}.
    """

    inputs: ClassVar[tuple[Port, ...]] = ()
    listens: ClassVar[Event]

    scope: Annotated[
        tuple[str, ...],
        msgspec.Meta(title="Nodes", description="Ids of the nodes that are listened to; empty: all of the flow."),
    ] = ()


class Injectable:
    """A second base of nodes that have a message of their own to send when a person asks for it, with a button or over the API."""

    __slots__ = ()

    def inject(self) -> Message:
        """That message, made anew each time."""
        raise NotImplementedError


def choices(
    titles: Mapping[str, str | tuple[str, str]] | None = None, /, **more: str | tuple[str, str]
) -> msgspec.Meta:
    """What a person reads for the values of a `Literal`, English and Chinese or English alone, in the order of the menu.

    >>> Side = Annotated[Literal["above", "below"], choices(above=("Above", "高于"), below=("Below", "低于"))]
    """
    pairs = {value: (told, "") if isinstance(told, str) else told for value, told in {**(titles or {}), **more}.items()}
    return msgspec.Meta(
        extra_json_schema={"x-choices": {value: {"en": en, "zh": zh} for value, (en, zh) in pairs.items()}}
    )


_N = TypeVar("_N", bound=type[Node])


def node(
    *,
    category: str,
    icon: str = "box",
    color: str = "",
    title: str = "",
    type: str = "",
    side_effect: bool = False,
    buffers: bool = False,
    role: Literal["", "admin", "integrator"] = "",
    secrets: bool = True,
) -> Callable[[_N], _N]:
    """Attaches the facts that are not fields. The type comes from the class name (`MqttIn` → `mqtt-in`) unless given.

    side_effect  it acts on the outside world: flow tests and test runs capture its input instead of running it
    buffers      it hands messages on later from a timer or task, so a loop through it is allowed
    secrets      whether its config may hold `${secret:…}` and `${broker:…}`: only what connects to something needs them, and a value that goes into
                 a message would be shown to whoever looks at messages
    role         who may put such a node into a flow, or change it, over the web; "": whoever may deploy
    """

    def attach(cls: _N) -> _N:
        if issubclass(cls, Source) and not inspect.iscoroutinefunction(cls.run):
            raise TypeError(f"{cls.__name__}.run must be `async def`: a plain one would hold up all flows")
        name = type or type_name(cls.__name__)
        facts = About(
            type=name,
            category=category,
            icon=icon,
            color=color,
            title=title or name.replace("-", " ").capitalize(),
            side_effect=side_effect,
            buffers=buffers,
            has_input=bool(cls.inputs),
            role=role,
            secrets=secrets,
            listens=cls.listens if issubclass(cls, Listener) else _old_listens(cls),
            fires=_old_fire(cls),
        )
        cls.__about__ = facts  # type: ignore[attr-defined]
        if "gather_s" in cls.__dict__:
            warnings.warn(f"{cls.__name__}.gather_s is now linger_s; write that", FutureWarning, stacklevel=2)
            cls.linger_s = cls.__dict__["gather_s"]
        return cls

    return attach


def about(cls: type[Node]) -> About:
    """The facts of a node class. TypeError when it was not decorated with `@node`."""
    facts = cls.__dict__.get("__about__")
    if not isinstance(facts, About):
        raise TypeError(f"{cls.__name__} is no node type yet: decorate it with @node(category=…)")
    return facts


def _old_listens(cls: type[Node]) -> Event | None:
    listens = getattr(cls, "listens", None)
    if listens not in get_args(Event):
        return None
    warnings.warn(f"{cls.__name__}.listens: derive the class from engine.api.Listener", FutureWarning, stacklevel=3)
    return listens


def _old_fire(cls: type[Node]) -> bool:
    if issubclass(cls, Injectable) or not callable(getattr(cls, "fire", None)):
        return False
    warnings.warn(
        f"{cls.__name__}.fire: derive the class from engine.api.Injectable as well, and return the message from `inject`",
        FutureWarning,
        stacklevel=3,
    )
    return True


def type_name(class_name: str) -> str:
    """`MqttIn` → `mqtt-in`, `HTTPRequest` → `http-request`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", class_name).lower()

"""The wires of a node as `to:` spells them, and how they change."""

from collections.abc import Callable
from typing import Any

from engine.texts.text import Text

# What `to:` and each of its ports may be: "id", {"node": "id", "disabled": true}, or a list of these.
Ends = list[Any]


class InvalidWire(Exception):
    """Why the wires of a node can't be changed as asked, and what to do instead."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def end_of(end: Any) -> str:
    """The `ID` or `ID.PORT` that one end names, "" when it names none."""
    named = end.get("node") if isinstance(end, dict) else end
    return named if isinstance(named, str) else ""


def is_by_port(to: Any) -> bool:
    """Whether `to` maps ports to ends, rather than being the ends of the first output."""
    return isinstance(to, dict) and "node" not in to


def ends_of(value: Any) -> Ends:
    """The ends that one spelling stands for, as a new list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def mapped(to: Any, change: Callable[[Any], Any]) -> Any:
    """`to` with `change` made on every end; an end changed to None goes, and what is empty after that goes with it."""
    if is_by_port(to):
        ports = {port: _mapped_ends(value, change) for port, value in to.items()}
        left = {port: value for port, value in ports.items() if value is not None or to[port] in (None, [])}
        return left or (to if to == {} else None)
    return _mapped_ends(to, change)


def with_end_added(to: Any, port: str, end: Any, first: str) -> Any:
    """`to` with one more end at a port. Raises `InvalidWire` when it is there already or the port can't be told."""
    port, to = _met(to, port, first)
    here = to.get(port) if port else to
    ends = ends_of(here)
    if any(end_of(other) == end_of(end) for other in ends):
        raise InvalidWire(Text("flow.wired-already", target=end_of(end)))
    value = [*ends, end] if ends else end
    if here is not None and isinstance(here, list):
        value = [*ends, end]
    return {**(to or {}), port: value} if port else value


def with_end_changed(to: Any, port: str, end: str, first: str, new: Any) -> Any:
    """`to` with the wire to `end` made into `new`, or removed for None. Raises `InvalidWire` when there is none."""
    port, to = _met(to, port, first, reading=True)
    here = to.get(port) if port else to
    if not any(end_of(other) == end for other in ends_of(here)):
        raise InvalidWire(
            Text("flow.no-wire-at-port", target=end, port=port) if port else Text("flow.no-wire", target=end)
        )
    changed = _mapped_ends(here, lambda other: new if end_of(other) == end else other)
    if not port:
        return changed
    ports = {name: changed if name == port else value for name, value in to.items()}
    return {name: value for name, value in ports.items() if value is not None or name != port} or None


def _met(to: Any, port: str, first: str, reading: bool = False) -> tuple[str, Any]:
    """The port as this `to` can spell it, and `to` as it has to be for that."""
    by_port = is_by_port(to)
    if by_port and not port:
        if not first:
            raise InvalidWire(Text("flow.wires-by-port"))
        return first, to
    if port and not by_port:
        if port == first:
            return "", to
        if reading:
            raise InvalidWire(Text("flow.no-wires-at-port", port=port))
        if to in (None, []):
            return port, {}
        if not first:
            raise InvalidWire(Text("flow.wires-without-port"))
        return port, {first: to}
    return port, to


def _mapped_ends(value: Any, change: Callable[[Any], Any]) -> Any:
    if value is None or value == []:
        return value
    if not isinstance(value, list | tuple):
        return change(value)
    ends: Ends = []
    for end in value:
        new = change(end)
        if new is not None and not any(end_of(new) == end_of(other) != "" for other in ends):
            ends.append(new)
    if len(ends) == 1 and len(value) > 1 and isinstance(ends[0], str):
        return ends[0]
    return ends or None

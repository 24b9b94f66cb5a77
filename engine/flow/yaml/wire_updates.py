"""What becomes of the wires of a flow or subflow when one of its nodes is renamed or goes."""

from collections.abc import Callable
from typing import Any

from engine.flow.yaml.document import Document, section, set_or_drop
from engine.flow.yaml.wires import end_of, mapped


def update_wires(owner: Document, name: str, change: Callable[[Any], Any]) -> None:
    """Make a change on every end of a wire in a flow or subflow that names a node; an end changed to None goes."""
    for body in section(owner, "nodes").values():
        if isinstance(body, dict) and "to" in body and _names(body["to"], name):
            left = mapped(body["to"], change)
            set_or_drop(body, "to", left, left is not None)
    for side in ("inputs", "outputs"):
        ports = section(owner, side)
        for port in [port for port, ends in ports.items() if _names(ends, name)]:
            left = mapped(ports[port], change)
            ports[port] = [] if left is None else left
    if node_of(owner.get("on_error")) == name:
        left = change(owner["on_error"])
        set_or_drop(owner, "on_error", left, left is not None)


def node_of(end: Any) -> str:
    """The node that an end names, without its port."""
    return end_of(end).partition(".")[0]


def end_renamed(end: Any, old: str, new: str) -> Any:
    """The end with the node called anew; one that names another node is left as it is."""
    if node_of(end) != old:
        return end
    told = new + end_of(end)[len(old) :]
    return {**end, "node": told} if isinstance(end, dict) else told


def _names(to: Any, name: str) -> bool:
    if isinstance(to, dict) and "node" not in to:
        return any(_names(ends, name) for ends in to.values())
    return any(node_of(end) == name for end in to) if isinstance(to, list) else node_of(to) == name

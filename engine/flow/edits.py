"""What each operation does to a flow document, the plain mapping that its YAML stands for."""

import functools
from typing import Any

from msgspec import UNSET, UnsetType

from engine.flow import operations as ops
from engine.flow.emit import fault_of_value
from engine.flow.model import SUBFLOW_PREFIX
from engine.flow.names import fault_of_name, nearest
from engine.flow.shape import FLOW_KEYS, GROUP_KEYS, NODE_KEYS, SUBFLOW_KEYS
from engine.flow.tree import Path
from engine.flow.wires import WireFault, end_of, mapped, with_end_added, with_end_changed

Document = dict[str, Any]


class EditFault(Exception):
    """Why an operation can't be done: where in the document, what is wrong, what to do."""

    def __init__(self, place: Path, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint


class Editor:
    """Does operations on one document in place; `renames` tells the old keys that live on under a new name."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._scopes: dict[str, Path] = {}
        # Places and keys as they are in the text; `_origin` finds them for keys renamed earlier in the same batch.
        self._moved: dict[tuple[Path, str], str] = {}

    @property
    def renames(self) -> dict[Path, dict[str, str]]:
        found: dict[Path, dict[str, str]] = {}
        for (place, new), old in self._moved.items():
            found.setdefault(place, {})[old] = new
        return found

    def do(self, operation: ops.Operation) -> None:
        """Do one operation. Raises `EditFault` and may then leave the document half changed."""
        _do(operation, self)

    def owner(self, address: str) -> tuple[Document, Path, str]:
        """The flow or subflow that an address lies in, its place, and the rest of the address."""
        scope, slash, name = address.rpartition("/")
        if not slash:
            return self.document, (), name
        place: Path = ("subflows", scope)
        found = section(self.document, "subflows").get(scope)
        if not isinstance(found, dict):
            raise EditFault(place, f"there is no subflow `{scope}`", _meant(scope, section(self.document, "subflows")))
        return found, place, name

    def node(self, address: str) -> tuple[Document, Document, Path]:
        """The node of an address, the flow or subflow that holds it, and the place of that."""
        owner, place, name = self.owner(address)
        nodes = section(owner, "nodes")
        found = nodes.get(name)
        if not isinstance(found, dict):
            raise EditFault((*place, "nodes", name), f"there is no node `{address}`", _meant(name, nodes))
        return found, owner, place

    def rename_key(self, mapping: Document, place: Path, old: str, new: str) -> None:
        """Rename a key where it stands."""
        renamed = {new if key == old else key: value for key, value in mapping.items()}
        mapping.clear()
        mapping.update(renamed)
        place = tuple(self._moved.get((place[:index], str(step)), step) for index, step in enumerate(place))
        self._moved[place, new] = self._moved.pop((place, old), old)


def section(owner: Document, name: str, make: bool = False) -> Document:
    """A section of a flow or subflow; a missing or empty one is {}, and stays in the document when `make` is set."""
    found = owner.get(name)
    if found is None:
        found = {}
        if make:
            _put(owner, name, found)
    if not isinstance(found, dict):
        raise EditFault((name,), f"`{name}` is no mapping", "mend the file first")
    return found


@functools.singledispatch
def _do(operation: Any, editor: Editor) -> None:
    raise TypeError(f"{type(operation).__name__} is no operation")


@_do.register
def _(operation: ops.AddNode, editor: Editor) -> None:
    owner, place, name = editor.owner(operation.id)
    _check_name(name, (*place, "nodes", name))
    nodes = section(owner, "nodes", make=True)
    if name in nodes:
        raise EditFault((*place, "nodes", name), f"there is a node `{operation.id}` already", "choose another id")
    body: Document = {"type": operation.type}
    _set_text(body, "title", operation.title)
    _set_text(body, "note", operation.note)
    if operation.with_:
        body["with"] = _value(operation.with_, (*place, "nodes", name, "with"))
    if operation.to not in (None, [], {}, ()):
        body["to"] = _value(operation.to, (*place, "nodes", name, "to"))
    if operation.disabled:
        body["disabled"] = True
    if operation.after and operation.after not in nodes:
        raise EditFault(
            (*place, "nodes"), f"there is no node `{operation.after}` to stand after", _meant(operation.after, nodes)
        )
    _insert_after(nodes, operation.after, name, body)
    if operation.at is not None:
        section(owner, "layout", make=True)[name] = _pair(operation.at, (*place, "layout", name))


@_do.register
def _(operation: ops.ChangeNode, editor: Editor) -> None:
    body, _owner, place = editor.node(operation.id)
    place = (*place, "nodes", operation.id.rpartition("/")[2])
    if not isinstance(operation.type, UnsetType):
        _put(body, "type", operation.type)
    _set_text(body, "title", operation.title)
    _set_text(body, "note", operation.note)
    if not isinstance(operation.with_, UnsetType):
        _put(body, "with", _value(operation.with_, (*place, "with")))
    if operation.set or operation.unset:
        fields = section(body, "with", make=True)
        fields.update(_value(operation.set, (*place, "with")))
        for field in operation.unset:
            if field not in fields:
                raise EditFault(
                    (*place, "with", field), f"there is no field `{field}` to remove", _meant(field, fields)
                )
            del fields[field]
    if body.get("with") == {}:
        del body["with"]
    if operation.to is not UNSET:
        _set_or_drop(body, "to", _value(operation.to, (*place, "to")), operation.to not in (None, [], {}, ()))
    _set_switch(body, operation.disabled)


@_do.register
def _(operation: ops.RenameNode, editor: Editor) -> None:
    _body, owner, place = editor.node(operation.id)
    old, new = operation.id.rpartition("/")[2], operation.to
    if old == new:
        return
    _check_name(new, (*place, "nodes", old))
    if new in section(owner, "nodes"):
        raise EditFault((*place, "nodes", old), f"there is a node `{new}` already", "choose another id")
    editor.rename_key(section(owner, "nodes"), (*place, "nodes"), old, new)
    if old in section(owner, "layout"):
        editor.rename_key(section(owner, "layout"), (*place, "layout"), old, new)
    _rewire(owner, old, lambda end: _end_renamed(end, old, new))
    for group in section(owner, "groups").values():
        if isinstance(group, dict) and isinstance(group.get("members"), list):
            group["members"] = [new if member == old else member for member in group["members"]]


@_do.register
def _(operation: ops.RemoveNode, editor: Editor) -> None:
    _body, owner, _place = editor.node(operation.id)
    name = operation.id.rpartition("/")[2]
    del section(owner, "nodes")[name]
    _drop(owner, "layout", name)
    _rewire(owner, name, lambda end: None if _node_of(end) == name else end)
    for group in section(owner, "groups").values():
        if isinstance(group, dict) and isinstance(group.get("members"), list) and name in group["members"]:
            group["members"] = [member for member in group["members"] if member != name]


@_do.register
def _(operation: ops.AddWire, editor: Editor) -> None:
    body, owner, place = editor.node(operation.node)
    nodes = section(owner, "nodes")
    target = operation.to.partition(".")[0]
    if target not in nodes:
        raise EditFault(
            (*place, "nodes", operation.node.rpartition("/")[2], "to"),
            f"there is no node `{target}`",
            _meant(target, nodes),
        )
    end: Any = {"node": operation.to, "disabled": True} if operation.disabled else operation.to
    left = _wired(operation, place, lambda: with_end_added(body.get("to"), operation.port, end, operation.first))
    _put(body, "to", left)


@_do.register
def _(operation: ops.RemoveWire, editor: Editor) -> None:
    body, _owner, place = editor.node(operation.node)
    left = _wired(
        operation, place, lambda: with_end_changed(body.get("to"), operation.port, operation.to, operation.first, None)
    )
    _set_or_drop(body, "to", left, left is not None)


@_do.register
def _(operation: ops.ChangeWire, editor: Editor) -> None:
    body, _owner, place = editor.node(operation.node)
    end: Any = {"node": operation.to, "disabled": True} if operation.disabled else operation.to
    left = _wired(
        operation, place, lambda: with_end_changed(body.get("to"), operation.port, operation.to, operation.first, end)
    )
    _put(body, "to", left)


@_do.register
def _(operation: ops.SetLayout, editor: Editor) -> None:
    for address, position in operation.positions.items():
        _body, owner, place = editor.node(address)
        name = address.rpartition("/")[2]
        if position is None:
            _drop(owner, "layout", name)
        else:
            section(owner, "layout", make=True)[name] = _pair(position, (*place, "layout", name))


@_do.register
def _(operation: ops.SetFlow, editor: Editor) -> None:
    document = editor.document
    if not isinstance(operation.flow, UnsetType):
        _check_name(operation.flow, ("flow",))
        document["flow"] = operation.flow
    _set_text(document, "title", operation.title)
    _set_text(document, "help", operation.help)
    _set_text(document, "on_error", operation.on_error)
    _set_switch(document, operation.disabled)


@_do.register
def _(operation: ops.SetGroup, editor: Editor) -> None:
    owner, place, name = editor.owner(operation.name)
    _check_name(name, (*place, "groups", name))
    group = section(owner, "groups", make=True).setdefault(name, {})
    if not isinstance(group, dict):
        raise EditFault((*place, "groups", name), "the group is no mapping", "mend the file first")
    _set_text(group, "title", operation.title)
    _set_text(group, "colour", operation.colour)
    if not isinstance(operation.members, UnsetType):
        group["members"] = list(operation.members)


@_do.register
def _(operation: ops.RemoveGroup, editor: Editor) -> None:
    _remove_named(editor, operation.name, "groups", "group")


@_do.register
def _(operation: ops.SetNote, editor: Editor) -> None:
    owner, place, name = editor.owner(operation.name)
    place = (*place, "notes", name)
    _check_name(name, place)
    note = section(owner, "notes", make=True).setdefault(name, {})
    if not isinstance(note, dict):
        raise EditFault(place, "the note is no mapping", "mend the file first")
    if not isinstance(operation.text, UnsetType):
        note["text"] = _value(operation.text, (*place, "text"))
    if not isinstance(operation.at, UnsetType):
        note["at"] = _pair(operation.at, (*place, "at"))
    if operation.size is None:
        note.pop("size", None)
    elif not isinstance(operation.size, UnsetType):
        note["size"] = _pair(operation.size, (*place, "size"))


@_do.register
def _(operation: ops.RemoveNote, editor: Editor) -> None:
    _remove_named(editor, operation.name, "notes", "note")


@_do.register
def _(operation: ops.SetSubflow, editor: Editor) -> None:
    _check_name(operation.name, ("subflows", operation.name))
    subflows = section(editor.document, "subflows", make=True)
    subflows[operation.name] = _value(operation.definition, ("subflows", operation.name))


@_do.register
def _(operation: ops.RemoveSubflow, editor: Editor) -> None:
    used = next(
        (place for place, body in _all_nodes(editor.document) if body.get("type") == SUBFLOW_PREFIX + operation.name),
        None,
    )
    if used is not None:
        raise EditFault(used, f"it still uses the subflow `{operation.name}`", "remove or change this node first")
    _remove_named(editor, operation.name, "subflows", "subflow")


@_do.register
def _(operation: ops.RenameSubflow, editor: Editor) -> None:
    subflows = section(editor.document, "subflows")
    place: Path = ("subflows", operation.name)
    if operation.name not in subflows:
        raise EditFault(place, f"there is no subflow `{operation.name}`", _meant(operation.name, subflows))
    if operation.to == operation.name:
        return
    _check_name(operation.to, place)
    if operation.to in subflows:
        raise EditFault(place, f"there is a subflow `{operation.to}` already", "choose another name")
    for _place, body in _all_nodes(editor.document):
        if body.get("type") == SUBFLOW_PREFIX + operation.name:
            body["type"] = SUBFLOW_PREFIX + operation.to
    editor.rename_key(subflows, ("subflows",), operation.name, operation.to)


def _remove_named(editor: Editor, address: str, name: str, what: str) -> None:
    owner, place, key = editor.owner(address)
    if key not in section(owner, name):
        raise EditFault((*place, name, key), f"there is no {what} `{address}`", _meant(key, section(owner, name)))
    _drop(owner, name, key)


def _drop(owner: Document, name: str, key: str) -> None:
    """Remove an entry of a section, and the section with its last entry."""
    entries = section(owner, name)
    if entries.pop(key, None) is not None and not entries:
        del owner[name]


def _all_nodes(document: Document) -> list[tuple[Path, Document]]:
    found: list[tuple[Path, Document]] = [(("nodes", name), body) for name, body in section(document, "nodes").items()]
    for scope, subflow in section(document, "subflows").items():
        if isinstance(subflow, dict):
            found += [(("subflows", scope, "nodes", name), body) for name, body in section(subflow, "nodes").items()]
    return [(place, body) for place, body in found if isinstance(body, dict)]


def _rewire(owner: Document, name: str, change: Any) -> None:
    """Make a change on every end of a wire in a flow or subflow that names a node."""
    for body in section(owner, "nodes").values():
        if isinstance(body, dict) and "to" in body and _names(body["to"], name):
            left = mapped(body["to"], change)
            _set_or_drop(body, "to", left, left is not None)
    for side in ("inputs", "outputs"):
        ports = section(owner, side)
        for port in [port for port, ends in ports.items() if _names(ends, name)]:
            left = mapped(ports[port], change)
            ports[port] = [] if left is None else left
    if _node_of(owner.get("on_error")) == name:
        left = change(owner["on_error"])
        _set_or_drop(owner, "on_error", left, left is not None)


def _names(to: Any, name: str) -> bool:
    if isinstance(to, dict) and "node" not in to:
        return any(_names(ends, name) for ends in to.values())
    return any(_node_of(end) == name for end in to) if isinstance(to, list) else _node_of(to) == name


def _node_of(end: Any) -> str:
    return end_of(end).partition(".")[0]


def _end_renamed(end: Any, old: str, new: str) -> Any:
    if _node_of(end) != old:
        return end
    told = new + end_of(end)[len(old) :]
    return {**end, "node": told} if isinstance(end, dict) else told


def _wired(operation: ops.AddWire | ops.RemoveWire | ops.ChangeWire, place: Path, change: Any) -> Any:
    try:
        return change()
    except WireFault as fault:
        name = operation.node.rpartition("/")[2]
        raise EditFault((*place, "nodes", name, "to"), fault.message, fault.hint) from fault


def _insert_after(mapping: Document, after: str, name: str, value: Any) -> None:
    entries = list(mapping.items())
    index = next((index + 1 for index, (key, _value) in enumerate(entries) if key == after), len(entries))
    entries.insert(index, (name, value))
    mapping.clear()
    mapping.update(entries)


def _set_text(owner: Document, name: str, text: Any) -> None:
    if isinstance(text, UnsetType):
        return
    if text in ("", {}):
        owner.pop(name, None)
    else:
        _put(owner, name, _value(text, (name,)))


def _set_switch(owner: Document, disabled: bool | UnsetType) -> None:
    if disabled is True:
        _put(owner, "disabled", True)
    elif disabled is False:
        owner.pop("disabled", None)


def _set_or_drop(owner: Document, name: str, value: Any, wanted: bool) -> None:
    if wanted:
        _put(owner, name, value)
    else:
        owner.pop(name, None)


def _put(owner: Document, name: str, value: Any) -> None:
    """Set a key; a new one stands behind the keys that come before it in the order of the format."""
    if name in owner:
        owner[name] = value
        return
    order = next(
        (keys for keys in (FLOW_KEYS, SUBFLOW_KEYS, NODE_KEYS, GROUP_KEYS) if name in keys and owner.keys() <= {*keys}),
        (),
    )
    earlier = order[: order.index(name)] if name in order else tuple(owner)
    entries = list(owner.items())
    index = max((index + 1 for index, (key, _value) in enumerate(entries) if key in earlier), default=0)
    entries.insert(index, (name, value))
    owner.clear()
    owner.update(entries)


def _pair(pair: tuple[float, float], place: Path) -> list[float]:
    # 40.0 is written 40: the editor's canvas counts in floats, the file in pixels.
    return [int(number) if float(number).is_integer() else number for number in _value(list(pair), place)]


def _value(value: Any, place: Path) -> Any:
    fault = fault_of_value(value)
    if fault is not None:
        raise EditFault(place, f"the value can't be written: {fault}", "send finite JSON values")
    return _as_lists(value)


def _as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_lists(item) for key, item in value.items()}
    return [_as_lists(item) for item in value] if isinstance(value, list | tuple) else value


def _check_name(name: str, place: Path) -> None:
    fault = fault_of_name(name)
    if fault is not None:
        raise EditFault(
            place, f"`{name[:40]}` can't be a name: {fault}", "use letters (Latin or Han), digits, `-` and `_`"
        )


def _meant(name: str, known: Any) -> str:
    meant = nearest(name, known)
    return f"did you mean `{meant}`?" if meant else ""

"""What each operation does to a flow document, the plain mapping that its YAML stands for."""

import functools
from typing import Any

from msgspec import UNSET, UnsetType

from engine.flow.model import SUBFLOW_PREFIX
from engine.flow.names import did_you_mean
from engine.flow.tree import Path
from engine.flow.yaml import operations as ops
from engine.flow.yaml.document import (
    Document,
    InvalidEdit,
    check_name,
    drop,
    insert_after,
    pair,
    put,
    section,
    set_or_drop,
    set_switch,
    set_text,
    writable,
)
from engine.flow.yaml.wire_updates import end_renamed, node_of, update_wires
from engine.flow.yaml.wires import InvalidWire, with_end_added, with_end_changed
from engine.texts.text import Text


class Editor:
    """Does operations on one document in place; `renames` tells the old keys that live on under a new name."""

    def __init__(self, document: Document) -> None:
        self.document = document
        # Places and keys as they are in the text; `rename_key` finds them for keys renamed earlier in the same batch.
        self._moved: dict[tuple[Path, str], str] = {}

    @property
    def renames(self) -> dict[Path, dict[str, str]]:
        """{place in the text: {key there: its new name}}."""
        found: dict[Path, dict[str, str]] = {}
        for (place, new), old in self._moved.items():
            found.setdefault(place, {})[old] = new
        return found

    def do(self, operation: ops.Operation) -> None:
        """Do one operation. Raises `InvalidEdit` and may then leave the document half changed."""
        _do(operation, self)

    def owner(self, address: str) -> tuple[Document, Path, str]:
        """The flow or subflow that an address lies in, its place, and the rest of the address."""
        scope, slash, name = address.rpartition("/")
        if not slash:
            return self.document, (), name
        place: Path = ("subflows", scope)
        found = section(self.document, "subflows").get(scope)
        if not isinstance(found, dict):
            raise _no_subflow(place, scope, section(self.document, "subflows"))
        return found, place, name

    def node(self, address: str) -> tuple[Document, Document, Path]:
        """The node of an address, the flow or subflow that holds it, and the place of that."""
        owner, place, name = self.owner(address)
        nodes = section(owner, "nodes")
        found = nodes.get(name)
        if not isinstance(found, dict):
            raise InvalidEdit(
                (*place, "nodes", name), Text("flow.no-node", node=address).with_hint(did_you_mean(name, nodes))
            )
        return found, owner, place

    def rename_key(self, mapping: Document, place: Path, old: str, new: str) -> None:
        """Rename a key where it stands."""
        renamed = {new if key == old else key: value for key, value in mapping.items()}
        mapping.clear()
        mapping.update(renamed)
        place = tuple(self._moved.get((place[:index], str(step)), step) for index, step in enumerate(place))
        self._moved[place, new] = self._moved.pop((place, old), old)


@functools.singledispatch
def _do(operation: Any, editor: Editor) -> None:
    raise TypeError(f"{type(operation).__name__} is no operation")


@_do.register
def _(operation: ops.AddNode, editor: Editor) -> None:
    owner, place, name = editor.owner(operation.id)
    check_name(name, (*place, "nodes", name))
    nodes = section(owner, "nodes", make=True)
    if name in nodes:
        raise InvalidEdit((*place, "nodes", name), Text("flow.node-exists", node=operation.id))
    body: Document = {"type": operation.type}
    set_text(body, "title", operation.title)
    set_text(body, "note", operation.note)
    if operation.with_:
        body["with"] = writable(operation.with_, (*place, "nodes", name, "with"))
    if operation.to not in (None, [], {}, ()):
        body["to"] = writable(operation.to, (*place, "nodes", name, "to"))
    if operation.disabled:
        body["disabled"] = True
    if operation.after and operation.after not in nodes:
        near = did_you_mean(operation.after, nodes)
        raise InvalidEdit((*place, "nodes"), Text("flow.no-node", node=operation.after).with_hint(near))
    insert_after(nodes, operation.after, name, body)
    if operation.at is not None:
        section(owner, "layout", make=True)[name] = pair(operation.at, (*place, "layout", name))


@_do.register
def _(operation: ops.ChangeNode, editor: Editor) -> None:
    body, _owner, place = editor.node(operation.id)
    place = (*place, "nodes", operation.id.rpartition("/")[2])
    if not isinstance(operation.type, UnsetType):
        put(body, "type", operation.type)
    set_text(body, "title", operation.title)
    set_text(body, "note", operation.note)
    if not isinstance(operation.with_, UnsetType):
        put(body, "with", writable(operation.with_, (*place, "with")))
    if operation.set or operation.unset:
        fields = section(body, "with", make=True)
        fields.update(writable(operation.set, (*place, "with")))
        for field in operation.unset:
            if field not in fields:
                missing = Text("flow.no-field", field=field, known=list(fields) or Text("flow.none"))
                raise InvalidEdit((*place, "with", field), missing.with_hint(did_you_mean(field, fields)))
            del fields[field]
    if body.get("with") == {}:
        del body["with"]
    if operation.to is not UNSET:
        set_or_drop(body, "to", writable(operation.to, (*place, "to")), operation.to not in (None, [], {}, ()))
    set_switch(body, operation.disabled)


@_do.register
def _(operation: ops.RenameNode, editor: Editor) -> None:
    _body, owner, place = editor.node(operation.id)
    old, new = operation.id.rpartition("/")[2], operation.to
    if old == new:
        return
    check_name(new, (*place, "nodes", old))
    if new in section(owner, "nodes"):
        raise InvalidEdit((*place, "nodes", old), Text("flow.node-exists", node=new))
    editor.rename_key(section(owner, "nodes"), (*place, "nodes"), old, new)
    if old in section(owner, "layout"):
        editor.rename_key(section(owner, "layout"), (*place, "layout"), old, new)
    update_wires(owner, old, lambda end: end_renamed(end, old, new))
    for group in section(owner, "groups").values():
        if isinstance(group, dict) and isinstance(group.get("members"), list):
            group["members"] = [new if member == old else member for member in group["members"]]


@_do.register
def _(operation: ops.RemoveNode, editor: Editor) -> None:
    _body, owner, _place = editor.node(operation.id)
    name = operation.id.rpartition("/")[2]
    del section(owner, "nodes")[name]
    drop(owner, "layout", name)
    update_wires(owner, name, lambda end: None if node_of(end) == name else end)
    for group in section(owner, "groups").values():
        if isinstance(group, dict) and isinstance(group.get("members"), list) and name in group["members"]:
            group["members"] = [member for member in group["members"] if member != name]


@_do.register
def _(operation: ops.AddWire, editor: Editor) -> None:
    body, owner, place = editor.node(operation.node)
    nodes = section(owner, "nodes")
    target = operation.to.partition(".")[0]
    if target not in nodes:
        raise InvalidEdit(
            (*place, "nodes", operation.node.rpartition("/")[2], "to"),
            Text("flow.no-node", node=target).with_hint(did_you_mean(target, nodes)),
        )
    end: Any = {"node": operation.to, "disabled": True} if operation.disabled else operation.to
    left = _wired(operation, place, lambda: with_end_added(body.get("to"), operation.port, end, operation.first))
    put(body, "to", left)


@_do.register
def _(operation: ops.RemoveWire, editor: Editor) -> None:
    body, _owner, place = editor.node(operation.node)
    left = _wired(
        operation, place, lambda: with_end_changed(body.get("to"), operation.port, operation.to, operation.first, None)
    )
    set_or_drop(body, "to", left, left is not None)


@_do.register
def _(operation: ops.ChangeWire, editor: Editor) -> None:
    body, _owner, place = editor.node(operation.node)
    end: Any = {"node": operation.to, "disabled": True} if operation.disabled else operation.to
    left = _wired(
        operation, place, lambda: with_end_changed(body.get("to"), operation.port, operation.to, operation.first, end)
    )
    put(body, "to", left)


@_do.register
def _(operation: ops.SetLayout, editor: Editor) -> None:
    for address, position in operation.positions.items():
        _body, owner, place = editor.node(address)
        name = address.rpartition("/")[2]
        if position is None:
            drop(owner, "layout", name)
        else:
            section(owner, "layout", make=True)[name] = pair(position, (*place, "layout", name))


@_do.register
def _(operation: ops.SetFlow, editor: Editor) -> None:
    document = editor.document
    if not isinstance(operation.flow, UnsetType):
        check_name(operation.flow, ("flow",))
        document["flow"] = operation.flow
    set_text(document, "title", operation.title)
    set_text(document, "help", operation.help)
    set_text(document, "on_error", operation.on_error)
    set_switch(document, operation.disabled)


@_do.register
def _(operation: ops.SetGroup, editor: Editor) -> None:
    owner, place, name = editor.owner(operation.name)
    check_name(name, (*place, "groups", name))
    group = section(owner, "groups", make=True).setdefault(name, {})
    if not isinstance(group, dict):
        raise InvalidEdit((*place, "groups", name), Text("flow.section-no-mapping", key=name))
    set_text(group, "title", operation.title)
    set_text(group, "colour", operation.colour)
    if not isinstance(operation.members, UnsetType):
        group["members"] = list(operation.members)


@_do.register
def _(operation: ops.RemoveGroup, editor: Editor) -> None:
    _remove_named(editor, operation.name, "groups", Text("flow.no-group", name=operation.name))


@_do.register
def _(operation: ops.SetNote, editor: Editor) -> None:
    owner, place, name = editor.owner(operation.name)
    place = (*place, "notes", name)
    check_name(name, place)
    note = section(owner, "notes", make=True).setdefault(name, {})
    if not isinstance(note, dict):
        raise InvalidEdit(place, Text("flow.section-no-mapping", key=name))
    if not isinstance(operation.text, UnsetType):
        note["text"] = writable(operation.text, (*place, "text"))
    if not isinstance(operation.at, UnsetType):
        note["at"] = pair(operation.at, (*place, "at"))
    if operation.size is None:
        note.pop("size", None)
    elif not isinstance(operation.size, UnsetType):
        note["size"] = pair(operation.size, (*place, "size"))


@_do.register
def _(operation: ops.RemoveNote, editor: Editor) -> None:
    _remove_named(editor, operation.name, "notes", Text("flow.no-note", name=operation.name))


@_do.register
def _(operation: ops.SetSubflow, editor: Editor) -> None:
    check_name(operation.name, ("subflows", operation.name))
    subflows = section(editor.document, "subflows", make=True)
    subflows[operation.name] = writable(operation.definition, ("subflows", operation.name))


@_do.register
def _(operation: ops.RemoveSubflow, editor: Editor) -> None:
    used = next(
        (place for place, body in _all_nodes(editor.document) if body.get("type") == SUBFLOW_PREFIX + operation.name),
        None,
    )
    if used is not None:
        raise InvalidEdit(used, Text("flow.subflow-used", subflow=operation.name))
    _remove_named(editor, operation.name, "subflows", Text("flow.no-subflow", subflow=operation.name))


@_do.register
def _(operation: ops.RenameSubflow, editor: Editor) -> None:
    subflows = section(editor.document, "subflows")
    place: Path = ("subflows", operation.name)
    if operation.name not in subflows:
        raise _no_subflow(place, operation.name, subflows)
    if operation.to == operation.name:
        return
    check_name(operation.to, place)
    if operation.to in subflows:
        raise InvalidEdit(place, Text("flow.subflow-exists", subflow=operation.to))
    for _place, body in _all_nodes(editor.document):
        if body.get("type") == SUBFLOW_PREFIX + operation.name:
            body["type"] = SUBFLOW_PREFIX + operation.to
    editor.rename_key(subflows, ("subflows",), operation.name, operation.to)


def _no_subflow(place: Path, name: str, known: Document) -> InvalidEdit:
    return InvalidEdit(place, Text("flow.no-subflow", subflow=name).with_hint(did_you_mean(name, known)))


def _remove_named(editor: Editor, address: str, name: str, missing: Text) -> None:
    owner, place, key = editor.owner(address)
    if key not in section(owner, name):
        raise InvalidEdit((*place, name, key), missing.with_hint(did_you_mean(key, section(owner, name))))
    drop(owner, name, key)


def _all_nodes(document: Document) -> list[tuple[Path, Document]]:
    found: list[tuple[Path, Document]] = [(("nodes", name), body) for name, body in section(document, "nodes").items()]
    for scope, subflow in section(document, "subflows").items():
        if isinstance(subflow, dict):
            found += [(("subflows", scope, "nodes", name), body) for name, body in section(subflow, "nodes").items()]
    return [(place, body) for place, body in found if isinstance(body, dict)]


def _wired(operation: ops.AddWire | ops.RemoveWire | ops.ChangeWire, place: Path, change: Any) -> Any:
    try:
        return change()
    except InvalidWire as fault:
        name = operation.node.rpartition("/")[2]
        raise InvalidEdit((*place, "nodes", name, "to"), fault.text) from fault

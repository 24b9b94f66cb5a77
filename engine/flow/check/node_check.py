"""Checks one node of a flow: is its type known, does its config fit, and which ports does it then have."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from typing import Any

import msgspec

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.foreign_code import call_foreign
from engine.core.node import ERROR_PORT, Node, Port
from engine.expression import Expression, ExpressionError
from engine.flow.check.config_messages import config_problems
from engine.flow.check.expand import ExpandedNode
from engine.flow.check.path_check import invalid_paths
from engine.flow.model import SUBFLOW_PREFIX, Flow
from engine.flow.names import nearest
from engine.flow.problem import Severity
from engine.flow.references import KINDS, Reference, References, references_in
from engine.flow.tree import Path
from engine.texts.text import Readable, Text, reason_of

Report = Callable[[Path, Readable, Severity], None]

_ANNOTATIONS = {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
_WHERE = re.compile(r" - at `\$([^`]*)`\Z")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


class CheckedNode(msgspec.Struct, frozen=True, eq=False):
    """A node as the wires see it. `outputs` is None while they can't be told (a wrong config of a node whose config makes
    ports), `kind` is None when the type is unknown."""

    expanded: ExpandedNode
    kind: NodeType | None
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...] | None

    def output(self, name: str) -> Port | None:
        """The output port of a name, the error port and "" (the first) too."""
        if name == ERROR_PORT:
            return next((port for port in self.outputs or () if port.name == name), Port(ERROR_PORT))
        return _port(self.outputs or (), name)

    def input(self, name: str) -> Port | None:
        """The input port of a name, "" being the only one."""
        return None if not name and len(self.inputs) > 1 else _port(self.inputs, name)


class NodeCheck:
    """Checks nodes one by one; `report` takes what is wrong."""

    def __init__(self, flow: Flow, catalogue: Catalogue, references: References, report: Report) -> None:
        self.flow = flow
        self.catalogue = catalogue
        self.references = references
        self._report = report
        self._stricter: dict[str, bool] = {}

    def check(self, node: ExpandedNode) -> CheckedNode:
        """Tells everything wrong with the node itself."""
        kind = self.catalogue.types.get(node.type)
        if kind is None:
            self._unknown_type(node)
            return CheckedNode(node, None, (), None)
        for reference in references_in(node.with_):
            self._reference(node, reference)
            if reference.kind in ("secret", "broker") and not kind.about.secrets:
                place = (*node.place, "with", *reference.place)
                self._report(place, Text("flow.secret-not-here", reference=str(reference)), "error")
        made = self._make(node, kind)
        if made is not None:
            try:
                return CheckedNode(node, kind, call_foreign(made.input_ports), tuple(call_foreign(made.output_ports)))
            except Exception as error:  # noqa: BLE001 - a custom node makes its ports
                self._refused(node, error, node.with_, hidden=True)
        return CheckedNode(node, kind, kind.inputs, None if _makes_ports(kind) else kind.outputs)

    def _unknown_type(self, node: ExpandedNode) -> None:
        if not node.type:
            return  # reading the file has told that `type` is missing
        broken = self.catalogue.problem_of(node.type)
        place = (*node.place, "type")
        if broken:
            self._report(place, Text("flow.type-broken", type=node.type, reason=broken), "error")
            return
        known = [*self.catalogue.types, *(SUBFLOW_PREFIX + name for name in self.flow.subflows)]
        meant = SUBFLOW_PREFIX + node.type if node.type in self.flow.subflows else nearest(node.type, known)
        hint = Text("flow.did-you-mean", name=meant) if meant else None
        self._report(place, Text("flow.no-type", type=node.type).with_hint(hint), "error")

    def _reference(self, node: ExpandedNode, reference: Reference) -> None:
        place = (*node.place, "with", *reference.place)
        if reference.kind not in KINDS:
            meant = nearest(reference.kind, KINDS)
            if meant:
                hint = Text("flow.did-you-mean", name=f"${{{meant}:{reference.name}}}")
                self._report(place, Text("flow.no-reference-kind", kind=reference.kind).with_hint(hint), "error")
            else:
                known = [f"${{{kind}:…}}" for kind in KINDS]
                self._report(place, Text("flow.no-reference", text=str(reference), known=known), "warning")
            return
        if reference.kind == "field" and self._is_field(node.place, reference.name):
            return  # without a value; told at the node that uses the subflow
        fault = self.references.fault(reference)
        if fault is not None:
            self._report(place, fault, "error")

    def _is_field(self, place: Path, name: str) -> bool:
        return place[0] == "subflows" and name in self.flow.subflows[str(place[1])].fields

    def _make(self, node: ExpandedNode, kind: NodeType) -> Node | None:
        """The node with its config, everything wrong with that told; None when it can't be made."""
        config, unknown = self.references.preview(node.with_, kind.schema)
        for place, wrong in invalid_paths(config, kind.path_fields):
            if place not in unknown:
                self._report((*node.place, "with", *place), wrong, "error")
        if not self._is_stricter(kind):
            # What msgspec takes, a schema derived from the class takes too, and msgspec is forty times as quick to say so.
            with contextlib.suppress(Exception):
                return kind.make(config)
        hidden = frozenset(reference.place for reference in references_in(node.with_))
        faults = config_problems(kind.validator.iter_errors(config), config, kind.schema, hidden)
        faults = [fault for fault in faults if fault.place not in unknown]
        for fault in faults:
            self._report((*node.place, "with", *fault.place), fault.text, "error")
        try:
            return kind.make(config)
        except ExpressionError as error:
            self._wrong_expression(node, error, config)
        except Exception as error:  # noqa: BLE001 - the author of a custom node may raise anything on a config
            if not faults and unknown and _makes_ports(kind):
                self._unknown_ports(node, min(unknown, key=str))
            if faults or unknown:
                return None  # told already, or not to be told before the start
            if isinstance(error.__cause__, ExpressionError):
                self._wrong_expression(node, error.__cause__, config)
            else:
                self._refused(node, error, config, bool(hidden))
        return None

    def _unknown_ports(self, node: ExpandedNode, place: Path) -> None:
        """Without its ports no wire could leave the node, and what it sends would all go to quarantine."""
        self._report((*node.place, "with", *place), Text("flow.ports-unknown"), "error")

    def _is_stricter(self, kind: NodeType) -> bool:
        """Whether the schema of a type asks for more than its class: an author can add any keyword to a field's schema."""
        known = self._stricter.get(kind.type)
        if known is None:
            known = self._stricter[kind.type] = has_own_keywords(kind.cls)
        return known

    def _refused(self, node: ExpandedNode, error: Exception, config: dict[str, Any], hidden: bool) -> None:
        # msgspec wraps what `__post_init__` raises: the text that was raised is behind it, the place in its words.
        said = reason_of(error.__cause__ if isinstance(error.__cause__, ValueError | TypeError) else error)
        place: Path = ()
        if found := _WHERE.search(str(error)):
            place = tuple(step if step else int(index) for step, index in _STEP.findall(found[1]) if index != "...")
        if isinstance(said, str):
            said = _WHERE.sub("", said).replace("\n", "; ")
            if not isinstance(error, ValueError | TypeError):
                said = f"{type(error).__name__}: {said}"
        if hidden and not isinstance(error, msgspec.ValidationError):
            said = Text("flow.type-refuses", error=type(error).__name__)
        self._report((*node.place, "with", *place), said, "error")

    def _wrong_expression(self, node: ExpandedNode, error: ExpressionError, config: dict[str, Any]) -> None:
        place = next(_texts_refused_like(error, config, ()), ())
        for problem in error.problems:
            text = Text("flow.at-column", column=problem.column, text=problem.text)
            self._report((*node.place, "with", *place), text, "error")


def has_own_keywords(cls: type[Node]) -> bool:
    """Whether some field of a class, at any depth, brings schema keywords of its own that msgspec does not check."""
    seen: set[int] = set()
    waiting: list[Any] = [msgspec.inspect.type_info(cls)]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, msgspec.inspect.Metadata):
            added = (part.extra_json_schema or {}).keys() - _ANNOTATIONS
            if any(not keyword.startswith("x-") for keyword in added):
                return True
        if isinstance(part, msgspec.inspect.Type | msgspec.inspect.Field):
            waiting += [getattr(part, name) for name in part.__struct_fields__]
        elif isinstance(part, tuple):
            waiting += part
    return False


def _texts_refused_like(error: ExpressionError, value: Any, place: Path) -> Any:
    """The places of the texts that raise this very error when read as an expression: it does not say where it came from."""
    if isinstance(value, str):
        for strings in (False, True):
            try:
                Expression(value, strings=strings)
            except ExpressionError as again:
                if str(again) == str(error):
                    yield place
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts_refused_like(error, item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts_refused_like(error, item, (*place, index))


def _makes_ports(kind: NodeType) -> bool:
    """Whether the config of a node of this type says which outputs it has."""
    return kind.cls.output_ports is not Node.output_ports


def _port(ports: tuple[Port, ...], name: str) -> Port | None:
    if not name:
        return ports[0] if ports else None
    return next((port for port in ports if port.name == name), None)

"""Random flows, in the words of a flow file, and random edits of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

IDS = ["a", "b", "c", "10", "显示", "x-2"]
SUBFLOWS = ["s", "inner"]
PORTS = ["in", "out", "error", "left", "first"]
TYPES = [
    "gas",
    "whole",
    "yes",
    "lists",
    "change",
    "hand-on",
    "meet",
    "limit",
    "route",
    "take-reading",
    "take-whole",
    "take-floats",
]
UNITS = ["ppm", "%LEL", ""]
TITLES = st.sampled_from(["", "Gas", {"zh": "气体"}, {"zh": "气体", "en": "Gas"}, {}])
VALUES = st.sampled_from([0, 1, 1.0, 1.5, True, False, None, "", "on", [], {}, [1, {"a": None}], "气 # b", -7])
PLACES = st.tuples(st.sampled_from([0, 40, -20.5, 1e3]), st.integers(-9, 900)).map(list)


@st.composite
def documents(draw: st.DrawFn, wired: bool = True, known_types: bool = True) -> Document:
    """A flow with subflows, groups, notes and places. Without `known_types` any type and any config stands in it."""
    subflows = draw(st.lists(st.sampled_from(SUBFLOWS), max_size=2, unique=True))
    document: Document = {"flow": "t", **draw(_sheet(subflows, wired, known_types, inner=False))}
    if draw(st.booleans()):
        document["on_error"] = draw(st.sampled_from(list(document["nodes"])))
    for key in ("title", "help"):
        if title := draw(TITLES):
            document[key] = title
    if subflows:
        document["subflows"] = {
            name: draw(_subflow(subflows[index + 1 :], wired, known_types)) for index, name in enumerate(subflows)
        }
    return document


@st.composite
def operations(draw: st.DrawFn, document: Document) -> dict[str, Any]:
    """An edit that may well fit this flow."""
    scope = draw(st.sampled_from(["", "", *document.get("subflows", {})]))
    sheet = document["subflows"][scope] if scope else document
    nodes = st.sampled_from([*sheet["nodes"], draw(st.sampled_from(IDS))])

    def address(name: str) -> str:
        return f"{scope}/{name}" if scope else name

    op = draw(st.sampled_from(list(_PARTS)))
    return {"op": op, **draw(_PARTS[op](nodes, address, document))}


def _some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


def _with_id(nodes: Any, address: Any, *parts: st.SearchStrategy[dict[str, Any]], key: str = "id") -> Any:
    return st.tuples(nodes.map(lambda name: {key: address(name)}), *parts).map(
        lambda found: {name: value for part in found for name, value in part.items()}
    )


_CONFIGS = st.dictionaries(st.sampled_from(["factor", "rules", "unit"]), VALUES, max_size=3)
_NAMES = st.sampled_from(IDS)
_ENDS = st.sampled_from([*IDS, "b.left", "c.right"])
_DISABLED = st.booleans()
_END = _ENDS | st.fixed_dictionaries({"node": _ENDS}, optional={"disabled": _DISABLED})
_SPELLED = (
    st.none()
    | _END
    | st.lists(_END, max_size=3)
    | st.dictionaries(st.sampled_from(PORTS), _END | st.lists(_END, max_size=2), max_size=3)
)
_FIRST = st.sampled_from(["", "out", "first"])
_NODE = _some(title=TITLES, note=st.sampled_from(["", "why"]), disabled=_DISABLED, to=_SPELLED)


def _wire(nodes: Any, address: Any, more: st.SearchStrategy[dict[str, Any]]) -> Any:
    parts = st.fixed_dictionaries({"to": _ENDS, "port": st.sampled_from(["", *PORTS]), "first": _FIRST})
    return _with_id(nodes, address, parts, more, key="node")


_PARTS: dict[str, Any] = {
    "add_node": lambda nodes, address, _: _with_id(
        _NAMES,
        address,
        st.sampled_from([{"type": "change"}, {"type": "subflow/s"}]),
        _NODE,
        _some(**{"with": _CONFIGS}),
        _some(after=nodes, at=PLACES | st.none()),
    ),
    "change_node": lambda nodes, address, _: _with_id(
        nodes,
        address,
        _NODE,
        _some(
            **{"with": _CONFIGS},
            type=st.sampled_from(["change", "subflow/inner"]),
            set=_CONFIGS,
            unset=st.lists(st.sampled_from(["factor", "unit"]), max_size=1),
        ),
    ),
    "rename_node": lambda nodes, address, _: _with_id(nodes, address, st.fixed_dictionaries({"to": _NAMES})),
    "remove_node": lambda nodes, address, _: _with_id(nodes, address),
    "add_wire": lambda nodes, address, _: _wire(nodes, address, _some(disabled=_DISABLED)),
    "remove_wire": lambda nodes, address, _: _wire(nodes, address, st.just({})),
    "change_wire": lambda nodes, address, _: _wire(nodes, address, st.fixed_dictionaries({"disabled": _DISABLED})),
    "set_layout": lambda nodes, address, _: st.dictionaries(nodes.map(address), PLACES | st.none(), max_size=3).map(
        lambda positions: {"positions": positions}
    ),
    "set_flow": lambda nodes, _, document: _some(
        title=TITLES, help=TITLES, on_error=st.sampled_from(["", *document["nodes"]]), disabled=_DISABLED
    ),
    "set_group": lambda nodes, address, _: _with_id(
        st.sampled_from(["g", "h"]),
        address,
        _some(title=TITLES, colour=st.sampled_from(["", "teal"]), members=st.lists(nodes, max_size=2)),
        key="name",
    ),
    "remove_group": lambda nodes, address, _: _with_id(st.sampled_from(["g", "h"]), address, key="name"),
    "set_note": lambda nodes, address, _: _with_id(
        st.sampled_from(["n", "m"]),
        address,
        _some(text=st.sampled_from(["", "# 注"]), at=PLACES, size=PLACES | st.none()),
        key="name",
    ),
    "remove_note": lambda nodes, address, _: _with_id(st.sampled_from(["n", "m"]), address, key="name"),
    "set_subflow": lambda nodes, address, _: st.tuples(st.sampled_from(SUBFLOWS), _subflow([], True, False)).map(
        lambda found: {"name": found[0], "definition": found[1]}
    ),
    "remove_subflow": lambda nodes, address, _: st.sampled_from(SUBFLOWS).map(lambda name: {"name": name}),
    "rename_subflow": lambda nodes, address, _: st.tuples(
        st.sampled_from(SUBFLOWS), st.sampled_from([*SUBFLOWS, "other"])
    ).map(lambda found: {"name": found[0], "to": found[1]}),
}


@st.composite
def _subflow(draw: st.DrawFn, inside: list[str], wired: bool, known_types: bool) -> Document:
    body = draw(_sheet(inside, wired, known_types, inner=True))
    ends = st.lists(st.sampled_from(list(body["nodes"])), max_size=2 if wired else 0, unique=True)
    for side, port in (("inputs", PORTS), ("outputs", PORTS)):
        ports = draw(st.lists(st.sampled_from(port), max_size=2, unique=True))
        if ports:
            body[side] = {name: draw(ends) for name in ports}
    if draw(st.booleans()):
        body["fields"] = {
            "unit": draw(st.sampled_from([{"type": "string", "default": "ppm"}, {"default": "%LEL"}, {}]))
        }
    return body


@st.composite
def _sheet(draw: st.DrawFn, subflows: list[str], wired: bool, known_types: bool, inner: bool) -> Document:
    names = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True))
    nodes: Document = {}
    for name in names:
        node = draw(_node(names, subflows, inner) if known_types else _any_node(subflows))
        if wired and (to := draw(_wires(names))):
            node["to"] = to
        if draw(st.integers(0, 9)) == 0:
            node["disabled"] = True
        nodes[name] = node
    body: Document = {"nodes": nodes}
    if draw(st.booleans()):
        body["groups"] = {"g": {"members": names[:2]}}
    if draw(st.booleans()):
        body["notes"] = {"n": {"text": "气", "at": draw(PLACES)}}
    if placed := draw(st.lists(st.sampled_from(names), unique=True)):
        body["layout"] = {name: draw(PLACES) for name in placed}
    return body


@st.composite
def _node(draw: st.DrawFn, names: list[str], subflows: list[str], inner: bool) -> Document:
    kind = draw(st.sampled_from([*TYPES, *TYPES, "link-in", "link-out", *(f"subflow/{name}" for name in subflows)]))
    node: Document = {"type": kind}
    if kind == "limit":
        node["with"] = {"unit": draw(st.sampled_from([*UNITS, *(["${field:unit}", "${field:unit}"] if inner else [])]))}
    elif kind == "route":
        node["with"] = {"names": draw(st.sampled_from([["first"], ["first", "out"]]))}
    elif kind == "link-in":
        node["with"] = {"name": draw(st.sampled_from(["", "way", "other"]))}
    elif kind == "link-out":
        node["with"] = {"to": draw(st.sampled_from(["way", "t/way", *names]))}
    elif kind.startswith("subflow/") and draw(st.booleans()):
        node["with"] = {"unit": draw(st.sampled_from(UNITS))}
    return node


@st.composite
def _any_node(draw: st.DrawFn, subflows: list[str]) -> Document:
    node: Document = {"type": draw(st.sampled_from(["change", "acme.pump", *(f"subflow/{name}" for name in subflows)]))}
    if config := draw(_CONFIGS):
        node["with"] = config
    if title := draw(TITLES):
        node["title"] = title
    return node


@st.composite
def _wires(draw: st.DrawFn, names: list[str]) -> Any:
    ends = st.sampled_from([*names, *(f"{name}.left" for name in names)])
    end = ends | st.fixed_dictionaries({"node": ends, "disabled": st.just(True)})
    several = st.lists(end, max_size=3, unique_by=lambda one: one if isinstance(one, str) else one["node"])
    return draw(st.none() | several | st.dictionaries(st.sampled_from(PORTS), several.filter(bool), max_size=2))

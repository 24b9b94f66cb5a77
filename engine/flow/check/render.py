"""A flow drawn for reading: as text in the order of its messages, or as a Graphviz graph."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import networkx as nx

from engine.flow.check.expand import LINK_IN, LINK_OUT, links_in, links_out
from engine.flow.check.graph import flow_order
from engine.flow.model import Flow, NodeSpec, Subflow, Target, localized
from engine.texts.language import Language
from engine.texts.text import Param, Readable, Text, render

_INDENT = "  "


def show_text(flow: Flow, language: Language = "zh") -> str:
    """Each node after those that lead to it, with its config and wires; subflows are indented under their own heading."""
    name = render(Text("show.flow", name=flow.flow), language)
    lines = [_heading(name, localized(flow.title, language), flow.disabled, language)]
    lines += _body(flow.flow, flow.nodes, language)
    if flow.on_error is not None:
        lines.append(_INDENT + render(Text("show.on-error", target=str(flow.on_error)), language))
    for name, subflow in flow.subflows.items():
        lines += ["", *(_INDENT + line for line in _subflow(flow.flow, name, subflow, language))]
    return "\n".join(lines)


def show_dot(flow: Flow, language: Language = "zh") -> str:
    """The flow in Graphviz's language, for `dot -Tsvg`. Subflows are clusters; what is disabled is dashed and grey."""
    lines = [
        "digraph {",
        f"  label={_quoted(localized(flow.title, language) or flow.flow)}; rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fillcolor="#f6f8fa", fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    lines += _dot_nodes("", flow.nodes, language)
    lines += _dot_wires("", flow.nodes)
    lines += _dot_links(flow.flow, flow.nodes)
    if flow.on_error is not None:
        lines.append(
            f'  "on error" [shape=plaintext, style=""]; "on error" -> {_quoted(flow.on_error.node)} [style=dotted];'
        )
    for number, (name, subflow) in enumerate(flow.subflows.items()):
        prefix = f"{name}/"
        lines += [
            f"  subgraph cluster_{number} {{",
            f"    label={_quoted(localized(subflow.title, language) or name)};",
        ]
        lines += ["  " + line for line in _dot_nodes(prefix, subflow.nodes, language)]
        for side, ports in (("in", subflow.inputs), ("out", subflow.outputs)):
            for port, ends in ports.items():
                this = _quoted(f"{prefix}{side}:{port}")
                lines.append(f"    {this} [label={_quoted(port)}, shape=cds];")
                for end in ends:
                    inner = _quoted(prefix + end.node)
                    lines.append(f"    {this} -> {inner};" if side == "in" else f"    {inner} -> {this};")
        lines += ["  " + line for line in _dot_wires(prefix, subflow.nodes)]
        lines.append("  }")
    return "\n".join([*lines, "}"])


def _subflow(flow: str, name: str, subflow: Subflow, language: Language) -> Iterator[str]:
    yield _heading(
        render(Text("show.subflow", name=name), language), localized(subflow.title, language), False, language
    )
    for field, schema in subflow.fields.items():
        default = f" = {_json(schema['default'])}" if "default" in schema else ""
        kind = schema.get("type", Text("flow.anything"))
        yield _INDENT + render(Text("show.field", name=field, kind=kind), language) + default
    for port, ends in subflow.inputs.items():
        yield _INDENT + render(Text("show.in", port=port, ends=_ends(ends)), language)
    yield from _body(flow, subflow.nodes, language)
    for port, ends in subflow.outputs.items():
        yield _INDENT + render(Text("show.out", port=port, ends=_ends(ends)), language)


def _body(flow: str, nodes: Mapping[str, NodeSpec], language: Language) -> Iterator[str]:
    for id in flow_order(_plain_graph(nodes)):
        node = nodes[id]
        config = "  " + ", ".join(f"{name}={_json(value)}" for name, value in node.with_.items()) if node.with_ else ""
        yield f"{_INDENT}{_heading(f'{id} [{node.type}]', localized(node.title, language), node.disabled, language)}{config}"
        for port, ends in node.to.items():
            for end in ends:
                mark = _mark(end, nodes) if end.node in nodes else Text("show.not-there")
                yield f"{_INDENT * 3}{port + ' ' if port else ''}→ {end}{render(mark, language)}"
        for link, _place in links_out(flow, node.with_) if node.type in LINK_OUT else ():
            yield _INDENT * 3 + render(Text("show.link-out", link=link), language)
        if node.type == LINK_IN:
            yield _INDENT * 3 + render(Text("show.link-in", link=links_in(flow, node)), language)


def _plain_graph(nodes: Mapping[str, NodeSpec]) -> nx.MultiDiGraph[str]:
    """The nodes of one level as they are written, disabled ones too."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(nodes)
    for id, node in nodes.items():
        graph.add_edges_from((id, end.node) for ends in node.to.values() for end in ends if end.node in nodes)
    return graph


def _mark(end: Target, nodes: Mapping[str, NodeSpec]) -> Readable:
    return Text("show.disabled") if end.disabled or nodes[end.node].disabled else ""


def _ends(ends: Sequence[Target]) -> Param:
    return [str(end) for end in ends] or Text("show.nowhere")


def _heading(name: str, title: str, disabled: bool, language: Language) -> str:
    return f"{name}{f' “{title}”' if title else ''}{render(Text('show.disabled'), language) if disabled else ''}"


def _dot_nodes(prefix: str, nodes: Mapping[str, NodeSpec], language: Language) -> Iterator[str]:
    for id, node in nodes.items():
        title = localized(node.title, language)
        label = "\n".join(part for part in (title or id, node.type) if part)
        grey = ', style="rounded,dashed", fontcolor=grey, color=grey' if node.disabled else ""
        yield f"  {_quoted(prefix + id)} [label={_quoted(label)}{grey}];"


def _dot_wires(prefix: str, nodes: Mapping[str, NodeSpec]) -> Iterator[str]:
    for id, node in nodes.items():
        for port, ends in node.to.items():
            for end in ends:
                marks = [f"label={_quoted(port)}"] if port else []
                if end.port:
                    marks.append(f"headlabel={_quoted(end.port)}")
                if end.disabled:
                    marks.append("style=dashed, color=grey")
                told = f" [{', '.join(marks)}]" if marks else ""
                yield f"  {_quoted(prefix + id)} -> {_quoted(prefix + end.node)}{told};"


def _dot_links(flow: str, nodes: Mapping[str, NodeSpec]) -> Iterator[str]:
    named = {links_in(flow, node): id for id, node in nodes.items() if node.type == LINK_IN}
    for id, node in nodes.items():
        for link, _place in links_out(flow, node.with_) if node.type in LINK_OUT else ():
            yield f"  {_quoted(id)} -> {_quoted(named.get(link, link))} [style=dashed];"


def _quoted(text: str) -> str:
    # JSON's escapes of quote, backslash and line break are Graphviz's too.
    return json.dumps(text, ensure_ascii=False)


def _json(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else text[:59] + "…"

"""The canonical form of a flow file: the same flow and comments, in fixed order and indentation."""

from typing import Any

from engine.flow.model import Flow
from engine.flow.problem import FlowError, errors_in
from engine.flow.tree import Mapping, Sequence, behind
from engine.flow.yaml.formatter import Formatter
from engine.flow.yaml.parser import parse_tree
from engine.flow.yaml.patch import FlowText, PatchError
from engine.flow.yaml.read import read_flow
from engine.flow.yaml.wires import is_by_port


def formatted(text: str, path: str = "flow") -> str:
    """`text` in canonical form; formatting that again changes nothing.

    Keys stand in the order of the format, two spaces in; `to` is as short as it can be; comments, quoting, anchors,
    blank lines (at most one) and CRLF stay; a byte order mark goes. Where moving keys would part an alias from its
    anchor they stay where they are. Raises `FlowError` when the text is no flow without errors, `PatchError` when the
    result would not read as the same flow.
    """
    flow, problems = read_flow(text, path)
    if flow is None or errors_in(problems):
        raise FlowError(problems)
    shorter = _with_short_wires(text, path)
    root, _problems = parse_tree(shorter, path)
    if root is None:
        raise PatchError(f"{path}: the text could not be read again")
    for in_order in (True, False):
        formatter = Formatter(shorter, root, in_order)
        result = formatter.text()
        if formatter.comments_kept and _reads_as(result, flow, path):
            return result
    raise PatchError(f"{path}: the canonical form does not read as the same flow; nothing was changed")


def _reads_as(text: str, flow: Flow, path: str) -> bool:
    again, problems = read_flow(text, path)
    return again == flow and not errors_in(problems)


def _with_short_wires(text: str, path: str) -> str:
    editing = FlowText(text, path)
    source = editing.flow.source
    document = editing.document
    scopes: list[tuple[Any, Any]] = [(document, source.root)]
    root = source.root
    if isinstance(root, Mapping) and (entry := root.entry("subflows")) is not None:
        section = behind(entry[1])
        if isinstance(section, Mapping):
            scopes += [(document["subflows"][key.value], behind(value)) for key, value in section.entries]
    for scope, part in scopes:
        entry = part.entry("nodes") if isinstance(part, Mapping) else None
        nodes = behind(entry[1]) if entry is not None else None
        for key, value in nodes.entries if isinstance(nodes, Mapping) else []:
            body = behind(value)
            entry = body.entry("to") if isinstance(body, Mapping) else None
            # A comment inside the wires explains one of them: such wires keep their spelling.
            if entry and not (isinstance(entry[1], Mapping | Sequence) and "#" in text[entry[1].start : entry[1].end]):
                node = scope["nodes"][key.value]
                node["to"] = _short(node["to"])
    return editing.write(document).removeprefix("\ufeff")


def _short(to: Any) -> Any:
    if is_by_port(to):
        return {port: _short(ends) for port, ends in to.items()}
    if isinstance(to, list):
        ends = [_short(end) for end in to]
        return ends[0] if len(ends) == 1 and isinstance(ends[0], str) else ends
    if isinstance(to, dict) and not to.get("disabled"):
        return to["node"]
    return to

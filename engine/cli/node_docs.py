"""The node reference: a page per node type and language, written from the declarations and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.node import ERROR_PORT, Example, Port
from engine.core.paths import plain
from engine.flow.check.compatibility import describe_type
from engine.texts.language import LANGUAGES, Language
from engine.texts.titles import title

__all__ = ["node_pages", "write_node_pages"]

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "Node types", "fields": "Fields", "examples": "Examples", "field": "field", "name": "in the file",
        "type": "value", "default": "default",
        "unit": "unit", "means": "meaning", "ports": "Ports", "port": "port", "carries": "carries", "in": "input", "out": "output",
        "required": "required", "empty": "(empty)", "anything": "anything", "same": "what came in", "given": "given", "sends": "sends",
        "source": "Brings messages in; no wire leads to it.", "acts": "Acts on the outside: flow tests capture its messages.",
        "buffers": "Messages wait in it, so a loop may lead through it.", "error": "what failed, with the reason",
        "none": "It has no fields.", "state": "with", "or": " or ", "and": ", ", "list": "list of", "object": "object", "any": "any value",
        "string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "null": "nothing",
        "more": "its ports are made from its fields",
    },
    "zh": {
        "title": "节点类型", "fields": "参数", "examples": "示例", "field": "参数", "name": "文件中的名称", "type": "值", "default": "默认",
        "unit": "单位", "means": "含义", "ports": "端口", "port": "端口", "carries": "内容", "in": "输入", "out": "输出",
        "required": "必填", "empty": "（空）", "anything": "任意", "same": "收到的消息", "given": "输入", "sends": "输出",
        "source": "源节点，没有输入端口。", "acts": "作用于外界：流程测试中只截取消息，不执行。",
        "buffers": "消息在其中等待，连线可以经过它绕回。", "error": "失败的消息及原因",
        "none": "没有参数。", "state": "已有", "or": "或", "and": "、", "list": "列表：", "object": "键值表", "any": "任意值",
        "string": "文本", "number": "数字", "integer": "整数", "boolean": "true 或 false", "null": "空", "more": "端口由参数决定",
    },
}  # fmt: skip
HEAD = "<!-- Written by `mcs nodes --docs` from the node's own declaration: change it there. -->\n"
FOLDER = "node-types"
"""Of the pages, below each language's part of the manual."""


def node_pages(catalogue: Catalogue) -> dict[str, str]:
    """{path: text} of the whole reference: `en/node-types/switch.md` and `zh/node-types/switch.md`, and an `index.md` of each language."""
    pages: dict[str, str] = {}
    kinds = sorted(catalogue.types.values(), key=lambda kind: (kind.about.category, kind.type))
    for language in LANGUAGES:
        pages[f"{language}/{FOLDER}/index.md"] = _index(kinds, language)
        for kind in kinds:
            pages[f"{language}/{FOLDER}/{kind.type}.md"] = "\n".join(_page(kind, language)) + "\n"
    return pages


def write_node_pages(catalogue: Catalogue, manual: Path) -> list[str]:
    """Writes the reference into the folder of the manual, and removes the pages of types that are gone; the paths of what changed."""
    pages = node_pages(catalogue)
    there = {str(path.relative_to(manual)) for path in manual.glob(f"*/{FOLDER}/*.md")}
    changed = sorted(there - pages.keys())
    for name in changed:
        (manual / name).unlink()
    for name, text in pages.items():
        path = manual / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(name)
    return sorted(changed)


def _title(kind: NodeType, language: Language) -> str:
    return kind.zh.title if language == "zh" and kind.zh is not None else kind.about.title


def _help(kind: NodeType, language: Language) -> str:
    return kind.zh.text if language == "zh" and kind.zh is not None else kind.help


def _index(kinds: Sequence[NodeType], language: Language) -> str:
    lines = [HEAD, f"# {WORDS[language]['title']}"]
    category = ""
    for kind in kinds:
        if kind.about.category != category:
            category = kind.about.category
            lines += ["", f"## {title('category', category, language)}", ""]
        first = _help(kind, language).partition("\n")[0].partition("。")[0]
        lines.append(f"- [`{kind.type}`]({kind.type}.md) {_title(kind, language)}: {first}")
    return "\n".join(lines) + "\n"


def _page(kind: NodeType, language: Language) -> Iterator[str]:
    words = WORDS[language]
    yield from (HEAD, f"# {_title(kind, language)} `{kind.type}`", "", _help(kind, language), "")
    facts = {"source": kind.is_source, "acts": kind.about.side_effect, "buffers": kind.about.buffers}
    for fact, holds in facts.items():
        if holds:
            yield from (words[fact], "")
    yield from _ports(kind, language)
    yield from ("", f"## {words['fields']}", "")
    yield from _fields(kind.form, language)
    for name, part in kind.form.get("$defs", {}).items():
        if "properties" in part:
            yield from ("", f"### {name}", "")
            yield from _fields(part, language)
    if kind.cls.examples:
        yield from ("", f"## {words['examples']}")
        for example in kind.cls.examples:
            yield from _example(kind, example, language)


def _ports(kind: NodeType, language: Language) -> Iterator[str]:
    words = WORDS[language]
    yield from (f"## {words['ports']}", "", f"| {words['port']} | | {words['carries']} |", "|---|---|---|")
    for port in (*kind.inputs, *kind.outputs):
        yield f"| `{port.name}` | {_port_title(port, language)} | {_format_type(port, language)} |"
    yield f"| `{ERROR_PORT}` | {_port_title(Port(ERROR_PORT), language)} | {words['error']} |"
    if "output_ports" in kind.cls.__dict__:
        yield from ("", f"({words['more']})")


def _port_title(port: Port, language: Language) -> str:
    zh, en = port.titles
    return zh if language == "zh" and zh else en


def _format_type(port: Port, language: Language) -> str:
    words = WORDS[language]
    if port.same_as:
        return words["same"]
    name = words["anything"] if port.payload is Any else f"`{describe_type(port.payload)}`"
    return f"{name}, {port.unit}" if port.unit else name


def _fields(schema: Mapping[str, Any], language: Language) -> Iterator[str]:
    words = WORDS[language]
    fields = schema.get("properties", {})
    if not fields:
        yield words["none"]
        return
    heads = [words[name] for name in ("field", "name", "type", "unit", "default", "means")]
    yield from (f"| {' | '.join(heads)} |", "|---|---|---|---|---|---|")
    required = schema.get("required", ())
    for name, field in fields.items():
        default = f"**{words['required']}**" if name in required else _value(field.get("default"), language)
        told = {**field, **field.get("x-zh", {})} if language == "zh" else field
        cells = [
            told["title"],
            f"`{name}`",
            _type(field, language),
            field.get("x-unit", ""),
            default,
            told.get("description", ""),
        ]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _value(value: Any, language: Language) -> str:
    if value in ("", [], {}, None):
        return WORDS[language]["empty"]
    return f"`{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}`"


def _type(field: Mapping[str, Any], language: Language) -> str:
    words = WORDS[language]
    if "enum" in field:
        titles = field.get("x-choices", {})
        return words["and"].join(_choice(one, titles, language) for one in titles or field["enum"])
    if "anyOf" in field:
        return words["or"].join(_type(one, language) for one in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    kind = field.get("type")
    if kind == "array":
        return f"{words['list']} {_type(field.get('items') or {}, language)}" if field.get("items") else words["list"]
    name = words.get(str(kind), words["any"])
    bounds = [f"{sign} {field[key]:,}" for key, sign in _BOUNDS.items() if key in field]
    return f"{name} {', '.join(bounds)}".rstrip()


def _choice(value: Any, titles: Mapping[str, Mapping[str, str]], language: Language) -> str:
    title = titles.get(str(value), {}).get(language, "")
    return f"{_value(value, language)} {title}".rstrip()


_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def _example(kind: NodeType, example: Example, language: Language) -> Iterator[str]:
    words = WORDS[language]
    title = example.title_zh if language == "zh" and example.title_zh else example.title
    yield from ("", f"### {title[:1].upper()}{title[1:]}", "", "```yaml")
    yield _yaml({"type": kind.type, **({"with": plain(example.config)} if example.config else {})})
    yield from ("```", "")
    if example.state:
        yield from (f"{words['state']} `{json.dumps(plain(example.state), ensure_ascii=False)}`", "")
    sends = example.expect if isinstance(example.expect, dict) else {_first(kind, example): example.expect}
    yield from (f"| {words['given']} |", "|---|", *(f"| {_message(one)} |" for one in example.given), "")
    yield from (f"| {words['port']} | {words['sends']} |", "|---|---|")
    for port, messages in sends.items():
        for one in messages:
            yield f"| `{port}` | {_message(one)} |"


def _first(kind: NodeType, example: Example) -> str:
    ports = kind.make(example.config).output_ports()
    return ports[0].name if ports else ERROR_PORT


def _message(message: Any) -> str:
    text = json.dumps(plain(message), ensure_ascii=False, default=str).replace("|", "\\|")
    return f"`{text}`" if "`" not in text else text


def _yaml(value: Any) -> str:
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)
    return text.rstrip()

"""`template`: writes a text with values of the message in it."""

from __future__ import annotations

import html
import json
import re
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pystache  # type: ignore[import-untyped]
from pystache.common import MissingTags, TemplateNotFoundError  # type: ignore[import-untyped]
from pystache.context import KeyNotFoundError  # type: ignore[import-untyped]
from pystache.parser import ParsingError  # type: ignore[import-untyped]

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, Refused, node
from nodes.core.place import Place

LARGEST = 1_000_000
_OPEN, _CLOSED = re.compile(r"\{\{\s*[#^]"), re.compile(r"\{\{\s*/")


class _Renderer(pystache.Renderer):  # type: ignore[misc]  # pystache has no types
    """Writes true, false and whole numbers as JSON does, not as Python."""

    def str_coerce(self, val: Any) -> str:
        return (
            json.dumps(val, ensure_ascii=False, default=str) if isinstance(val, (bool, float, dict, list)) else str(val)
        )


@node(category="shape", icon="braces", title="Template")
class Template(Node):
    """Write a text with values of the message in it, in Mustache: `{{payload.sn}}`,
    `{{#payload.points}}…{{/payload.points}}`, `{{^x}}…{{/x}}`.

    Names are payload, topic, key, time and the message's properties. There is no code in a template and no file it
    could include. With `escape: html` `{{x}}` is escaped and `{{{x}}}` is not; with `json` `{{x}}` is a JSON value;
    with `none` it stands as it is. A name that is nowhere is empty, or with `strict` refuses the message. The result
    is at most a million characters.
    """

    template: Annotated[str, Meta(max_length=100_000, description="The text, in Mustache.")]
    escape: Annotated[Literal["html", "json", "none"], Meta(description="How {{x}} is written.")] = "none"
    strict: Annotated[bool, Meta(description="Refuse a message that lacks a name.")] = False
    property: Annotated[str, Meta(description="Path where the text is written.")] = "payload"

    examples: ClassVar = [
        Example(
            "a line for people",
            {"template": "{{payload.sn}}: {{payload.conc}} ppm{{#payload.over}}, too high{{/payload.over}}"},
            given=[{"sn": "A7", "conc": 51.5, "over": True}],
            expect=["A7: 51.5 ppm, too high"],
            title_zh="给人看的一行",
        ),
        Example(
            "safe in a web page",
            {"template": "<b>{{payload}}</b>", "escape": "html"},
            given=["<x>"],
            expect=["<b>&lt;x&gt;</b>"],
            title_zh="网页中安全",
        ),
    ]
    zh: ClassVar = Help(
        "模板",
        "用 Mustache 模板写出含有消息内容的文本。模板中没有代码，也不能包含文件。escape 为 html 时 {{x}} 会转义。缺少的名字为空，strict 时报错。",
        {
            "template": "模板。",
            "escape": "{{x}} 的写法。",
            "strict": "缺少名字时报错。",
            "property": "结果写到的路径。",
        },
    )

    def __post_init__(self) -> None:
        try:
            pystache.parse(self.template)
        except ParsingError as wrong:
            raise ValueError(f"template: {wrong}") from wrong
        # pystache drops what follows a section that is never closed
        if "{{=" not in self.template and len(_OPEN.findall(self.template)) != len(_CLOSED.findall(self.template)):
            raise ValueError("template: a section is not closed; end each {{#name}} and {{^name}} with {{/name}}")

    def start(self, ctx: Context) -> None:
        self.place = Place(self.property, ctx)
        self.parsed = pystache.parse(self.template)
        escape = {"html": html.escape, "json": _as_json, "none": str}[self.escape]
        missing = MissingTags.strict if self.strict else MissingTags.ignore
        self.renderer = _Renderer(escape=escape, missing_tags=missing, partials={})

    def process(self, msg: Message) -> Message:
        names = {"topic": msg.topic, "key": msg.key, "time": msg.time, **msg.props}
        if msg.payload is not UNSET:
            names["payload"] = msg.payload
        try:
            text = self.renderer.render(self.parsed, msgspec.to_builtins(names, str_keys=True, enc_hook=str))
        except (KeyNotFoundError, TemplateNotFoundError) as wrong:
            raise Refused(f"template: {wrong}") from wrong
        except (RecursionError, OverflowError) as wrong:
            raise Refused(f"template: the message can't be written: {wrong}") from wrong
        if len(text) > LARGEST:
            raise Refused(f"template: the text has {len(text):,} characters, at most {LARGEST:,} are allowed")
        return self.place.set(msg, text)


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

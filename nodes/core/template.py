"""`template`: writes a text with values of the message in it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from pystache.context import KeyNotFoundError  # type: ignore[import-untyped]

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, PathText, PermanentError, Text, node
from nodes.support.mustache import Escape, Mustache, TooLong, check
from nodes.support.value_ref import SHARED, ValueRef

LARGEST = 1_000_000
NOTHING = Message()


@node(category="shape", secrets=False, icon="braces", title="Template")
class Template(Node):
    """Write a text with values of the message in it, in Mustache: `{{payload.sn}}`,
    `{{#payload.points}}…{{/payload.points}}`, `{{^x}}…{{/x}}`.

    Names are payload, topic, key, time, the message's properties, and the memory of the flow and the site (`flow.x`,
    `site.x`); `payload.points.0` is the first of a list. There is no code in a template and no file it could include.
    With `escape: html` `{{x}}` is escaped and `{{{x}}}` is not; with `json` `{{x}}` is a JSON value; with `none` it
    stands as it is, objects and lists as JSON, null as nothing. A name that is nowhere is empty, or with `strict`
    refuses the message. The result is at most a million characters.
    """

    template: Annotated[str, Meta(max_length=100_000, description="The text, in Mustache.")]
    escape: Annotated[Escape, Meta(description="How {{x}} is written.")] = "none"
    strict: Annotated[bool, Meta(description="Refuse a message that lacks a name.")] = False
    property: Annotated[PathText, Meta(min_length=1, description="Path where the text is written.")] = "payload"

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
        "用 Mustache 写出含有消息内容的文本：`{{payload.sn}}`、`{{#payload.points}}`……`{{/payload.points}}`、`{{^x}}`……`{{/x}}`。名字可为 `payload`、"
        "`topic`、`key`、`time` 和消息的属性，也可为流程或全站的上下文（`flow.x`、`site.x`）；`payload.points.0` 为列表的第一项。模板中没有代码，"
        "也不能包含文件。没有的名字写为空；严格时处理失败。结果最多一百万个字符。",
        fields={
            "template": ("模板", "Mustache 文本。"),
            "escape": ("转义", "`{{x}}` 怎样写出。"),
            "strict": ("严格", "没有某个名字时处理失败。"),
            "property": ("属性", "文本写到消息中的哪个路径。"),
        },
    )

    def __post_init__(self) -> None:
        check(self.template)

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.place = ValueRef(self.property, ctx)
        self.remembered: dict[str, ValueRef | None] = {}
        self.mustache = Mustache(self.template, self.escape, self.strict, self._elsewhere)

    def process(self, msg: Message) -> Message:
        names = {"topic": msg.topic, "key": msg.key, "time": msg.time, **msg.props}
        if msg.payload is not UNSET:
            names["payload"] = msg.payload
        try:
            text = self.mustache.text(msgspec.to_builtins(names, str_keys=True, enc_hook=str))
        except KeyNotFoundError as wrong:
            raise PermanentError(Text("template.fails", reason=str(wrong))) from wrong
        except TooLong as wrong:
            raise PermanentError(Text("template.slow")) from wrong
        except (RecursionError, OverflowError) as wrong:
            raise PermanentError(Text("template.plain", reason=str(wrong))) from wrong
        if len(text) > LARGEST:
            raise PermanentError(Text("template.long", length=len(text), limit=LARGEST))
        return self.place.set(msg, text)

    def _elsewhere(self, name: str) -> Any:
        """What the memory of the flow or the site holds under a name such as flow.limit."""
        if name not in self.remembered:
            try:
                self.remembered[name] = ValueRef(name, self.ctx) if name.partition(".")[0] in SHARED else None
            except ValueError:
                self.remembered[name] = None
        place = self.remembered[name]
        return UNSET if place is None else place.get(NOTHING)

"""`html`: makes texts safe to stand in a web page or a mail."""

from __future__ import annotations

import html
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    PathText,
    PermanentError,
    Struct,
    Text,
    choices,
    node,
)
from nodes.support.value_ref import ValueRef


@node(category="shape", secrets=False, icon="code", title="HTML")
class Html(Node):
    """Make texts safe to stand in HTML: `<`, `>`, `&` and both quotes become entities; `unescape` turns entities back
    into characters.

    In a list or an object every text is escaped, keys and all other values stay as they are.
    """

    action: Annotated[
        Literal["escape", "unescape"],
        choices(escape=("Escape", "转义"), unescape=("Unescape", "还原")),
        Meta(title="Direction", description="Which way."),
    ] = "escape"
    property: Annotated[PathText, Meta(min_length=1, description="Path of the text, list or object.")] = "payload"

    examples: ClassVar = [
        Example("a name with a script in it", {}, given=["<script>"], expect=["&lt;script&gt;"], title_zh="转义"),
        Example(
            "every text of an object",
            {},
            given=[{"name": "a & b", "n": 1}],
            expect=[{"payload": {"name": "a &amp; b", "n": 1}}],
            title_zh="键值表中的文本",
        ),
    ]
    zh: ClassVar = Help(
        "HTML 转义",
        "使文本可安全放入网页：<、>、& 和引号写成实体；还原则相反。列表和键值表中的所有文本都会处理，键名与其他值不变。",
        fields={
            "action": ("方向", "转义，或还原。"),
            "property": ("属性", "文本、列表或键值表在消息中的路径。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.place = ValueRef(self.property, ctx)
        self.change = html.escape if self.action == "escape" else html.unescape

    def process(self, msg: Message) -> Message:
        value = self.place.get(msg)
        if value is UNSET:
            raise PermanentError(Text("value.none", path=self.property))
        try:
            return self.place.set(msg, self._changed(value))
        except RecursionError as wrong:
            raise PermanentError(Text("value.too-deep", path=self.property)) from wrong

    def _changed(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.change(value)
        if isinstance(value, (list, tuple)):
            return [self._changed(one) for one in value]
        if isinstance(value, dict):
            return {name: self._changed(one) for name, one in value.items()}
        if isinstance(value, Struct):
            texts = {
                name: self.change(found)
                for name in value.__struct_fields__
                if isinstance(found := getattr(value, name), str)
            }
            return msgspec.structs.replace(value, **texts)
        return value

"""`json`: turns JSON text into values and values into JSON text."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, PathText, PermanentError, Struct, Text, node
from nodes.support.fields import ReadOrWrite
from nodes.support.kinds import kind_text
from nodes.support.value_ref import ValueRef


@node(category="parse", secrets=False, icon="braces", title="JSON")
class Json(Node):
    """Turn JSON text (or bytes, UTF-8) into values, or values into JSON text.

    `toggle` does whichever fits: text and bytes are read, everything else is written. `read` leaves values that are
    no text alone; `write` makes text of everything. Text that is no JSON (NaN, trailing commas and comments are none)
    is refused with the place. Written text holds NaN and infinity as null.
    """

    action: Annotated[ReadOrWrite, Meta(title="Direction", description="Which way.")] = "toggle"
    property: Annotated[PathText, Meta(min_length=1, description="Path of the text or value.")] = "payload"
    indent: Annotated[int, Meta(ge=0, le=8, description="Spaces per level when writing; 0: one line.")] = 0

    examples: ClassVar = [
        Example("read", {}, given=['{"temp": 21.5}'], expect=[{"payload": {"temp": 21.5}}], title_zh="读取"),
        Example("write", {"action": "write"}, given=[{"temp": 21.5}], expect=['{"temp":21.5}'], title_zh="写出"),
    ]
    zh: ClassVar = Help(
        "JSON",
        "JSON 文本（或 UTF-8 字节）与值互相转换。自动时，文本和字节转为值，其他转为文本。不是 JSON 的文本处理失败并写明位置；"
        "NaN 和无穷大写成 `null`。",
        fields={
            "action": ("方向", "读取文本，还是写成文本。"),
            "property": ("属性", "文本或值在消息中的路径。"),
            "indent": ("缩进", "写成文本时每级缩进几个空格；0 为写成一行。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.place = ValueRef(self.property, ctx)
        self.encode = msgspec.json.Encoder(enc_hook=str).encode
        self.decode = msgspec.json.Decoder().decode

    def process(self, msg: Message) -> Message:
        value = self.place.get(msg)
        if value is UNSET:
            raise PermanentError(Text("value.none", path=self.property))
        is_text = isinstance(value, (str, bytes, bytearray))
        if self.action == "read" and not is_text:
            if isinstance(value, (dict, list, int, float, bool, Struct)) or value is None:
                return msg
            raise PermanentError(Text("value.not-format", path=self.property, here=kind_text(value), format="JSON"))
        if self.action == "write" or not is_text:
            return self.place.set(msg, self._written(value))
        try:
            return self.place.set(msg, self.decode(value))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise PermanentError(
                Text("value.bad-format", path=self.property, format="JSON", reason=str(wrong))
            ) from wrong

    def _written(self, value: object) -> str:
        try:
            text = self.encode(bytes(value).decode() if isinstance(value, (bytes, bytearray)) else value)
            return (msgspec.json.format(text, indent=self.indent) if self.indent else text).decode()
        except (TypeError, ValueError, OverflowError, RecursionError) as wrong:
            raise PermanentError(
                Text("value.not-written", path=self.property, format="JSON", reason=str(wrong))
            ) from wrong

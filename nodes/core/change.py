"""`change`: sets, deletes, moves, renames and replaces properties of a message."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Context, Example, Help, Message, Meta, Node, node
from nodes.core.parts.change_rule import ChangeRule, compile_rule


@node(category="shape", secrets=False, icon="pencil", title="Change")
class Change(Node):
    """Set, delete, move, rename and replace properties of a message.

    Rules run in order, each seeing what the one before made. `set` makes objects on the way, and deletes where
    `value_from` leads to nothing; writing below a text, a number or null is refused, since it would destroy it.
    `move` works into the moved value's own place too (`payload` to `payload.old`). `replace` changes every occurrence
    in a text; a text that is wholly what is to be found takes the new value with its type ("123" becomes the number
    456); numbers and truth values are replaced when they are equal to `find`.
    """

    rules: Annotated[list[ChangeRule], Meta(description="What is done, in this order.")]

    examples: ClassVar = [
        Example(
            "rename, scale and tidy up",
            {
                "rules": [
                    {"do": "rename", "path": "payload.t", "to": "temp"},
                    {"do": "set", "path": "payload.temp", "expression": "temp / 10"},
                    {"do": "delete", "path": "payload.debug"},
                ]
            },
            given=[{"t": 215, "debug": 1}],
            expect=[{"payload": {"temp": 21.5}}],
            title_zh="改名、换算、清理",
        ),
        Example(
            "a text by another",
            {
                "rules": [
                    {"do": "replace", "path": "topic", "find": "gas/(\\w+)/raw", "regex": True, "value": "gas/$1/data"}
                ]
            },
            given=[{"topic": "gas/A7/raw", "payload": 1}],
            expect=[{"topic": "gas/A7/data", "payload": 1}],
            title_zh="替换文本",
        ),
    ]
    zh: ClassVar = Help(
        "修改",
        "设置、删除、移动、改名、替换消息中的属性。规则依次执行，后面的规则看到前面的结果。设置时自动建立途中的键值表；在文本、"
        "数字或空值之下不能写入，处理失败。替换时，整段文本恰好是要查找的内容，则换成新值及其类型。",
        fields={
            "rules": ("规则", "依次执行。"),
        },
        parts={
            "ChangeRule": {
                "do": ("操作", "这条规则做什么。"),
                "path": ("位置", "如 `payload.temp`、`topic`、`parts.index`、`flow.mode`、`site.shift`。"),
                "value": ("值", "设置：写入的值；替换：换成的值。"),
                "value_from": ("值来自", "设置和替换，代替值：从哪个路径取；设置时该处没有值，则删除。"),
                "expression": ("表达式", "设置，代替值：用载荷字段计算，如 `temp * 1.8 + 32`。"),
                "now": ("当前时间", "设置，代替值：写入当前时间（Unix 秒）。"),
                "to": ("新位置", "移动：新路径；改名：新的末级名称。"),
                "find": ("查找", "替换：要查找的文本、数字或真假。"),
                "find_from": ("查找内容来自", "替换，代替查找：要查找的内容的路径。"),
                "regex": ("正则表达式", "替换：查找内容为正则表达式；值中可用 $1、`$<name>` 和 $&。"),
                "ignore_case": ("不分大小写", "替换且为正则表达式时，不分大小写。"),
            },
        },
    )

    def start(self, ctx: Context) -> None:
        self.edits = [compile_rule(rule, ctx) for rule in self.rules]

    def process(self, msg: Message) -> Message:
        for edit in self.edits:
            msg = edit(msg)
        return msg

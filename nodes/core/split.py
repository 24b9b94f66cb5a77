"""`split`: makes a sequence of messages from one."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Struct,
    Text,
    node,
)
from nodes.support.comparison import loose_text
from nodes.support.kinds import value_text
from nodes.support.sequence import new_ids, parts_of
from nodes.support.value_ref import ValueRef

LONGEST_TAIL = 1_000_000


@node(category="sequence", secrets=False, icon="ungroup", title="Split")
class Split(Node):
    """Make a sequence of messages from one: the elements of a list, the values of an object, the pieces of a text or
    of bytes.

    Each gets `parts` (id, index, count, type, and what `join` needs to undo it); parts that were there become
    `parts.parts`, so sequences nest. Texts are split at `separator`, or into pieces of `length` characters; bytes
    likewise. With `stream` the pieces of successive texts are one endless sequence without a count: an unfinished
    tail waits for the next message (one memory per `key`). An empty list or object, and a message without the value,
    end here and are counted; a number, a truth value and null are refused.
    """

    property: Annotated[PathText, Meta(min_length=1, description="Path of what is split.")] = "payload"
    array_chunk: Annotated[
        int,
        Meta(
            title="Elements per message",
            ge=1,
            le=1_000_000,
            description="Elements of a list per message; above 1 each message has a list.",
        ),
    ] = 1
    separator: Annotated[str, Meta(min_length=1, max_length=1000, description="Where texts and bytes are split.")] = (
        "\n"
    )
    separator_bytes: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=255)], ...],
        Meta(
            title="Separator as bytes", max_length=100, description="Instead of separator: its bytes, such as [13, 10]."
        ),
    ] = ()
    length: Annotated[
        int,
        Meta(
            title="Length of a piece",
            ge=0,
            le=1_000_000,
            description="Split into pieces of so many characters or bytes instead; 0: at the separator.",
        ),
    ] = 0
    stream: Annotated[
        bool, Meta(title="Endless text", description="Texts and bytes go on from message to message.")
    ] = False
    key: Annotated[
        PathText,
        Meta(
            title="Stream key",
            description="With stream: path of what is a stream of its own; empty: all is one stream.",
        ),
    ] = ""
    copy_key_to: Annotated[
        PathText,
        Meta(
            title="Name to",
            description="Path where the name of an object's value is written, e.g. topic; empty: nowhere.",
        ),
    ] = ""
    limit: Annotated[
        int, Meta(title="Most parts", ge=1, le=1_000_000, description="Most parts of one message; more are refused.")
    ] = 100_000

    examples: ClassVar = [
        Example(
            "one message per reading",
            {"property": "payload.readings"},
            given=[{"sn": "A7", "readings": [1, 2]}],
            expect=[{"payload": {"sn": "A7", "readings": 1}}, {"payload": {"sn": "A7", "readings": 2}}],
            title_zh="每个读数一条消息",
        ),
        Example("lines of a text", {}, given=["a\nb"], expect=["a", "b"], title_zh="按行拆分"),
        Example(
            "an object, with the name as topic",
            {"copy_key_to": "topic"},
            given=[{"temp": 21, "humi": 40}],
            expect=[{"topic": "temp", "payload": 21}, {"topic": "humi", "payload": 40}],
            title_zh="键值表按键拆分",
        ),
    ]
    zh: ClassVar = Help(
        "拆分",
        "把列表、键值表、文本或字节拆成一串消息，每条带 `parts`，可用合并节点还原，也可嵌套。文本连续时，几条消息的文本连成一个流，"
        "未完的尾部等下一条消息。空列表、空键值表和没有该值的消息到此为止并计数；数字、真假和空值处理失败。",
        fields={
            "property": ("属性", "要拆分的值在消息中的路径。"),
            "array_chunk": ("每条元素数", "一条消息带列表的几个元素；大于 1 时载荷为列表。"),
            "separator": ("分隔符", "在哪里拆开文本和字节。"),
            "separator_bytes": ("分隔字节", "代替分隔符：分隔的字节，如 [13, 10]。"),
            "length": ("分段长度", "改按固定的字符数或字节数拆开；0 为按分隔符。"),
            "stream": ("文本连续", "文本和字节从一条消息接到下一条。"),
            "key": ("流的键", "文本连续时，按哪个值分成不同的流，填路径；不填则合为一个。"),
            "copy_key_to": ("键名写到", "键值表的键名写到哪个路径，如 `topic`；不填则不写。"),
            "limit": ("条数上限", "一条消息最多拆成几条；更多则处理失败。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.place = ValueRef(self.property, ctx)
        self.key_path = Path(self.key) if self.key else None
        self.name_place = ValueRef(self.copy_key_to, ctx) if self.copy_key_to else None
        self.cut_at = bytes(self.separator_bytes) or self.separator.encode()
        self.tails = ctx.state("tails")
        self.new_id = new_ids()

    def process(self, msg: Message) -> list[Message] | None:
        value = self.place.get(msg)
        if isinstance(value, Struct):
            value = msgspec.structs.asdict(value)
        if isinstance(value, (str, bytes, bytearray)):
            return self._pieces(msg, value if isinstance(value, str) else bytes(value))
        if isinstance(value, dict):
            names = list(value)
            out = self._sequence(msg, list(value.values()), "object", [{"key": name} for name in names])
            if self.name_place is not None:
                out = [self.name_place.set(one, name) for one, name in zip(out, names, strict=True)]
        elif isinstance(value, (list, tuple)):
            size = self.array_chunk
            chunks = list(value) if size == 1 else [list(value[at : at + size]) for at in range(0, len(value), size)]
            out = self._sequence(msg, chunks, "array", [{"len": size}] * len(chunks))
        elif value is UNSET:
            out = []
        else:
            raise PermanentError(Text("sequence.unsplittable", path=self.property, here=value_text(value)))
        if not out:
            self.ctx.drop()
        return out

    def _pieces(self, msg: Message, value: str | bytes) -> list[Message]:
        kind = "string" if isinstance(value, str) else "buffer"
        more: dict[str, Any] = (
            {"ch": "", "len": self.length} if self.length else {"ch": list(self.separator_bytes) or self.separator}
        )
        if not self.stream:
            pieces = self._cut(value)
            return self._sequence(msg, pieces, kind, [more] * len(pieces))
        key = f"{kind}:{'' if self.key_path is None else loose_text(self.key_path.get(msg))}"
        number, tail = self.tails.get(key, (0, "" if kind == "string" else b""))
        pieces = self._cut(tail + value)
        done = len(pieces) - (0 if self.length and len(pieces[-1]) == self.length else 1)
        tail = pieces[done] if done < len(pieces) else value[:0]
        if len(tail) > LONGEST_TAIL:
            self.tails.delete(key)
            raise PermanentError(
                Text("sequence.no-separator", path=self.property, length=len(tail), limit=LONGEST_TAIL)
            )
        out = self._sequence(msg, pieces[:done], kind, [more] * done, first=number)
        self.tails.set(key, (number + done, tail))
        return out

    def _cut(self, value: Any) -> list[Any]:
        if self.length:
            return [value[at : at + self.length] for at in range(0, len(value), self.length)] or [value]
        if isinstance(value, str):
            return list(value.split(self.cut_at.decode("utf-8", "replace")))
        return list(value.split(self.cut_at))

    def _sequence(
        self, msg: Message, values: list[Any], kind: str, more: list[dict[str, Any]], first: int | None = None
    ) -> list[Message]:
        if len(values) > self.limit:
            raise PermanentError(Text("sequence.many-parts", path=self.property, count=len(values), limit=self.limit))
        parts: dict[str, Any] = {"id": self.new_id(), "type": kind}
        if first is None:
            parts["count"] = len(values)
        if self.property != "payload":
            parts["property"] = self.property
        around = parts_of(msg)
        if around is not None:
            parts["parts"] = dict(around)
        return [
            self.place.set(msg, value).with_props(parts={**parts, **own, "index": index})
            for index, (value, own) in enumerate(zip(values, more, strict=True), first or 0)
        ]

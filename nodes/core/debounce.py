"""`debounce`: lets the first message of each kind through and keeps the same from coming again for a while."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PermanentError,
    Port,
    Struct,
    Text,
    node,
)
from nodes.support.comparison import loose_text

_HOLE = re.compile(r"\{([^{}]*)\}")


@node(category="filter", secrets=False, icon="bell-off", title="Debounce")
class Debounce(Node):
    """Let the first message of a kind through; what is of the same kind leaves by `suppressed` for `hold_s` after it.

    The kind is `name` with its holes filled in: `{sn}` is a field of the payload, else a property of the message;
    `{payload.at.x}` or `{topic}` a path. Without a name messages of one `sn` and one `type` of the payload are of a kind,
    and those that have no `sn`, of one key. The time runs from the last message that passed, by event time; a message
    exactly `hold_s` later passes, and so does one from so much before it: a clock that was put back keeps nothing
    quiet. The memory survives a restart. A hole that nothing
    fills refuses the message.
    """

    name: Annotated[
        str,
        Meta(
            title="Kind",
            max_length=200,
            description="Name of the kind, with holes such as {sn}; empty: by `sn` and `type` of the payload, else by key.",
        ),
    ] = ""
    hold_s: Annotated[
        float,
        Meta(
            title="Suppress for",
            ge=0,
            le=31_536_000,
            description="How long the same is suppressed, s.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 600.0

    outputs: ClassVar = (
        Port("out", title="First", title_zh="首次", same_as="in"),
        Port("suppressed", title="Suppressed", title_zh="被抑制", same_as="in"),
    )
    examples: ClassVar = [
        Example(
            "ten minutes of silence per device and alarm type",
            {},
            given=[
                {"at": 0, "payload": {"sn": "A7", "type": "high"}},
                {"at": 60, "payload": {"sn": "A7", "type": "high"}},
                {"at": 60, "payload": {"sn": "A7", "type": "fault"}},
                {"at": 600, "payload": {"sn": "A7", "type": "high"}},
            ],
            expect={
                "out": [
                    {"at": 0, "payload": {"type": "high"}},
                    {"at": 60, "payload": {"type": "fault"}},
                    {"at": 600, "payload": {"type": "high"}},
                ],
                "suppressed": [{"at": 60, "payload": {"type": "high"}}],
            },
            title_zh="每台设备每种报警十分钟内只通知一次",
        ),
        Example(
            "by the message's key",
            {"hold_s": 60},
            given=[{"key": "a", "payload": 1}, {"key": "b", "payload": 2}, {"key": "a", "payload": 3}],
            expect={"out": [{"payload": 1}, {"payload": 2}], "suppressed": [{"payload": 3}]},
            title_zh="按消息的键",
        ),
    ]
    zh: ClassVar = Help(
        "防抖",
        "同类消息的第一条放行，此后在“抑制时间”内的从“被抑制”端口送出。“类别名”填好占位后相同的消息算同类，"
        "`{sn}` 等占位取载荷字段或消息属性。时间从上一条放行的消息算起（按事件时间），恰好满时放行；重启后继续计算。"
        "占位取不到值的消息处理失败。",
        fields={
            "name": (
                "类别名",
                "可用 `{sn}`、`{payload.at.x}`、`{topic}` 等占位；不填则按载荷的 `sn` 和 `type`，没有 `sn` 则按消息的键。",
            ),
            "hold_s": ("抑制时间", "放行一条之后，同类消息多久不再放行。"),
        },
    )

    def __post_init__(self) -> None:
        self.parts = _HOLE.split(self.name)
        if "{" in "".join(self.parts[::2]) or "}" in "".join(self.parts[::2]):
            raise ValueError(Text("node.debounce-brace", name=self.name))
        self.paths = {hole: Path(hole) for hole in self.parts[1::2]}

    def start(self, ctx: Context) -> None:
        self.last = ctx.state("last")

    def process(self, msg: Message) -> Message | dict[str, Message]:
        name = self._name(msg)
        last = self.last.get(name)
        if last is not None and abs(msg.time - last) < self.hold_s:
            return {"suppressed": msg}
        self.last.set(name, msg.time, max(self.hold_s, 1.0) * 2)
        return msg

    def _name(self, msg: Message) -> str:
        if not self.name:
            device, kind = _field(msg.payload, "sn"), _field(msg.payload, "type")
            return f"{msg.key if device is UNSET else device}_{'' if kind is UNSET else kind}"
        parts = list(self.parts)
        for at in range(1, len(parts), 2):
            parts[at] = self._filled(msg, parts[at])
        return "".join(parts)

    def _filled(self, msg: Message, hole: str) -> str:
        found = _field(msg.payload, hole)
        if found is UNSET:
            found = self.paths[hole].get(msg)
        if found is UNSET or found is None:
            raise PermanentError(Text("node.debounce-unfilled", name=self.name, hole=hole))
        text = found if isinstance(found, str) else loose_text(found)
        if len(text) > 200:
            raise PermanentError(Text("node.debounce-long", name=self.name, hole=hole, length=len(text), limit=200))
        return text


def _field(payload: Any, name: str) -> Any:
    if isinstance(payload, dict):
        return payload.get(name, UNSET)
    if isinstance(payload, Struct) and name in payload.__struct_fields__:
        return getattr(payload, name)
    return UNSET

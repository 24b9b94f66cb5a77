"""`batch`: makes sequences of messages, by number, by time, or by joining sequences of several topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, PermanentError, Port, Text, choices, node
from nodes.support.durable_buffer import DurableBuffer, Held
from nodes.support.sequence import belongs, new_ids, parts_of
from nodes.support.timers import Timers


@node(category="sequence", secrets=False, icon="layers", title="Batch", buffers=True)
class Batch(Node):
    """Group messages into sequences: each is sent on by itself, with `parts` of the sequence it now belongs to (join
    makes one message of them).

    `count`: every `count` messages; the last `overlap` of them begin the next sequence. With `honour_parts` a
    sequence also ends with the last message of the one that came in. `interval`: every `interval_s` what has come
    since, and with `send_empty` one message with payload null when nothing has. `concat`: when a complete sequence of
    each of `topics` is there, these one after the other (other topics are dropped and counted). `reset` discards what
    is kept and begins a new interval. What waits survives a restart.
    """

    mode: Annotated[
        Literal["count", "interval", "concat"],
        choices(
            count=("By count", "按条数"),
            interval=("By time", "按时间间隔"),
            concat=("Topics one after the other", "按主题相接"),
        ),
        Meta(description="What ends a sequence."),
    ] = "count"
    count: Annotated[int, Meta(ge=1, le=1_000_000, description="count: messages in a sequence.")] = 10
    overlap: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="count: messages repeated in the next sequence; below count.",
        ),
    ] = 0
    honour_parts: Annotated[
        bool,
        Meta(
            title="End with the incoming sequence",
            description="count: end with the last message of an incoming sequence, too.",
        ),
    ] = False
    interval_s: Annotated[
        float, Meta(gt=0, description="interval: its length, s.", extra_json_schema={"x-unit": "s"})
    ] = 60.0
    send_empty: Annotated[bool, Meta(description="interval: send a message with payload null when none came.")] = False
    topics: Annotated[tuple[str, ...], Meta(description="concat: topics in the order of the result.")] = ()
    limit: Annotated[
        int, Meta(title="Most messages kept", ge=1, le=1_000_000, description="Most messages kept; more are refused.")
    ] = 10_000

    outputs: ClassVar = (Port("out", same_as="in"),)
    examples: ClassVar = [
        Example(
            "in pairs", {"count": 2}, given=[1, 2, 3], expect=[{"payload": 1}, {"payload": 2}], title_zh="两条一组"
        ),
        Example(
            "what came within a second",
            {"mode": "interval", "interval_s": 1},
            given=[{"at": 0.2, "payload": 1}, {"at": 0.4, "payload": 2}],
            expect=[
                {"at": 1, "payload": 1, "parts": {"index": 0, "count": 2}},
                {"at": 1, "payload": 2, "parts": {"index": 1, "count": 2}},
            ],
            title_zh="一秒之内的消息",
        ),
    ]
    zh: ClassVar = Help(
        "分批",
        "把消息编成序列，逐条送出，每条带 `parts`（可再用合并节点合成一条）。按条数时，几条重叠的消息开始下一序列；按时间间隔时，"
        "送出这段时间收到的消息；按主题相接时，各主题的完整序列首尾相接，其他主题丢弃并计数。带 `reset` 属性的消息清空已保留的消息。"
        "等待中的消息在重启后保留。",
        fields={
            "mode": ("分批方式", "序列在何时结束。"),
            "count": ("条数", "按条数：一个序列有几条消息。"),
            "overlap": ("重叠条数", "按条数：下一序列重复几条，须小于条数。"),
            "honour_parts": ("随原序列结束", "按条数：原序列的最后一条也结束本序列。"),
            "interval_s": ("间隔", "按时间间隔：一段有多长。"),
            "send_empty": ("没有消息也送出", "按时间间隔：没有收到消息时，送出一条载荷为空值的消息。"),
            "topics": ("主题", "按主题相接：哪些主题，按什么顺序。"),
            "limit": ("保留上限", "最多保留多少条消息；更多的处理失败。"),
        },
    )

    def __post_init__(self) -> None:
        if self.mode == "count" and self.overlap >= self.count:
            raise ValueError(Text("sequence.overlap"))
        if self.mode == "count" and self.count > self.limit:
            raise ValueError(Text("sequence.limit-count"))
        if self.mode == "concat" and (not self.topics or len(set(self.topics)) < len(self.topics)):
            raise ValueError(Text("sequence.topics"))

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.keeping = DurableBuffer(ctx, self.limit)
        self.timers = Timers(ctx.clock)
        self.waiting: list[Held] = []
        self.sequences: dict[str, dict[str, list[Held]]] = {}
        self.new_id = new_ids()

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            if self.mode == "concat":
                self._take(held)
            else:
                self._add(held)
        self._send_complete()
        if self.mode == "interval":
            self.timers.after("interval", self.interval_s, self._interval)

    def process(self, msg: Message) -> None:
        if "reset" in msg.props:
            self._reset()
        elif self.mode == "concat":
            self._concat(msg)
        else:
            parts_of(msg)  # what is wrong with them is refused here, and does not stop the batch
            self._add(self.keeping.put(msg))
        self.ctx.status(
            Text("status.waiting", count=len(self.keeping)) if len(self.keeping) else "",
            "busy" if len(self.keeping) else "ok",
        )

    def stop(self) -> None:
        self.timers.cancel_all()

    def _reset(self) -> None:
        self.keeping.drop(
            [*self.waiting, *(one for groups in self.sequences.values() for group in groups.values() for one in group)]
        )
        self.waiting, self.sequences = [], {}
        if self.mode == "interval":
            self.timers.after("interval", self.interval_s, self._interval)

    def _add(self, held: Held) -> None:
        self.waiting.append(held)
        full = len(self.waiting) >= self.count or (self.honour_parts and _is_last(held.message))
        if self.mode == "count" and full:
            self._send(self.waiting, self.overlap)

    def _send(self, batch: list[Held], overlap: int = 0) -> None:
        stay = batch[-overlap:] if overlap else []
        leave = batch[: len(batch) - len(stay)]
        id, count = self.new_id(), len(batch)
        out = [
            one.message.with_props(parts={**(parts_of(one.message) or {}), "id": id, "index": index, "count": count})
            for index, one in enumerate(batch)
        ]
        self.waiting = stay
        self.keeping.send(leave, {"out": out})

    def _interval(self) -> None:
        self.timers.after("interval", self.interval_s, self._interval)
        if self.waiting:
            self._send(self.waiting)
        elif self.send_empty:
            empty = Message(
                None, time=self.ctx.clock.now(), props={"parts": {"id": self.new_id(), "index": 0, "count": 1}}
            )
            self.keeping.send([], {"out": [empty]})
        self.ctx.status("")

    def _concat(self, msg: Message) -> None:
        if msg.topic not in self.topics:
            self.ctx.drop()
            return
        parts = parts_of(msg)
        if not belongs(parts) or parts is None or parts.get("count") is None:
            raise PermanentError(Text("sequence.no-parts"))
        self._take(self.keeping.put(msg))
        self._send_complete()

    def _send_complete(self) -> None:
        while self.topics and all(self._first_complete(topic) is not None for topic in self.topics):
            batch: list[Held] = []
            for topic in self.topics:
                batch += self.sequences[topic].pop(str(self._first_complete(topic)))
            waiting, self.waiting = self.waiting, []
            self._send(batch)
            self.waiting = waiting

    def _take(self, held: Held) -> None:
        parts = parts_of(held.message) or {}
        self.sequences.setdefault(held.message.topic, {}).setdefault(str(parts.get("id")), []).append(held)

    def _first_complete(self, topic: str) -> str | None:
        """The oldest sequence of a topic when it is complete: sequences of one topic keep their order."""
        for name, group in self.sequences.get(topic, {}).items():
            count = (parts_of(group[0].message) or {}).get("count")
            return name if len(group) == count else None
        return None


def _is_last(msg: Message) -> bool:
    parts = parts_of(msg)
    return parts is not None and parts.get("index", UNSET) is not UNSET and parts["index"] + 1 == parts.get("count")

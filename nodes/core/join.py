"""`join`: makes one message of several."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

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
    Text,
    choices,
    node,
)
from nodes.core.parts.join_group import Group, fields_of
from nodes.core.parts.join_reduce import Reduction
from nodes.support.comparison import loose_text
from nodes.support.durable_buffer import DurableBuffer, Held
from nodes.support.sequence import parts_of
from nodes.support.timers import Timers
from nodes.support.value_ref import ValueRef

Build = Annotated[
    Literal["array", "object", "merge", "string", "buffer"],
    choices(
        array=("List", "列表"),
        object=("Object", "键值表"),
        merge=("Merged objects", "合并的键值表"),
        string=("Text", "文本"),
        buffer=("Bytes", "字节"),
    ),
]
_S = {"x-unit": "s"}


@node(category="sequence", secrets=False, icon="combine", title="Join", buffers=True)
class Join(Node):
    """Make one message of several.

    `by_parts` undoes a `split`: it puts a sequence back in the order of `parts.index`, as the list, object, text or
    bytes it was. `manual` builds what `build` says of successive messages, per `group_by`: a list, an object (by the
    value at `key`), merged objects, a text, or bytes. `reduce` calculates one value of a sequence: `expression` for
    each message in the order of `parts.index`, `finish` at the end; messages without parts pass. A group is complete
    with `count` places (values of a list; distinct keys of an object), with the sequence's own count when `count` is
    0 and the messages have `parts`, after `wait_s`, or with a message that has the property `complete` (its payload,
    if any, is the last part). A place that is filled again keeps the later value and does not count twice. The result
    has the properties of all messages, later ones winning, and the `parts` of the sequence around, if there is one.
    With `keep_accumulating` the group stays: once complete, every message sends. `reset` discards its group;
    `restart_timeout` (or `restartTimeout`) begins the waiting anew. What waits survives a restart.
    """

    mode: Annotated[
        Literal["by_parts", "manual", "reduce"],
        choices(
            by_parts=("Undo a split", "还原拆分"),
            manual=("As set here", "按设置合成"),
            reduce=("Calculate one value", "逐条计算"),
        ),
        Meta(description="Undo a split, build as configured, or calculate."),
    ] = "by_parts"
    build: Annotated[Build, Meta(description="manual: what is built.")] = "array"
    property: Annotated[
        PathText, Meta(description="manual: path of the value of each part; empty: the whole message as an object.")
    ] = "payload"
    key: Annotated[PathText, Meta(min_length=1, description="manual, object: path of the name.")] = "topic"
    group_by: Annotated[
        PathText,
        Meta(description="manual: path of what is joined apart, e.g. key; empty: all together."),
    ] = ""
    joiner: Annotated[
        str,
        Meta(
            title="Between the parts",
            max_length=1000,
            description="manual, string and buffer: what stands between the parts.",
        ),
    ] = ""
    count: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="manual: complete with so many places; 0: see parts, wait_s and complete.",
        ),
    ] = 0
    use_parts: Annotated[bool, Meta(title="Heed parts", description="manual: heed the `parts` of the messages.")] = True
    wait_s: Annotated[
        float,
        Meta(
            title="Longest wait",
            ge=0,
            description="Complete so long after its first message, s; 0: never.",
            extra_json_schema=_S,
        ),
    ] = 0.0
    keep_accumulating: Annotated[
        bool, Meta(description="manual: once complete, every further message sends again.")
    ] = False
    expression: Annotated[
        str,
        Meta(
            max_length=1000,
            description="reduce: formula over the payload, A (so far), I (index), N (count).",
            extra_json_schema={"x-widget": "expression", "x-strings": True},
        ),
    ] = ""
    start_value: Annotated[Any, Meta(description="reduce: A for the first message.")] = 0
    finish: Annotated[
        str,
        Meta(
            title="At the end",
            max_length=1000,
            description="reduce: formula over A and N, applied at the end; empty: none.",
            extra_json_schema={"x-widget": "expression", "x-strings": True},
        ),
    ] = ""
    from_end: Annotated[bool, Meta(title="From the end", description="reduce: begin with the last message.")] = False
    limit: Annotated[
        int,
        Meta(
            title="Most messages kept",
            ge=1,
            le=1_000_000,
            description="Most messages kept in all groups; more are refused.",
        ),
    ] = 10_000

    examples: ClassVar = [
        Example(
            "the values of three sensors as one object",
            {"mode": "manual", "build": "object", "count": 3},
            given=[
                {"topic": "o2", "payload": 20.9},
                {"topic": "co", "payload": 3},
                {"topic": "co", "payload": 4},
                {"topic": "ch4", "payload": 0},
            ],
            expect=[{"payload": {"o2": 20.9, "co": 4, "ch4": 0}}],
            title_zh="三个传感器的值合成一个键值表",
        ),
        Example(
            "lines of one second as one text",
            {"mode": "manual", "build": "string", "joiner": "\n", "wait_s": 1},
            given=["a", "b"],
            expect=[{"payload": "a\nb", "at": 1}],
            title_zh="一秒内的行合成文本",
        ),
        Example(
            "a sequence in its order",
            {},
            given=[
                {"payload": "b", "parts": {"id": "s", "index": 1, "count": 2}},
                {"payload": "a", "parts": {"id": "s", "index": 0, "count": 2}},
            ],
            expect=[{"payload": ["a", "b"]}],
            title_zh="按顺序还原序列",
        ),
        Example(
            "the mean of a sequence",
            {"mode": "reduce", "expression": "A + payload", "finish": "A / N"},
            given=[
                {"payload": 20, "parts": {"id": "s", "index": 0, "count": 2}},
                {"payload": 22, "parts": {"id": "s", "index": 1, "count": 2}},
            ],
            expect=[{"payload": 21.0}],
            title_zh="序列的平均值",
        ),
    ]
    zh: ClassVar = Help(
        "合并",
        "把多条消息合成一条。“还原拆分”按序号还原拆分节点拆开的序列；“按设置合成”把相继的消息合成列表、键值表、文本或字节；"
        "“逐条计算”对序列中的每条消息计算一个值。达到数量、序列到齐、超过等待时间，或收到带 `complete` 属性的消息时送出。"
        "带 `reset` 属性的消息丢弃所在的组。等待中的消息在重启后保留。",
        fields={
            "mode": ("方式", "还原拆分、按设置合成，或逐条计算。"),
            "build": ("合成结果", "按设置合成：合成什么。"),
            "property": ("属性", "按设置合成：各部分的值的路径；不填则取整条消息。"),
            "key": ("键", "合成键值表：键名的路径。"),
            "group_by": ("分组依据", "按设置合成：按哪个值分组，填路径；不填则不分组。"),
            "joiner": ("连接文本", "合成文本或字节：各部分之间写什么。"),
            "count": ("数量", "按设置合成：有几个即完成；0 则由序列、等待时间或 `complete` 属性决定。"),
            "use_parts": ("考虑序列", "按设置合成：是否考虑消息的 `parts`。"),
            "wait_s": ("等待时间", "第一条消息之后多久送出；0 为不限。"),
            "keep_accumulating": ("继续累积", "按设置合成：完成之后每条消息都再次送出。"),
            "expression": ("表达式", "逐条计算：对每条消息计算；可用载荷字段、A（此前的结果）、I（序号）、N（总数）。"),
            "start_value": ("初值", "逐条计算：第一条消息的 A。"),
            "finish": ("最后计算", "逐条计算：最后用 A 和 N 计算的表达式；不填则没有。"),
            "from_end": ("从末尾开始", "逐条计算：从最后一条消息开始。"),
            "limit": ("保留上限", "各组合计最多保留多少条消息；更多的处理失败。"),
        },
    )

    def __post_init__(self) -> None:
        if self.mode == "reduce":
            if not self.expression:
                raise ValueError(Text("sequence.reduce"))
            Reduction(self.expression, self.start_value, self.finish, self.from_end)

    def start(self, ctx: Context) -> None:
        reduces = self.mode == "reduce"
        self.reduction = Reduction(self.expression, self.start_value, self.finish, self.from_end) if reduces else None
        self.ctx = ctx
        self.keeping = DurableBuffer(ctx, self.limit)
        self.timers = Timers(ctx.clock)
        self.groups: dict[str, Group] = {}
        self.value_place = ValueRef(self.property, ctx) if self.property else None
        self.key_path = Path(self.key)
        self.group_path = Path(self.group_by) if self.group_by else None

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            name = str(held.note)
            self._add(held, name)
            if held.due is not None and name not in self.timers:
                self.timers.at(name, held.due, partial(self._send, name))
        if not self.keep_accumulating:
            for name in [name for name, group in self.groups.items() if group.full]:
                self._send(name)

    def process(self, msg: Message) -> Message | None:
        if self.mode == "manual" and not self.use_parts and "parts" in msg.props:
            msg = _inner_parts_only(msg)
        name = self._group_name(msg)
        if "reset" in msg.props:
            for gone in [name] if name is not None else list(self.groups):
                self._discard(gone)
            return None
        if name is None and self.mode == "reduce":
            return msg
        if name is None:
            raise PermanentError(Text("sequence.no-id"))
        group = self.groups.get(name)
        if group is not None and self.wait_s and ("restart_timeout" in msg.props or "restartTimeout" in msg.props):
            self.timers.after(name, self.wait_s, partial(self._send, name))
        completes = "complete" in msg.props
        filled = self._filled(msg, 0, completes)
        if group is None and not filled and self._kind(msg) == "object" and not self.key_path.get(msg):
            self.ctx.drop()
            return None
        wait_s = self.wait_s if self.wait_s and group is None else None
        self._add(self.keeping.put(msg, wait_s, name), name)
        if wait_s is not None:
            self.timers.after(name, wait_s, partial(self._send, name))
        if completes or self.groups[name].full:
            self._send(name, closing=completes)
        return None

    def stop(self) -> None:
        self.timers.cancel_all()

    def _group_name(self, msg: Message) -> str | None:
        parts = parts_of(msg)
        id = None if parts is None else parts.get("id")
        if self.mode != "manual":
            return None if id is None else str(id)
        apart = "" if self.group_path is None else loose_text(self.group_path.get(msg))
        return apart if self.count or id is None else f"{apart}/{id}"

    def _value(self, msg: Message) -> Any:
        if self.mode != "manual":
            where = (parts_of(msg) or {}).get("property", "payload")
            return Path(str(where)).get(msg)
        if self.value_place is None:
            whole = {"payload": msg.payload, "topic": msg.topic, "key": msg.key, "time": msg.time, **msg.props}
            return {name: value for name, value in whole.items() if value is not UNSET}
        return self.value_place.get(msg)

    def _kind(self, msg: Message) -> str:
        if self.mode == "manual":
            return self.build
        if self.mode == "reduce":
            return "reduce"
        kind = (parts_of(msg) or {}).get("type")
        return kind if kind in ("object", "string", "buffer") else "array"

    def _filled(self, msg: Message, number: int, completes: bool) -> Mapping[Hashable, Any]:
        """{place: value} that the message brings; PermanentError when it brings nothing of the kind and does not just
        complete."""
        value = self._value(msg)
        kind = self._kind(msg)
        parts = parts_of(msg) or {}
        if kind == "object":
            place = parts.get("key") if self.mode == "by_parts" else self.key_path.get(msg)
            if place is None or place is UNSET or place == "":
                if completes:
                    return {}
                where = "parts.key" if self.mode == "by_parts" else self.key
                raise PermanentError(Text("sequence.no-name", path=where))
            return {} if value is UNSET else {loose_text(place): value}
        if kind == "merge":
            fields = fields_of(value)
            if fields is None:
                if completes:
                    return {}
                raise PermanentError(Text("sequence.no-merge", path=self.property))
            return {str(field): found for field, found in fields.items()}
        if kind == "buffer" and value is not UNSET:
            Group("buffer", None, "").add(Held(0, msg), {0: value})
        if self.mode == "by_parts" and parts.get("index") is not None:
            return {parts["index"]: None if value is UNSET else value}
        return {} if value is UNSET and kind != "reduce" else {(number,): value}

    def _add(self, held: Held, name: str) -> None:
        msg = held.message
        parts = parts_of(msg) or {}
        group = self.groups.get(name)
        if group is None:
            count = self.count if self.mode == "manual" else 0
            group = self.groups[name] = Group(
                self._kind(msg), count or None, parts.get("ch") if self.mode == "by_parts" else self.joiner
            )
        if not group.count:
            group.count = parts.get("count")
        self.keeping.drop(group.add(held, self._filled(msg, held.number, True)), counted=False)
        self.ctx.status(Text("status.waiting", count=len(self.keeping)), "busy")

    def _send(self, name: str, closing: bool = False) -> None:
        group = self.groups[name]
        self.timers.cancel(name)
        if self.reduction is not None:
            self._reduce(name, group, self.reduction)
            return
        flat = (
            self.mode == "by_parts"
            and group.kind == "array"
            and ((parts_of(group.messages[0].message) or {}).get("len") or 1) > 1
        )
        where = (
            (parts_of(group.messages[-1].message) or {}).get("property", "payload")
            if self.mode == "by_parts"
            else self.property
        )

        def put(msg: Message, value: Any) -> Message:
            if flat:
                value = [one for chunk in value for one in (chunk if isinstance(chunk, list) else [chunk])]
            return ValueRef(str(where) or "payload", self.ctx).set(msg, value)

        stays = self.keep_accumulating and self.mode == "manual" and not closing
        if not stays:
            del self.groups[name]
        self.keeping.send([] if stays else group.messages, {"out": [group.message(put)]})
        self.ctx.status(
            Text("status.waiting", count=len(self.keeping)) if len(self.keeping) else "",
            "busy" if len(self.keeping) else "ok",
        )

    def _reduce(self, name: str, group: Group, reduction: Reduction) -> None:
        del self.groups[name]
        try:
            last, value = reduction.value([held.message for held in group.messages])
        except PermanentError as wrong:
            self.keeping.fail(group.messages, wrong)
            return
        self.keeping.send(group.messages, {"out": [last.replace(payload=value)]})

    def _discard(self, name: str) -> None:
        self.timers.cancel(name)
        group = self.groups.pop(name, None)
        if group is not None:
            self.keeping.drop(group.messages)


def _inner_parts_only(msg: Message) -> Message:
    around = (parts_of(msg) or {}).get("parts")
    return msg.with_props(parts=UNSET if around is None else {"parts": around})

"""`sort`: puts a sequence of messages, or a list in a message, in order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key
from typing import Annotated, Any, ClassVar, Literal

from engine.api import (
    Context,
    EvaluationError,
    Example,
    Expression,
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
    reason_of,
)
from nodes.support.comparison import STRICT
from nodes.support.durable_buffer import DurableBuffer, Held
from nodes.support.kinds import kind_of, value_text
from nodes.support.numeric import as_number
from nodes.support.scope import Scope
from nodes.support.sequence import belongs, parts_of
from nodes.support.value_ref import ValueRef


@node(category="sequence", secrets=False, icon="arrow-down-a-z", title="Sort", buffers=True)
class Sort(Node):
    """Put a complete sequence of messages in order, or the list that a message holds.

    The order goes by the value at `by` (in each message, or in each element of the list; empty for the element
    itself) or by `expression`. Equal ones keep their order. Numbers go by value, texts by code point; values of
    different kinds, and anything else, are refused, unless `numeric` is on, which takes texts that are numbers as
    numbers. A sequence is sent when it is complete, with `parts.index` anew; it waits until then.
    """

    what: Annotated[
        Literal["sequence", "list"],
        choices(sequence=("Messages of a sequence", "序列中的消息"), list=("A list in one message", "消息中的列表")),
        Meta(title="Sort", description="Messages of a sequence, or a list in one message."),
    ] = "sequence"
    property: Annotated[PathText, Meta(min_length=1, description="list: path of the list.")] = "payload"
    by: Annotated[
        str | None,
        Meta(
            title="Sort by",
            description="Path of what goes first; default payload (sequence) or the element itself (list).",
        ),
    ] = None
    expression: Annotated[
        str,
        Meta(
            description="Instead of by: a formula over the fields of the payload, or of the element (`value`).",
            extra_json_schema={"x-widget": "expression", "x-strings": True},
        ),
    ] = ""
    descending: Annotated[bool, Meta(description="The largest first.")] = False
    numeric: Annotated[
        bool, Meta(title="Numeric texts as numbers", description="Take texts that are numbers as numbers.")
    ] = False
    limit: Annotated[
        int, Meta(title="Most messages kept", ge=1, le=1_000_000, description="Most messages kept; more are refused.")
    ] = 10_000

    examples: ClassVar = [
        Example("a list", {"what": "list"}, given=[[3, 1, 2]], expect=[{"payload": [1, 2, 3]}], title_zh="列表排序"),
        Example(
            "the strongest signal first",
            {"what": "list", "by": "rssi", "descending": True},
            given=[[{"sn": "A", "rssi": -80}, {"sn": "B", "rssi": -60}]],
            expect=[{"payload": [{"sn": "B", "rssi": -60}, {"sn": "A", "rssi": -80}]}],
            title_zh="信号最强的在前",
        ),
    ]
    zh: ClassVar = Help(
        "排序",
        "把完整的消息序列，或一条消息中的列表排序。相等的保持原有次序；不同种类的值不能比较，处理失败。序列到齐之后送出，并重新编号。",
        fields={
            "what": ("排序对象", "序列中的消息，或消息中的列表。"),
            "property": ("属性", "列表：在消息中的路径。"),
            "by": ("依据", "按哪个值排序，填路径；不填则序列按载荷，列表按元素本身。"),
            "expression": ("表达式", "代替依据：用载荷字段或列表元素（`value`）计算。"),
            "descending": ("从大到小", "最大的在前。"),
            "numeric": ("数字文本按数字", "写成文本的数字按数字比较。"),
            "limit": ("保留上限", "最多保留多少条消息；更多的处理失败。"),
        },
    )

    def __post_init__(self) -> None:
        self._path_of_by()
        if self.expression:
            if self.by is not None:
                raise ValueError(Text("sequence.by-or-expression"))
            Expression(self.expression, strings=True)

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.place = ValueRef(self.property, ctx)
        self.by_path = self._path_of_by()
        self.formula = Expression(self.expression, strings=True) if self.expression else None
        self.scope = Scope(self.formula.names) if self.formula is not None else None
        self.keeping = DurableBuffer(ctx, self.limit)
        self.groups: dict[str, list[Held]] = {}
        self.counts: dict[str, int] = {}

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            self._collect(held)

    def _path_of_by(self) -> Path:
        by = ("payload" if self.what == "sequence" else "") if self.by is None else self.by
        return Path(by if self.what == "sequence" else f"payload{'' if not by or by.startswith('[') else '.'}{by}")

    def process(self, msg: Message) -> Message | None:
        if self.what == "list":
            values = self.place.get(msg)
            if not isinstance(values, (list, tuple)):
                raise PermanentError(Text("sequence.no-list", path=self.property))
            return self.place.set(msg, self._sorted([(Message(value), value) for value in values]))
        parts = parts_of(msg)
        if parts is None or not belongs(parts):
            raise PermanentError(Text("sequence.no-place"))
        self._collect(self.keeping.put(msg, note=str(parts["id"])))
        return None

    def _collect(self, held: Held) -> None:
        msg, name = held.message, str(held.note)
        waiting = self.groups.setdefault(name, [])
        waiting.append(held)
        count = (parts_of(msg) or {}).get("count")
        if count is None:
            count = self.counts.get(name)
        else:
            self.counts[name] = count
        if count is None or len(waiting) < count:
            return
        del self.groups[name]
        self.counts.pop(name, None)
        try:
            ordered = self._sorted([(held.message, held.message) for held in waiting])
        except PermanentError as wrong:
            self.keeping.fail(waiting, wrong)
            return
        out = [one.with_props(parts={**one.props["parts"], "index": index}) for index, one in enumerate(ordered)]
        self.keeping.send(waiting, {"out": out})

    def _sorted(self, items: list[tuple[Message, Any]]) -> list[Any]:
        keyed = [(self._key(message), value) for message, value in items]
        if len({kind_of(key) for key, _ in keyed}) > 1:
            raise PermanentError(Text("sequence.kinds"))
        ordered = sorted(keyed, key=cmp_to_key(_compare), reverse=self.descending)
        return [value for _, value in ordered]

    def _key(self, message: Message) -> Any:
        if self.formula is not None and self.scope is not None:
            try:
                return self.formula(self.scope.values(message, {"value": message.payload}))
            except EvaluationError as wrong:
                raise PermanentError(Text("sequence.calculation", reason=reason_of(wrong))) from wrong
        found = self.by_path.get(message)
        if self.numeric:
            return as_number(found, self.by_path.text, "text")
        if kind_of(found) not in ("number", "string", "boolean"):
            raise PermanentError(Text("sequence.no-order", path=self.by_path.text, here=value_text(found)))
        return found


def _compare(left: tuple[Any, Any], right: tuple[Any, Any]) -> int:
    return -1 if STRICT.below(left[0], right[0]) else 1 if STRICT.below(right[0], left[0]) else 0

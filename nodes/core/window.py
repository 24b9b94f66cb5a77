"""`window`: figures over stretches of event time."""

from __future__ import annotations

import math
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from engine.api import (
    UNSET,
    Context,
    Delivery,
    Example,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Port,
    Struct,
    Text,
    choices,
    node,
)
from nodes.core.parts.window_values import Figure, WindowValues
from nodes.support.comparison import loose_text
from nodes.support.numeric import as_number
from nodes.support.timers import Timers

_S = {"x-unit": "s"}
A_DAY_S = 86_400.0
LARGEST = 1e300


class _Mark(Struct, frozen=True):
    """How far a key has come: its newest event time, and the end of the last stretch that was closed."""

    newest: float = -math.inf
    closed: float = -math.inf


_NO_MARK = _Mark()


@node(category="calculate", secrets=False, icon="chart-column", title="Window", buffers=True)
class Window(Node):
    """Mean, extremes, percentile and so on of a value over stretches of event time, for each key apart.

    `tumbling`: stretches of `length_s` that begin at whole multiples of it in Unix time (a minute begins at second
    0). Each gives one message, as soon as a message of the key is `lateness_s` past its end, or when as much time has
    passed without one; a value for a stretch that is closed leaves by `late`. `sliding`: each message gives the
    figures of the last `length_s` before and including the newest time of its key; one that is too old leaves by
    `late`. The payload is {key, start, end, …figures}, `end` exclusive; the message's time is `end` (sliding: the
    newest time), its topic and properties those of the last message. What a stretch holds survives a restart. A value
    that is missing or no finite number, and one more than `limit`, is refused.
    """

    length_s: Annotated[
        float,
        Meta(title="Window length", gt=0, le=31_536_000, description="Length of a stretch, s.", extra_json_schema=_S),
    ] = 60.0
    mode: Annotated[
        Literal["tumbling", "sliding"],
        choices(tumbling=("One after the other", "依次分段"), sliding=("Sliding", "滑动")),
        Meta(description="One after the other, or the last stretch at every message."),
    ] = "tumbling"
    figures: Annotated[tuple[Figure, ...], Meta(min_length=1, description="What is calculated.")] = (
        "count",
        "mean",
        "min",
        "max",
    )
    percentile: Annotated[float, Meta(ge=0, le=100, description="Which percentile; it is called p95, say.")] = 95.0
    value: Annotated[PathText, Meta(min_length=1, description="Path of the number.")] = "payload"
    key: Annotated[PathText, Meta(description="Path of what is calculated apart; empty: all together.")] = "key"
    lateness_s: Annotated[
        float,
        Meta(
            ge=0, le=86_400, description="How long after its end a stretch waits for values, s.", extra_json_schema=_S
        ),
    ] = 0.0
    limit: Annotated[int, Meta(title="Most values", ge=1, le=1_000_000, description="Most values in a stretch.")] = (
        10_000
    )

    outputs: ClassVar = (
        Port("out", title="Figures", title_zh="统计结果"),
        Port("late", title="Too late", title_zh="迟到"),
    )
    examples: ClassVar = [
        Example(
            "figures of every minute",
            {"length_s": 60, "figures": ["mean", "max", "percentile"]},
            given=[{"time": 1200, "payload": 1}, {"time": 1230, "payload": 3}, {"time": 1260, "payload": 9}],
            expect=[{"payload": {"start": 1200.0, "end": 1260.0, "mean": 2.0, "max": 3, "p95": 2.9}}],
            title_zh="每分钟统计",
        ),
        Example(
            "the mean of the last ten seconds at every message",
            {"length_s": 10, "mode": "sliding", "figures": ["mean"]},
            given=[{"time": 100, "payload": 1}, {"time": 105, "payload": 3}, {"time": 110, "payload": 5}],
            expect=[{"payload": {"mean": 1.0}}, {"payload": {"mean": 2.0}}, {"payload": {"mean": 4.0}}],
            title_zh="最近十秒的平均值",
        ),
    ]
    zh: ClassVar = Help(
        "窗口统计",
        "按事件时间分段，统计一个数的平均、最大、最小、百分位等，每个键分开。依次分段时，一段结束后送出一条；滑动时，"
        "每条消息都送出最近一段的统计。来得太迟的值从“迟到”端口送出。载荷为 `{key, start, end}` 和所选的统计量。统计中的值在重启后保留。",
        fields={
            "length_s": ("窗口长度", "一段有多长。"),
            "mode": ("分段方式", "一段接一段，或在每条消息到来时统计最近一段。"),
            "figures": ("统计量", "计算并送出哪些值。"),
            "percentile": ("百分位", "计算第几百分位；结果中的名称如 `p95`。"),
            "value": ("数值", "要统计的数在消息中的路径。"),
            "key": ("键", "按哪个值分开统计，填路径；不填则合在一起。"),
            "lateness_s": ("等待迟到", "一段结束之后再等多久才送出。"),
            "limit": ("数值上限", "一段中最多有多少个值；更多的处理失败。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.value_of = Path(self.value).get
        self.key_of = Path(self.key).get if self.key else None
        self.memory = ctx.state("windows", WindowValues)
        self.marks = ctx.state("marks", _Mark)
        self.open: dict[str, dict[float, WindowValues]] = {}
        self.last: dict[str, Message] = {}
        self.timers = Timers(ctx.clock)

    def resume(self) -> None:
        if self.mode == "tumbling":
            for name, window in self.memory.items():
                key = name.partition("@")[2]
                self.open.setdefault(key, {})[window.start] = window
                self._close_in_time(key, window.end - self.marks.get(key, _NO_MARK).newest)

    def process(self, msg: Message) -> Any:
        value = as_number(self.value_of(msg), self.value)
        if abs(value) > LARGEST:
            raise PermanentError(Text("node.window-too-large", path=self.value, value=value, limit=LARGEST))
        if abs(value) > 1 << 53:
            value = float(value)  # a longer whole number can't be written down
        if not math.isfinite(msg.time) or msg.time > self.ctx.clock.now() + A_DAY_S:
            raise PermanentError(Text("node.window-time", time=msg.time))
        found = "" if self.key_of is None else self.key_of(msg)
        key = found if isinstance(found, str) else "" if found is UNSET else loose_text(found)
        mark = self.marks.get(key, _NO_MARK)
        if msg.time > mark.newest:
            mark = _Mark(msg.time, mark.closed)
            self.marks.set(key, mark, A_DAY_S + 2 * self.length_s)
        if self.mode == "sliding":
            return self._slide(msg, key, value, mark)
        return self._tumble(msg, key, value, mark)

    def stop(self) -> None:
        self.timers.cancel_all()

    def _slide(self, msg: Message, key: str, value: float, mark: _Mark) -> Any:
        begin = mark.newest - self.length_s
        if msg.time <= begin:
            return {"late": msg}
        window = self.memory.get(key) or WindowValues(0.0, 0.0)
        window.forget_before(begin)
        self._add(window, msg.time, value)
        window.start, window.end = begin, mark.newest
        self.memory.set(key, window, A_DAY_S + 2 * self.length_s)
        return self._made(msg, key, window)

    def _tumble(self, msg: Message, key: str, value: float, mark: _Mark) -> Any:
        start = math.floor(msg.time / self.length_s) * self.length_s
        end = start + self.length_s
        if end <= mark.closed:
            return {"late": msg}
        window = self.open.setdefault(key, {}).setdefault(start, WindowValues(start, end))
        self._add(window, msg.time, value)
        self.memory.set(_name(key, start), window)
        self.last[key] = msg
        self._close(key, mark.newest)
        if key in self.open:
            self._close_in_time(key, end - mark.newest)
        return None

    def _add(self, window: WindowValues, time: float, value: float) -> None:
        if len(window.pairs) >= self.limit:
            raise PermanentError(Text("node.window-many", limit=self.limit))
        window.add(time, value)

    def _close_in_time(self, key: str, left_s: float) -> None:
        """Event time is taken to go on with the clock when nothing comes."""
        self.timers.after(key, left_s + self.lateness_s, partial(self._close, key, math.inf))

    def _close(self, key: str, newest: float) -> None:
        windows = self.open.get(key, {})
        for start in sorted(start for start, window in windows.items() if newest >= window.end + self.lateness_s):
            window = windows.pop(start)
            mark = self.marks.get(key, _NO_MARK)
            self.marks.set(key, _Mark(mark.newest, max(mark.closed, window.end)), A_DAY_S + 2 * self.length_s)
            delivery = Delivery(partial(self._forget, _name(key, start)))
            self.ctx.emit(self._made(self.last.get(key) or Message(key=key), key, window).replace(delivery=delivery))
            delivery.release()
        if not windows:
            self.open.pop(key, None)
            self.last.pop(key, None)
            self.timers.cancel(key)

    def _forget(self, name: str, _: Delivery) -> None:
        """Only when all that was sent is done, so that a crash before sends it again."""
        self.memory.delete(name)

    def _made(self, msg: Message, key: str, window: WindowValues) -> Message:
        payload = {
            "key": key,
            "start": window.start,
            "end": window.end,
            **window.figures(self.figures, self.percentile),
        }
        return msg.replace(payload=payload, time=window.end)


def _name(key: str, start: float) -> str:
    return f"{start!r}@{key}"

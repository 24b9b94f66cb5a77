"""`rate-limit`: lets through so many messages in so much time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, Path, PathText, Port, Text, choices, node
from nodes.support.comparison import loose_text
from nodes.support.control_messages import asked_for, only_control
from nodes.support.durable_buffer import DurableBuffer, Held
from nodes.support.fields import TimeUnit
from nodes.support.numeric import as_number
from nodes.support.timers import Timers

LATEST = ("latest_each", "latest_all")


class _Gate:
    """One key's pacing: since when it is shut, what waits at it, how many slots of a burst are taken."""

    def __init__(self) -> None:
        self.waiting: deque[Held] = deque()
        self.shut_at = 0.0
        self.taken = 0
        self.bursts = 0


@node(category="time", secrets=False, icon="gauge", title="Rate limit", buffers=True)
class RateLimit(Node):
    """Let through `max` messages in `per_s` seconds, for all together or for each key.

    `spaced`: one message every per_s / max seconds, never two at once. `burst`: up to max at once; each place is free
    again per_s after its own message. `latest_each`: every per_s / max seconds the newest message of one key, in
    turn. `latest_all`: every per_s / max seconds the newest of every key. What comes too soon waits in order
    (`queue`), is dropped and counted (`drop`), or leaves by the port `over` (`second_port`); with the latest modes
    the older message of a key, which the newer one replaces, is dropped or leaves by `over`. A message with `reset`
    empties the queue and opens the gate (with `flush` too: those are sent first and pacing begins anew). One
    with `flush` sends all that waits, or the oldest n, and pacing begins anew. One with `to_front: true` waits in
    front. The queue survives a restart; the pacing begins anew.
    """

    max: Annotated[int, Meta(title="Messages", ge=1, le=1_000_000, description="How many messages.")] = 1
    per_s: Annotated[
        float,
        Meta(gt=0, le=31_536_000, description="In how much time, s.", extra_json_schema={"x-unit": "s"}),
    ] = 1.0
    mode: Annotated[
        Literal["spaced", "burst", "latest_each", "latest_all"],
        choices(
            spaced=("Evenly spaced", "均匀放行"),
            burst=("As many at once as allowed", "可一次放行几条"),
            latest_each=("The newest of one key in turn", "轮流放行一个键最新的一条"),
            latest_all=("The newest of every key", "放行每个键最新的一条"),
        ),
        Meta(title="How it is limited", description="How the limit is kept."),
    ] = "spaced"
    overflow: Annotated[
        Literal["queue", "drop", "second_port"],
        choices(
            queue=("Wait in order", "排队"),
            drop=("Drop", "丢弃"),
            second_port=("By the second port", "从“超出”端口送出"),
        ),
        Meta(title="What comes too soon", description="What happens to what comes too soon."),
    ] = "queue"
    key: Annotated[
        PathText,
        Meta(
            description="Path of what has a limit of its own (latest modes: topic when empty); empty: one limit for all."
        ),
    ] = ""
    spacing_from: Annotated[
        PathText,
        Meta(
            description="Path where a message may set the time between messages from now on; empty: it may not.",
        ),
    ] = ""
    spacing_unit: Annotated[TimeUnit, Meta(title="Unit of it", description="Unit of that time.")] = "s"
    limit: Annotated[
        int,
        Meta(
            title="Most messages waiting", ge=1, le=1_000_000, description="Most messages that wait; more are refused."
        ),
    ] = 10_000

    outputs: ClassVar = (
        Port("out", title="Within the limit", title_zh="放行", same_as="in"),
        Port("over", title="Over the limit", title_zh="超出", same_as="in"),
    )
    examples: ClassVar = [
        Example(
            "one per second, the rest waits",
            {"max": 1, "per_s": 1},
            given=["a", "b", "c"],
            expect=[{"payload": "a", "at": 0}, {"payload": "b", "at": 1}, {"payload": "c", "at": 2}],
            title_zh="每秒一条，其余排队",
        ),
        Example(
            "two a minute per device, the rest by the second port",
            {"max": 2, "per_s": 60, "mode": "burst", "overflow": "second_port", "key": "payload.sn"},
            given=[{"sn": "A"}, {"sn": "A"}, {"sn": "A"}, {"sn": "B"}],
            expect={"out": [{"sn": "A"}, {"sn": "A"}, {"sn": "B"}], "over": [{"sn": "A"}]},
            title_zh="每台设备每分钟两条，其余从“超出”端口送出",
        ),
    ]
    zh: ClassVar = Help(
        "限速",
        "在一段时间内只放行几条消息，全部合计或每个键分开。超出的消息按顺序排队、丢弃并计数，或从“超出”端口送出；只放行最新的一条时，"
        "被替换的旧消息丢弃，或从“超出”端口送出。带 `reset` 属性的消息清空队列，"
        "带 `flush` 属性的立即送出排队的消息（为数字时送出最早的几条），带 `to_front` 属性的排在最前。排队的消息在重启后保留。",
        fields={
            "max": ("条数", "放行几条。"),
            "per_s": ("时间", "在多长时间内。"),
            "mode": ("限速方式", "怎样放行。"),
            "overflow": ("超出的消息", "来得太快的消息怎么办。"),
            "key": ("键", "按哪个值分别限速，填路径；不填则合计（只放行最新的一条时按主题）。"),
            "spacing_from": ("间隔来自", "消息可在此路径改变放行的间隔；不填则不可。"),
            "spacing_unit": ("间隔单位", "该间隔的单位。"),
            "limit": ("排队上限", "最多排队多少条；更多的处理失败。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.keeping = DurableBuffer(ctx, self.limit)
        self.timers = Timers(ctx.clock)
        self.spacing_s = self.per_s / self.max
        self.spacing_path = Path(self.spacing_from) if self.spacing_from else None
        self.key_path = Path(self.key or "topic") if self.key or self.mode in LATEST else None
        self.gates: dict[str, _Gate] = {}

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            gate = self._gate(str(held.note))
            if held not in gate.waiting:
                gate.waiting.append(held)
        if self.mode in LATEST:
            self.timers.after("tick", self.spacing_s, self._tick)
            return
        for key, gate in self.gates.items():
            if self.mode == "burst":
                self._release_burst(key, gate)
            elif gate.waiting and key not in self.timers:
                self._next(key)

    def process(self, msg: Message) -> Any:
        key = "" if self.key_path is None else _key(self.key_path.get(msg))
        if self.spacing_path is not None:
            self._new_spacing(self.spacing_path.get(msg))
        if self.mode in LATEST:
            return self._newest(msg, key)
        if self.mode == "burst":
            return self._burst(msg, key)
        return self._spaced(msg, key)

    def stop(self) -> None:
        self.timers.cancel_all()

    def _gate(self, key: str) -> _Gate:
        return self.gates.setdefault(key, _Gate())

    def _over(self, msg: Message) -> Any:
        if self.overflow == "second_port":
            return {"over": msg}
        self.ctx.drop()
        return None

    def _wait(self, msg: Message, key: str, gate: _Gate) -> None:
        front = msg.props.get("to_front") is True or msg.props.get("toFront") is True
        held = self.keeping.put(msg, note=key)
        (gate.waiting.appendleft if front else gate.waiting.append)(held)
        self._show()

    def _send(self, gate: _Gate) -> None:
        held = gate.waiting.popleft()
        self.keeping.send([held], {"out": [held.message.with_props(flush=UNSET, reset=UNSET)]})
        self._show()

    def _reset(self, msg: Message, key: str) -> None:
        every = self.key_path is not None and not key
        gates = list(self.gates.items()) if every else [(key, self._gate(key))]
        for name, gate in gates:
            if "flush" in msg.props:
                self._flush(msg, gate)
                self.timers.after(name, self.spacing_s, partial(self._next, name))
            else:
                self.timers.cancel(name)
                gate.taken, gate.bursts = 0, gate.bursts + 1
            self.keeping.drop(gate.waiting)
            gate.waiting.clear()
        self.spacing_s = self.per_s / self.max
        self._show()

    def _flush(self, msg: Message, gate: _Gate) -> int:
        """Sends what the message asks for; how many that were."""
        count = asked_for(msg.props["flush"], len(gate.waiting))
        for _ in range(count):
            self._send(gate)
        return count

    def _spaced(self, msg: Message, key: str) -> Any:
        if "reset" in msg.props:
            self._reset(msg, key)
            return None
        gate = self._gate(key)
        out: Any = None
        if not only_control(msg, "flush"):
            if key not in self.timers:
                gate.shut_at = self.ctx.clock.monotonic()
                self.timers.after(key, self.spacing_s, partial(self._next, key))
                out = msg.with_props(flush=UNSET) if "flush" in msg.props else msg
            elif self.overflow == "queue":
                self._wait(msg, key, gate)
            else:
                out = self._over(msg)
        if "flush" in msg.props and self.overflow == "queue":
            if self._flush(msg, gate):
                self.timers.after(key, self.spacing_s, partial(self._next, key))
            elif not gate.waiting:
                self.timers.cancel(key)
        return out

    def _next(self, key: str) -> None:
        gate = self._gate(key)
        if gate.waiting:
            self.timers.after(key, self.spacing_s, partial(self._next, key))
            self._send(gate)
        else:
            self.gates.pop(key, None)

    def _burst(self, msg: Message, key: str) -> Any:
        if "reset" in msg.props:
            self._reset(msg, key)
            return None
        gate = self._gate(key)
        if "flush" in msg.props:
            self._flush(msg, gate)
        if only_control(msg, "flush"):
            return None
        if gate.taken < self.max and not gate.waiting:
            self._take(key, gate)
            return msg
        if self.overflow == "queue":
            self._wait(msg, key, gate)
            return None
        return self._over(msg)

    def _take(self, key: str, gate: _Gate) -> None:
        gate.taken += 1
        bursts = gate.bursts

        def free() -> None:
            if gate.bursts == bursts:
                gate.taken -= 1
                self._release_burst(key, gate)
            if not gate.taken and not gate.waiting and self.gates.get(key) is gate:
                del self.gates[key]

        self.timers.after(object(), self.per_s, free)

    def _release_burst(self, key: str, gate: _Gate) -> None:
        while gate.waiting and gate.taken < self.max:
            self._take(key, gate)
            self._send(gate)

    def _newest(self, msg: Message, key: str) -> Any:
        out: Any = None
        # The topic only names whose newest message it would be: a flush without a payload replaces none.
        if not only_control(msg.replace(topic=""), "flush", "reset"):
            newest = self.keeping.put(msg, note=key)
            gate = self._gate(key)
            older = gate.waiting.popleft() if gate.waiting else None
            gate.waiting.append(newest)
            if older is not None and self.overflow == "second_port":
                self.keeping.drop([older], counted=False)
                out = {"over": older.message}
            elif older is not None:
                self.keeping.drop([older])
        if "flush" in msg.props:
            for gate in list(self.gates.values())[: asked_for(msg.props["flush"], len(self.gates))]:
                self._send(gate)
        if "reset" in msg.props:
            self.keeping.drop([held for gate in self.gates.values() for held in gate.waiting])
            self.spacing_s = self.per_s / self.max
            self.gates.clear()
        self.gates = {name: gate for name, gate in self.gates.items() if gate.waiting}
        self._show()
        return out

    def _tick(self) -> None:
        self.timers.after("tick", self.spacing_s, self._tick)
        for key in list(self.gates)[: 1 if self.mode == "latest_each" else None]:
            self._send(self.gates.pop(key))

    def _new_spacing(self, found: Any) -> None:
        """Takes a new time between messages: a queue is paced anew from now, without one the last message counts."""
        if found is UNSET or found is None:
            return
        seconds = as_number(found, self.spacing_from, "leading") / (1000 if self.spacing_unit == "ms" else 1)
        if not 0 < seconds != self.spacing_s:
            return
        self.spacing_s = seconds
        for key, gate in list(self.gates.items()):
            if key in self.timers:
                passed_s = 0.0 if self.overflow == "queue" else self.ctx.clock.monotonic() - gate.shut_at
                if passed_s <= seconds:
                    self.timers.after(key, seconds - passed_s, partial(self._next, key))
                else:
                    self.timers.cancel(key)
        if "tick" in self.timers:
            self.timers.after("tick", seconds, self._tick)

    def _show(self) -> None:
        count = len(self.keeping)
        self.ctx.status(Text("status.waiting", count=count) if count else "", "busy" if count else "ok")


def _key(value: Any) -> str:
    return "" if value is UNSET or value is None else value if isinstance(value, str) else loose_text(value)

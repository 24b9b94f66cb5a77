"""`switch`: sends a message on by what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from engine.api import UNSET, Context, Example, Help, Message, Meta, Node, PathText, PermanentError, Port, node
from nodes.core.parts.switch_rule import PREVIOUS, SwitchRule, compile_rule
from nodes.support.comparison import LOOSE, STRICT
from nodes.support.durable_buffer import DurableBuffer, Held, storable
from nodes.support.sequence import belongs, new_ids, parts_of
from nodes.support.value_ref import ValueRef


@node(category="logic", secrets=False, icon="split", title="Switch")
class Switch(Node):
    """Send a message to the ports whose rules its value fulfils.

    Numbers are compared with numbers, texts with texts: `"5"` is not 5, unless `loose` is on, which compares by
    JavaScript's rules (what Node-RED does: null is 0, "5" is 5, a number contains digits). Bounds of `between` are
    inclusive, in either order. A missing value equals only a missing value. `is_empty` holds for "", [] and {}; null,
    0 and a missing value are neither empty nor not empty. `otherwise` matches when no rule above it did (since the
    last `otherwise`). `head`, `tail` and `index` ask for the place in a sequence (`parts`); `tail` waits for the
    whole sequence. With `renumber` each port gets a sequence of its own, numbered anew, as soon as the one that came
    in is complete. A message that no rule matches is dropped and counted.
    """

    rules: Annotated[list[SwitchRule], Meta(min_length=1, description="Rules, tried in this order.")]
    property: Annotated[
        PathText, Meta(min_length=1, description="Path of the value: payload, payload.temp, topic, flow.mode …")
    ] = "payload"
    first_only: Annotated[bool, Meta(title="First match only", description="Stop at the first rule that matches.")] = (
        False
    )
    loose: Annotated[
        bool, Meta(title="Loose comparison", description="Compare by JavaScript's rules instead of like with like.")
    ] = False
    renumber: Annotated[
        bool, Meta(title="Number anew", description="Make a complete sequence of what leaves each port.")
    ] = False
    limit: Annotated[
        int,
        Meta(
            title="Most messages kept",
            ge=1,
            le=1_000_000,
            description="Most messages kept while their sequence is incomplete.",
        ),
    ] = 10_000

    examples: ClassVar = [
        Example(
            "high, low, or anything else",
            {
                "rules": [
                    {"op": "gte", "value": 20, "port": "high"},
                    {"op": "lt", "value": 5, "port": "low"},
                    {"op": "otherwise"},
                ]
            },
            given=[21, 3, 10, "20"],
            expect={"high": [21], "low": [3], "otherwise": [10, "20"]},
            title_zh="高、低、其他",
        ),
        Example(
            "rising or not: the value before",
            {"property": "payload.temp", "rules": [{"op": "gt", "value_from": "previous", "port": "rising"}]},
            given=[{"temp": 20}, {"temp": 21}, {"temp": 20.5}, {"temp": 20.7}],
            expect={"rising": [{"temp": 21}, {"temp": 20.7}]},
            title_zh="与上一个值比较",
        ),
        Example(
            "a condition over several fields",
            {
                "rules": [
                    {"op": "expression", "expression": "temp > 30 and humi < 40", "port": "dry-heat"},
                    {"op": "otherwise", "port": "fine"},
                ]
            },
            given=[{"temp": 31, "humi": 30}, {"temp": 31, "humi": 60}],
            expect={"dry-heat": [{"temp": 31, "humi": 30}], "fine": [{"temp": 31, "humi": 60}]},
            title_zh="由多个字段组成的条件",
        ),
    ]
    zh: ClassVar = Help(
        "分支",
        "按消息中的值把消息送到符合的规则的端口。数字只与数字比较，文本只与文本比较；宽松比较按 JavaScript 的规则（与 Node-RED 相同）。"
        "“介于”包含两端。“其余”在上面的规则都不符合时成立。不符合任何规则的消息丢弃并计数。",
        fields={
            "rules": ("规则", "从上到下依次判断。"),
            "property": ("属性", "判断消息中的哪个值，如 `payload.temp`、`topic`、`flow.mode`。"),
            "first_only": ("只取第一条", "遇到第一条符合的规则即停止。"),
            "loose": ("宽松比较", "按 JavaScript 的规则比较。"),
            "renumber": ("重新编号", "各端口送出的消息重新编成完整的序列。"),
            "limit": ("保留上限", "序列未到齐时最多保留多少条消息。"),
        },
        parts={
            "SwitchRule": {
                "op": ("判断", "对该值做什么判断。"),
                "value": ("比较值", "与之比较的值；“介于”和“序号介于”的一端；“序列的前几条”和“后几条”的条数。"),
                "value_from": (
                    "比较值来自",
                    "代替比较值：路径，如 `payload.limit` 或 `flow.limit`；`previous` 为上一个值。",
                ),
                "upper": ("另一端", "“介于”和“序号介于”的另一端。"),
                "upper_from": ("另一端来自", "代替另一端：路径，或 `previous`。"),
                "type": ("类型", "用于“类型是”。"),
                "expression": ("表达式", "条件，可用载荷字段、`topic`、`previous`、I（序号）、N（总数）。"),
                "ignore_case": ("不分大小写", "用于“匹配正则表达式”。"),
                "port": ("端口名", "几条规则可共用一个端口；不填则由判断和比较值得出。"),
            },
        },
    )

    def output_ports(self) -> tuple[Port, ...]:
        """One port per rule, in their order; rules that name the same port share it."""
        ports: dict[str, Port] = {}
        for name, rule in zip(self._port_names(), self.rules, strict=True):
            ports.setdefault(name, Port(name, title=rule.title("en"), title_zh=rule.title("zh"), same_as="in"))
        return tuple(ports.values())

    def start(self, ctx: Context) -> None:
        compare = LOOSE if self.loose else STRICT
        self.ctx = ctx
        self.place = ValueRef(self.property, ctx)
        names = self._port_names()
        self.tests = [
            (name, rule.op == "otherwise", compile_rule(rule, compare, ctx))
            for name, rule in zip(names, self.rules, strict=True)
        ]
        looks_back = any(
            PREVIOUS in (rule.value_from, rule.upper_from) or rule.op == "expression" for rule in self.rules
        )
        self.memory = ctx.state("previous") if looks_back else None
        self.whole = self.renumber or any(rule.op == "tail" for rule in self.rules)
        self.keeping = DurableBuffer(ctx, self.limit)
        self.groups: dict[str, list[Held]] = {}
        self.counts: dict[str, int] = {}
        self.new_id = new_ids()

    def kept_messages(self) -> Iterable[Message]:
        return self.keeping.messages()

    def resume(self) -> None:
        for held in self.keeping.restore():
            self._collect(held)

    def process(self, msg: Message) -> Any:
        if self.whole:
            parts = parts_of(msg)
            if parts is not None and belongs(parts):
                self._collect(self.keeping.put(msg, note=str(parts["id"])))
                return None
        return self._sorted(msg)

    def _sorted(self, msg: Message) -> dict[str, Message]:
        value = self.place.get(msg)
        # An empty list stands for a value that was missing: to compare with that is not to compare with null.
        before = None if self.memory is None else next(iter(self.memory.get("before", (None,))), UNSET)
        out: dict[str, Message] = {}
        nothing_yet = True
        for port, otherwise, test in self.tests:
            if otherwise:
                matched, nothing_yet = nothing_yet, True
            else:
                matched = test(value, msg, before)
            if matched:
                out[port] = msg
                nothing_yet = False
                if self.first_only:
                    break
        if not out:
            self.ctx.drop()
        if self.memory is not None:
            self.memory.set("before", [] if value is UNSET else [storable(value, self.property)])
        return out

    def _collect(self, held: Held) -> None:
        msg, group = held.message, str(held.note)
        waiting = self.groups.setdefault(group, [])
        waiting.append(held)
        count = (parts_of(msg) or {}).get("count")
        if count is None:
            count = self.counts.get(group)
        else:
            self.counts[group] = count
        if count is None or len(waiting) < count:
            return
        del self.groups[group]
        self.counts.pop(group, None)
        out: dict[str, list[Message]] = {}
        for held in list(waiting):
            one = held.message.with_props(parts={**held.message.props["parts"], "count": count})
            try:
                chosen = self._sorted(one)
            except PermanentError as wrong:
                waiting.remove(held)
                self.keeping.fail([held], wrong)
                continue
            for port, sent in chosen.items():
                out.setdefault(port, []).append(sent)
        if self.renumber:
            out = {port: self._renumbered(sent) for port, sent in out.items()}
        self.keeping.send(waiting, out)

    def _renumbered(self, messages: list[Message]) -> list[Message]:
        id, count = self.new_id(), len(messages)
        return [
            one.with_props(parts={**one.props["parts"], "id": id, "index": index, "count": count})
            for index, one in enumerate(messages)
        ]

    def _port_names(self) -> list[str]:
        names: list[str] = []
        for rule in self.rules:
            name, number = rule.port_name(), 2
            while not rule.port and name in names:
                name, number = f"{rule.port_name()}-{number}", number + 1
            names.append(name)
        return names

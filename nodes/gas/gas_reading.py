"""`gas-reading`: the JSON of a gas detector becomes a reading."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from engine.api import (
    EMPTY,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    PermanentError,
    Port,
    Readable,
    Text,
    node,
    reason_of,
    stored,
)
from plant.model.device_clock import DeviceClock
from plant.model.reading import Flag, PacketDecoder, Reading

KNOWN_TOPICS = 100_000
_CLOCK, _MALFORMED, _RETAINED = int(Flag.CLOCK), int(Flag.MALFORMED), int(Flag.RETAINED)
_SN = r"[A-Za-z0-9_.:-]{1,64}"


@node(category="gas", secrets=False, icon="gauge", title="Gas reading")
class GasReading(Node):
    """Decode the packet of a gas detector into a reading.

    The serial number comes from the topic. A packet without a sound `ts` and `v_raw`, or with a topic that does not fit, leaves by `bad` with the
    reason in `error.reason`, unchanged; without a wire there it goes the way of errors. No other field is worth a gas value: one that is missing
    or malformed becomes null (`seq` -1), what was sent is kept in `extra`, and flag 128 is set. Unknown fields are kept in `extra` too.
    Where the device's clock is wrong the arrival time counts and flag 1 is set: more than `clock_ahead_s` ahead, before 2020, jumped ahead, put
    back while `seq` goes on, or far behind while readings come as live ones do. A backlog comes faster than live and keeps its times. What the
    broker had retained has flag 256.
    A reading has no concentration yet: `device` and `formula` see to that.
    """

    topic: Annotated[
        str, Meta(pattern=r"\{sn\}", description="Topic with {sn} where the serial number stands; + is any one level.")
    ] = "metachip/gas/{sn}/data"
    clock_ahead_s: Annotated[
        float,
        Meta(
            title="Clock at most ahead",
            ge=0,
            description="How far ahead a device's clock may be, s.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 300.0

    outputs: ClassVar = (
        Port("ok", Reading, title="Reading", title_zh="读数"),
        Port("bad", title="Not a reading", title_zh="不是读数"),
    )
    examples: ClassVar = [
        Example(
            "a packet becomes a reading",
            {},
            given=[
                {
                    "topic": "metachip/gas/GS001/data",
                    "payload": '{"ts":1699999990,"seq":7,"v_raw":2350.5,"temp":25.4,"humi":45,"bat":88,"rssi":-75,"net":"4G","err":0,"fw":"1.2"}',
                }
            ],
            expect={
                "ok": [
                    {
                        "key": "GS001",
                        "payload": {
                            "sn": "GS001",
                            "time": 1699999990.0,
                            "seq": 7,
                            "v_raw": 2350.5,
                            "extra": {"fw": "1.2"},
                        },
                    }
                ]
            },
            title_zh="数据包成为读数",
        ),
        Example(
            "a wrong battery does not cost the gas value",
            {},
            given=[
                {
                    "topic": "metachip/gas/GS001/data",
                    "payload": '{"ts":1699999990,"seq":7,"v_raw":2350.5,"temp":25.4,"bat":101,"err":0}',
                }
            ],
            expect={"ok": [{"payload": {"v_raw": 2350.5, "bat": None, "flags": 128, "extra": {"bat": 101}}}]},
            title_zh="电量有误，气体值照常采用",
        ),
        Example(
            "what is no packet leaves by bad",
            {},
            given=[{"topic": "metachip/gas/GS001/data", "payload": '{"ts":1699999990,"seq":7}'}],
            expect={"bad": [{"topic": "metachip/gas/GS001/data"}]},
            title_zh="不是读数的数据包从单独的端口送出",
        ),
    ]
    zh: ClassVar = Help(
        "气体读数",
        "把气体探测器上报的 JSON 解析为读数，序列号取自主题。`ts` 或 `v_raw` 缺少、类型错误、不是有限数字，或主题不符的消息原样从“不是读数”端口送出，"
        "原因在 `error.reason`；该端口未接线时从错误端口送出。其他字段缺少或有误时置为空（`seq` 为 -1）并置标志 128，气体值照常采用；收到的原值和"
        "未知字段保存在 `extra` 中。设备时钟错误时，改用到达时间并置标志 1：超前过多、早于 2020 年、突然跳前、包序号递增而时间倒退，或实时上报而"
        "时间远远落后。补传的数据到达比实时快，保留其自身的时间。消息网关保留的消息置标志 256。此时还没有浓度，由设备参数节点和公式节点得出。",
        fields={
            "topic": ("主题格式", "`{sn}` 处为序列号，+ 为任意一级。"),
            "clock_ahead_s": ("时钟最多超前", "设备时钟可以超前多少。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self._decode = PacketDecoder()
        self._pattern = _topic_pattern(self.topic)
        self._serials: dict[str, str] = {}
        # Only what a wrong clock is off by outlives a restart: it changes seldom, and the rest is seen again within two readings.
        self._off = ctx.state("clocks", float)
        self._clocks: dict[str, DeviceClock] = {}

    def process(self, msg: Message) -> Any:
        try:
            sn = self._serials.get(msg.topic) or self._serial(msg.topic)
            packet, extra, sound = self._decode(msg.payload)
        except (ValueError, TypeError) as error:
            return self._bad(msg, reason_of(error))
        arrived = msg.time
        clock = self._clocks.get(sn)
        if clock is None:
            clock = self._clocks[sn] = DeviceClock(self._off.get(sn, 0.0))
        flags = 0 if sound else _MALFORMED
        if msg.props and msg.props.get("retain"):
            # When it came to the broker nobody knows: not after it was measured, as far as anything here depends on it.
            ts, wrong = clock.place_retained(packet.ts, arrived, self.clock_ahead_s)
            arrived, flags = min(arrived, ts), flags | _RETAINED
        else:
            was_off_s = clock.off_s
            ts, wrong = clock.place(packet.ts, packet.seq, arrived, self.ctx.clock.monotonic(), self.clock_ahead_s)
            if clock.off_s != was_off_s:
                self._note_off(sn, clock.off_s)
        if wrong:
            flags |= _CLOCK
        reading = Reading(
            packet.ts,
            packet.seq,
            packet.v_raw,
            packet.temp,
            packet.err,
            packet.humi,
            packet.bat,
            packet.rssi,
            packet.net,
            sn,
            ts,
            arrived,
            None,
            None,
            flags,
            extra,
        )
        return Message(reading, msg.topic, sn, ts, msg.id, msg.props, msg.delivery)

    def _serial(self, topic: str) -> str:
        found = self._pattern.fullmatch(topic)
        if found is None:
            raise ValueError(Text("reading.topic", topic=topic[:200], pattern=self.topic))
        if len(self._serials) >= KNOWN_TOPICS:
            self._serials.clear()  # somebody invents topics: memory stays bounded
            self._clocks.clear()
        sn = self._serials[topic] = found["sn"]
        return sn

    def _note_off(self, sn: str, off_s: float) -> None:
        if off_s:
            self._off.set(sn, off_s)
        else:
            self._off.delete(sn)

    def _bad(self, msg: Message, reason: Readable) -> dict[str, Message]:
        if not self.ctx.wired("bad"):
            raise PermanentError(reason)
        error = {
            "node": self.ctx.node,
            "flow": self.ctx.flow,
            "reason": str(reason),
            "text": stored(reason),
            "kind": "refused",
            "type": "PermanentError",
        }
        return {"bad": msg.replace(props={**(msg.props or EMPTY), "error": error})}


def _topic_pattern(topic: str) -> re.Pattern[str]:
    parts = topic.split("{sn}")
    if len(parts) != 2:
        raise ValueError(Text("reading.topic-form", topic=topic))
    before, after = (re.escape(part).replace(r"\+", "[^/]+") for part in parts)
    return re.compile(f"{before}(?P<sn>{_SN}){after}")

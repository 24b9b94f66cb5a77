"""`sequence-check`: packet loss per device."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from engine.api import Context, Example, Help, Message, Meta, Node, Port, node
from plant.devices.health import DeviceHealth
from plant.model.packet_loss import PacketCount
from plant.model.reading import Flag, Reading, as_reading

_CLOCK, _MALFORMED = int(Flag.CLOCK), int(Flag.MALFORMED)
_PACKET = {"ts": 1700000000.0, "v_raw": 2000.0, "temp": 25.0, "err": 0}


@node(category="gas", secrets=False, icon="list-ordered", title="Sequence check")
class SequenceCheck(Node):
    """Count lost, doubled and late packets of each device, and its restarts, from the sequence numbers.

    Every reading goes on: a doubled one with flag 2, a late one with flag 4, the first after a restart with flag 8 (the database keeps a doubled
    reading once). Numbers go from 0 to 65535 and begin again. After a jump back to a low number the device was restarted, unless it could have
    sent that many packets since, at one in `fastest_s`. The figures outlive a restart of the engine and show on the device's page.
    """

    fastest_s: Annotated[
        float,
        Meta(
            title="Shortest interval",
            gt=0,
            description="Shortest time between two packets of a device, s.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 1.0

    inputs: ClassVar = (Port("in", Reading),)
    outputs: ClassVar = (Port("out", Reading),)
    examples: ClassVar = [
        Example(
            "the same number again is flagged",
            {},
            given=[{"key": "GS001", "payload": {**_PACKET, "sn": "GS001", "seq": seq}} for seq in (1, 1)],
            expect=[{"payload": {"seq": 1, "flags": 0}}, {"payload": {"seq": 1, "flags": 2}}],
            title_zh="重复的包号加标志",
        )
    ]
    zh: ClassVar = Help(
        "包序号检查",
        "按包序号统计每台设备的丢包、重复、迟到和重启。所有读数都继续传送：重复的置标志 2，迟到的置 4，重启之后的第一包置 8。"
        "序号从 0 到 65535 循环。统计值显示在设备页，重启后保留。",
        fields={
            "fastest_s": ("最短间隔", "一台设备的两包之间最短多久；用来分辨重启。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self._counts = ctx.state("packets", PacketCount)
        self._health = ctx.service(DeviceHealth)
        for sn, count in self._counts.items():
            self._health.note(sn, count, None)

    def process(self, msg: Message) -> Message:
        reading = msg.payload
        if reading.__class__ is not Reading:
            reading = as_reading(reading)
            msg = msg.replace(payload=reading)
        sn = reading.sn
        # A clock that was put back says nothing about what came first.
        at = reading.time if reading.flags & _CLOCK else reading.ts
        count = self._counts.get(sn)
        if count is None:
            count = PacketCount(reading.seq, at)
            flags = 0
        elif reading.seq < 0:
            count.received += 1  # it has no number, so no gap and no restart can be told by it
            flags = 0
        elif count.last < 0:
            count.last, count.last_ts, count.received = reading.seq, at, count.received + 1
            flags = 0
        else:
            flags = count.count(reading.seq, at, self.fastest_s)
        if reading.flags & _MALFORMED:
            count.malformed += 1
        self._counts.set(sn, count)
        if flags:
            reading = msgspec.structs.replace(reading, flags=reading.flags | flags)
            msg = msg.replace(payload=reading)
        self._health.note(sn, count, reading)
        return msg

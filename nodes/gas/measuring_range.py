"""`measuring-range`: what lies far below the measuring range is a fault of the sensor, and no 0."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from engine.api import Example, Help, Message, Meta, Node, Port, node
from plant.model.concentration import below_range
from plant.model.device import Device
from plant.model.reading import Flag, Reading, as_reading

_FAULT = int(Flag.FAULT)
_READING = {"sn": "GS001", "ts": 1700000000.0, "seq": 1, "v_raw": 2000.0, "temp": 25.0, "err": 0}
_DEVICE = {"GS001": {"k": 1, "b": 0, "range_high": 100}}


@node(category="gas", secrets=False, icon="ruler", title="Measuring range")
class MeasuringRange(Node):
    """Take the concentration from a reading that lies further below the device's measuring range than `under_range_pct` of it.

    A sensor that shows −25 of 100 is broken: 0, as the formula limits it, would say that all is well. The reading goes on with flag 16 and without a
    concentration; `conc_raw` stays. A little below zero is noise, and stays 0. A device without an upper end of its range is not checked.
    """

    under_range_pct: Annotated[
        float,
        Meta(
            ge=0,
            description="How far below its range a value is a fault, % of the range.",
            extra_json_schema={"x-unit": "%"},
        ),
    ] = 10.0

    inputs: ClassVar = (Port("in", Reading),)
    outputs: ClassVar = (Port("out", Reading),)
    examples: ClassVar = [
        Example(
            "-25 of 100 is a fault and not 0, -2 is noise",
            {},
            given=[
                {"key": "GS001", "payload": {**_READING, "conc": 0, "conc_raw": raw}, "device": _DEVICE["GS001"]}
                for raw in (-25, -2)
            ],
            expect=[{"payload": {"conc": None, "conc_raw": -25, "flags": 16}}, {"payload": {"conc": 0, "flags": 0}}],
            title_zh="量程 100 时 -25 是故障而不是 0，-2 是噪声",
            state={"devices": _DEVICE},
        )
    ]
    zh: ClassVar = Help(
        "量程检查",
        "低于设备量程超过 `under_range_pct` 的读数是传感器故障：限幅后的 0 会显得一切正常。读数继续传送，置标志 16，没有浓度，"
        "`conc_raw` 保留。略低于零是噪声，仍为 0。没有量程上限的设备不检查。",
        fields={"under_range_pct": ("低于量程", "比量程下限低多少（占量程的百分数）算传感器故障。")},
    )

    def process(self, msg: Message) -> Any:
        reading = msg.payload
        if reading.__class__ is not Reading:
            reading = as_reading(reading)
            msg = msg.replace(payload=reading)
        raw = reading.conc_raw
        if raw is None or raw >= 0:
            return msg
        device = msg.props.get("device")
        if device.__class__ is dict:
            device = msgspec.convert({"sn": reading.sn, **device}, Device)
        if device is None or not below_range(raw, device, self.under_range_pct):
            return msg
        return msg.replace(payload=msgspec.structs.replace(reading, conc=None, flags=reading.flags | _FAULT))

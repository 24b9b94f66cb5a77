"""`device`: attaches the parameters of a reading's device."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec

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
    Port,
    Text,
    choices,
    node,
)
from plant.devices.registry import Devices
from plant.model.concentration import flag_of
from plant.model.reading import Flag, Reading, as_reading

_READING = {"sn": "GS001", "ts": 1700000000.0, "seq": 1, "v_raw": 2000.0, "temp": 25.0, "err": 0}


@node(category="gas", secrets=False, icon="cpu", title="Device")
class Device(Node):
    """Look the device up in the registry and attach its parameters as `device`.

    They come from memory and a change in the registry acts on the next message. A reading of a device that the registry does not have leaves by
    `unregistered` with flag 64: nobody knows whether it shows gas, so wire it to `alarm`; without a wire there it is refused, as one of a
    device that is switched off is. A reading
    from which no concentration may be calculated leaves by `fault` with a flag: 16 the device reports a fault (`err` other than 0 and 2) or
    its raw value is at or beyond `raw_low` or `raw_high`, 32 it is warming up (`err` 2), 64 the registry lacks what its formula needs (k and b).
    """

    key: Annotated[
        PathText, Meta(title="Serial number from", min_length=1, description="Where the serial number is.")
    ] = "key"
    on_fault: Annotated[
        Literal["separate", "pass"],
        choices(
            {
                "separate": ("By a port of their own", "单独的端口"),
                "pass": ("With the others, flagged", "与其他读数相同，只带标志"),
            }
        ),
        Meta(
            title="Without a valid value",
            description="separate: readings without a valid value leave by fault; pass: all leave by ok, flagged.",
        ),
    ] = "separate"

    outputs: ClassVar = (
        Port("ok", title="Valid", title_zh="有效", same_as="in"),
        Port("fault", title="No valid value", title_zh="无有效值", same_as="in"),
        Port("unregistered", title="Not registered", title_zh="未登记", same_as="in"),
    )
    examples: ClassVar = [
        Example(
            "parameters are attached",
            {},
            given=[{"key": "GS001", "payload": _READING}],
            expect=[{"payload": {"sn": "GS001"}, "device": {"k": 0.5, "unit": "ppm"}}],
            title_zh="附上设备参数",
            state={"devices": {"GS001": {"k": 0.5, "b": 0}}},
        ),
        Example(
            "an open circuit is a fault, not 0 ppm",
            {},
            given=[{"key": "GS001", "payload": {**_READING, "err": 1}}],
            expect={"fault": [{"payload": {"conc": None, "flags": 16}}]},
            title_zh="断路是故障，不是 0 ppm",
            state={"devices": {"GS001": {"k": 0.5, "b": 0}}},
        ),
    ]
    zh: ClassVar = Help(
        "设备参数",
        "按序列号在设备台账中查找设备，把参数作为属性 `device` 附在消息上；台账修改之后对下一条消息生效。已停用的设备，其消息处理失败；"
        "不在台账中的，从“未登记”端口送出（应连到报警节点），该端口未接线时同样处理失败。"
        "算不出浓度的读数从“无有效值”端口送出，并带标志：16 传感器故障，或原始值达到下限（断线判据）或上限（饱和判据）；"
        "32 预热中；64 未标定（缺少斜率 K 或截距 B）。",
        fields={
            "key": ("序列号", "序列号在消息中的路径。"),
            "on_fault": ("无有效值时", "无有效值的读数从哪个端口送出。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self._find = ctx.service(Devices).get
        self._path = None if self.key == "key" else Path(self.key)

    def process(self, msg: Message) -> Any:
        sn = msg.key if self._path is None else self._path.get(msg)
        device = self._find(sn) if isinstance(sn, str) else None
        if device is None:
            if isinstance(sn, str) and sn and self.ctx.wired("unregistered"):
                payload = as_reading(msg.payload)
                flags = payload.flags | int(Flag.UNCALIBRATED)
                payload = msgspec.structs.replace(payload, conc=None, conc_raw=None, flags=flags)
                return {"unregistered": msg.replace(payload=payload)}
            raise PermanentError(_unknown(sn, self.key))
        if not device.enabled:
            raise PermanentError(Text("gas.disabled", sn=sn))
        payload = msg.payload
        if payload.__class__ is not Reading:
            payload = as_reading(payload)
        props = {**msg.props, "device": device} if msg.props else {"device": device}
        flag = flag_of(payload, device)
        if not flag:
            return Message(payload, msg.topic, msg.key, msg.time, msg.id, props, msg.delivery)
        payload = msgspec.structs.replace(payload, conc=None, conc_raw=None, flags=payload.flags | flag)
        marked = msg.replace(payload=payload, props=props)
        return {"fault": marked} if self.on_fault == "separate" else marked


def _unknown(sn: Any, path: str) -> Text:
    if sn is UNSET or not sn:
        return Text("gas.no-serial", path=path)
    return Text("gas.unknown", sn=str(sn)[:64])

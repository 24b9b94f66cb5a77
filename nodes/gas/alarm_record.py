"""`alarm-record`: writes alarms into the table of alarms."""

from __future__ import annotations

import datetime
import math
from typing import Annotated, Any, ClassVar

from engine.api import (
    UNSET,
    Context,
    Database,
    Help,
    Message,
    Meta,
    Node,
    Path,
    Port,
    Refused,
    Struct,
    connection_or_retry,
    node,
)

_INSERT = (
    "insert into alarms (sn, time, type, value, threshold, unit, notified, location) "
    "select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::bool[], $8::text[]) "
    "on conflict (sn, type, time) do nothing"
)


class Raised(Struct, frozen=True, gc=False):
    """One row of `alarms`. `time` is event time, Unix seconds; `value` and `threshold` are in `unit`."""

    sn: str
    time: float
    type: str
    value: float | None
    threshold: float | None
    unit: str
    notified: bool
    location: str


@node(category="gas", icon="siren", title="Alarm record", side_effect=True)
class AlarmRecord(Node):
    """Write each message as a row of the alarm table, and send the alarm on once it is committed.

    Put it behind `debounce`: one with `notified` on at its first port, one with it off at `suppressed`, so that the table tells which alarms
    somebody was told of. Value and limit come from what `threshold` found, unit and place from the device's parameters. The same alarm
    (device, type and event time) is recorded once, whatever comes again after a crash. While the database is away messages wait.
    """

    notified: Annotated[bool, Meta(description="Whether these alarms are sent to people.")]
    type: Annotated[str, Meta(description="Where the type of alarm is in the message.")] = "type"
    sn: Annotated[str, Meta(description="Where the serial number is.")] = "key"

    outputs: ClassVar = (Port("out", Raised, title="Alarm", title_zh="报警"),)
    max_batch: ClassVar[int] = 1000
    timeout_s: ClassVar[float] = 60.0
    zh: ClassVar = Help(
        "报警记录",
        "把每条消息写入报警表，提交后送出报警。接在 debounce 之后：第一个口用 notified 为真的节点，suppressed 口用为假的节点。"
        "同一设备、类型、时刻的报警只记一次。",
        {"notified": "这些报警是否会通知到人。", "type": "报警类型在消息中的位置。", "sn": "序列号在消息中的位置。"},
    )

    def start(self, ctx: Context) -> None:
        self._database = ctx.service(Database)
        self._type, self._sn = Path(self.type), Path(self.sn)

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = []
        alarms: list[Raised] = []
        for message in messages:
            try:
                alarm = self._raised(message)
            except Refused as refused:
                results.append(refused)
            else:
                alarms.append(alarm)
                results.append(message.replace(payload=alarm))
        if alarms:
            async with connection_or_retry(self._database) as connection:
                await connection.execute(
                    _INSERT,
                    [alarm.sn for alarm in alarms],
                    [_moment(alarm.time) for alarm in alarms],
                    [alarm.type for alarm in alarms],
                    [alarm.value for alarm in alarms],
                    [alarm.threshold for alarm in alarms],
                    [alarm.unit for alarm in alarms],
                    [alarm.notified for alarm in alarms],
                    [alarm.location for alarm in alarms],
                )
        return results

    def _raised(self, message: Message) -> Raised:
        device, threshold = message.props.get("device"), message.props.get("threshold")
        found = threshold if isinstance(threshold, dict) else {}
        _moment(message.time)
        return Raised(
            _text(self._sn.get(message), self.sn),
            message.time,
            _text(self._type.get(message), self.type),
            _number(found.get("value")),
            _number(found.get("limit")),
            getattr(device, "unit", ""),
            self.notified,
            getattr(device, "location", ""),
        )


def _text(value: Any, place: str) -> str:
    if value is UNSET or not isinstance(value, str) or not value or "\0" in value:
        raise Refused(f"an alarm needs a text at {place}; set it with a change node")
    return value


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def _moment(seconds: float) -> datetime.datetime:
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Refused(f"{seconds} is no time that a calendar holds") from error

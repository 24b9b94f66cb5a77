"""`alarm-write`: stores everything that happens to alarms, many events in one commit."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from engine.api import Context, Help, Message, Node, PermanentError, Port, Text, node, read_as
from plant.alarms.event import AlarmEvent
from plant.alarms.service import Alarms


def as_event(payload: Any) -> AlarmEvent:
    """The payload as an alarm event, also when it comes as a dict. PermanentError when it is neither."""
    if payload.__class__ is AlarmEvent:
        return payload
    try:
        return read_as(payload, AlarmEvent)
    except msgspec.ValidationError as error:
        raise PermanentError(Text("gas.no-event", reason=str(error))) from error


@node(category="gas", secrets=False, icon="database", title="Write alarms", side_effect=True)
class AlarmWrite(Node):
    """Write alarm events to the tables `alarms` and `alarm_events`, and pass each on once it is committed.

    The reading that caused an alarm is acknowledged to the broker only after this commit. An event that comes again is stored once.
    While the database is away events go to the spool on disk, and into the tables when it is back.
    """

    inputs: ClassVar = (Port("in", AlarmEvent),)
    outputs: ClassVar = (Port("out", AlarmEvent, title="Stored", title_zh="已入库"),)
    max_batch: ClassVar[int] = 1000
    timeout_s: ClassVar[float] = 60.0
    zh: ClassVar = Help(
        "报警入库",
        "把报警事件写入报警表 `alarms` 和 `alarm_events`，提交之后再向下传递。引起报警的读数在提交之后才向消息网关确认；"
        "再来一次的事件只存一次。数据库离线时事件等待。",
    )

    def start(self, ctx: Context) -> None:
        self._alarms = ctx.service(Alarms)
        self._alarms.writers += 1

    def stop(self) -> None:
        self._alarms.writers -= 1

    async def process_batch(self, messages: list[Message]) -> list[Any]:
        results: list[Any] = []
        events: list[AlarmEvent] = []
        for message in messages:
            try:
                event = as_event(message.payload)
            except PermanentError as refused:
                results.append(refused)
            else:
                events.append(event)
                results.append(message.replace(payload=event))
        if events:
            await self._alarms.write(events)
        return results

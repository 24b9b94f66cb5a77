"""`alarm-group`: makes one message of a storm of alarms, and holds back nothing that is critical."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from engine.api import Context, Delivery, Example, Help, Message, Meta, Node, Port, Text, field, node
from nodes.gas.alarm_write import as_event
from nodes.support.timers import Timers
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import Priority
from plant.notifications.notice import AlarmNotice, notice_of

STORM = 10
"""From so many on a group counts as a storm, and the next one gathers for twice as long."""
LONGEST_S = 60.0
_SECONDS = {"x-unit": "s"}


def _given(at: float, sn: str, type: str = "A1", priority: str = "high", notified: bool = True) -> dict[str, Any]:
    return {
        "at": at,
        "payload": {
            "id": f"{sn}/{type}/{at}/raised",
            "sn": sn,
            "type": type,
            "kind": "raised",
            "state": "unacknowledged",
            "at": 1_700_000_000.0 + at,
            "priority": priority,
            "notified": notified,
        },
    }


@node(category="gas", secrets=False, icon="layers", title="Group alarms", buffers=True)
class AlarmGroup(Node):
    """Send the first alarm at once, and gather what follows it closely into one message. Put it between `alarm` and the channels.

    A group is sent when nothing more has come for `quiet_s`, or `longest_s` after the alarm before it; while a storm goes on
    each further group gathers for twice as long, up to a minute. Priorities in `at_once` are sent on right away and alone: an A2 never
    waits. What people are not to be notified of (`notified` is false) ends here. What is gathered survives a restart; nothing is dropped.
    """

    quiet_s: Annotated[
        float,
        Meta(
            title="Quiet for",
            ge=0,
            le=60,
            description="A group ends after this long without an alarm, s.",
            extra_json_schema=_SECONDS,
        ),
    ] = 2.0
    longest_s: Annotated[
        float,
        Meta(
            title="Longest wait",
            gt=0,
            le=60,
            description="A group is sent after this time at the latest, s.",
            extra_json_schema=_SECONDS,
        ),
    ] = 10.0
    at_once: Annotated[
        list[Priority],
        Meta(description="Priorities that are never held back."),
    ] = field(default_factory=lambda: ["critical"])

    inputs: ClassVar = (Port("in", AlarmEvent),)
    outputs: ClassVar = (Port("out", AlarmNotice, title="Notice", title_zh="通知"),)
    examples: ClassVar = [
        Example(
            "the first goes at once, what follows is one message, an A2 never waits",
            {},
            given=[
                _given(0, "GS001"),
                _given(1, "GS002"),
                _given(1.5, "GS003", "A2", "critical"),
                _given(2, "GS004"),
                _given(2.5, "GS005", notified=False),
            ],
            expect=[
                {"at": 0, "payload": {"count": 1, "events": [{"sn": "GS001"}]}},
                {"at": 1.5, "payload": {"count": 1, "priority": "critical", "events": [{"sn": "GS003", "type": "A2"}]}},
                {"at": 4, "payload": {"count": 2, "events": [{"sn": "GS002"}, {"sn": "GS004"}]}},
            ],
            title_zh="首报立即发送，其后的合为一条，二级报警不等待",
        )
    ]
    zh: ClassVar = Help(
        "报警合并",
        "首报立即送出，紧随其后的几个报警合成一条通知；接在报警节点与通知渠道之间。一段时间没有新报警，或已过“最长等待”，即送出；"
        "报警泛滥时，下一组的收集时间加倍，最长一分钟。“立即送出”的优先级不等待，单独送出。不用通知的报警到此为止。"
        "收集中的报警在重启后保留，不丢弃。",
        fields={
            "quiet_s": ("安静时间", "多久没有新报警即送出。"),
            "longest_s": ("最长等待", "首报之后最迟多久送出。"),
            "at_once": ("立即送出", "哪些优先级不等待合并。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self._waiting = ctx.state("waiting", AlarmEvent)
        self._timers = Timers(ctx.clock)
        self._since: float | None = None
        self._longest_s = self.longest_s

    def resume(self) -> None:
        if len(self._waiting):
            self._gather()

    def stop(self) -> None:
        self._timers.cancel_all()

    def kept_messages(self) -> Iterator[Message]:
        for _, event in self._waiting.items():
            yield Message(event, key=event.sn, time=event.at)

    def process(self, msg: Message) -> Message | None:
        event = as_event(msg.payload)
        if not event.notified:
            return None
        if event.priority in self.at_once and event.kind != "returned":
            return msg.replace(payload=notice_of([event]))
        if self._since is None and event.kind != "returned":
            self._gather()
            return msg.replace(payload=notice_of([event]))
        self._waiting.set(event.id, event)
        self._gather()
        return None

    def _gather(self) -> None:
        now = self.ctx.clock.now()
        if self._since is None:
            self._since = now
            self._timers.after("longest", self._longest_s, self._send)
        self._timers.after("quiet", self.quiet_s, self._send)
        if len(self._waiting):
            self.ctx.status(Text("gas.gathered", count=len(self._waiting)), "busy")

    def _send(self) -> None:
        self._timers.cancel_all()
        self._since = None
        events = [event for _, event in self._waiting.items()]
        self._longest_s = min(2 * self._longest_s, LONGEST_S) if len(events) >= STORM else self.longest_s
        self.ctx.status("")
        if not events:
            return
        notice = notice_of(events)
        first = notice.events[0]
        self.ctx.emit(Message(notice, key=first.sn, time=first.at, delivery=Delivery.untracked()))
        # The channels have taken it into their own memory in this very turn, so both changes are in one commit.
        for event in events:
            self._waiting.delete(event.id)
        self._gather()  # what comes now still belongs to the storm: only after a quiet while the next is a first one

"""`alarm`: judges readings by the levels of their device, and sends what happens to its alarms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from engine.api import Context, Delivery, Example, Help, Message, Meta, Node, Port, Timer, choices, field, node
from plant.alarms.conditions import Policy
from plant.alarms.event import AlarmEvent
from plant.alarms.kinds import KINDS, NEVER_HEARD, OF_DEVICES, SITE, UNREGISTERED
from plant.alarms.rules import Rules
from plant.alarms.service import Alarms, Command
from plant.alarms.silence import SilenceDetector
from plant.alarms.tracked_alarm import TrackedAlarm
from plant.devices.registry import Devices
from plant.model.device import Device
from plant.model.reading import Flag, Reading, as_reading

TICK_S = 1.0
SET_S = 1.0
"""Between two ticks a clock that is only kept right moves by less."""
STRANGER_S = 3600.0
"""An unregistered detector that was not heard for so long is gone."""
MOST_STRANGERS = 1000
LOOK_S = 60.0
REGISTRY_S = 30.0
"""After a start: by then a device whose parameters come with its messages has been heard."""
UNSTORED_FOR_S = 7 * 86400.0
_CLOCK, _RETAINED = int(Flag.CLOCK), int(Flag.RETAINED)
_SECONDS = {"x-unit": "s"}
_READING = {"sn": "GS001", "seq": 1, "v_raw": 2000.0, "temp": 25.0, "err": 0}


def _given(at: float, conc: float) -> dict[str, Any]:
    time = 1_700_000_000.0 + at
    return {"at": at, "key": "GS001", "payload": {**_READING, "ts": time, "time": time, "conc": conc}}


@node(category="gas", secrets=False, icon="siren", title="Alarm", buffers=True)
class Alarm(Node):
    """Judge each reading by its device's levels and send an event for everything that happens to an alarm (states of ISA-18.2).

    A value above the level raises the alarm, exactly at the level it does not. Within `hold_s` of the last notification of the same device and
    type an alarm is recorded and nobody is notified (`notified` is false); another device, type or level is never silenced by it. While
    nobody acknowledges, people are notified again every `repeat_s`, and once more of the return to normal, with duration and peak.
    Besides gas levels: sensor fault, over range (latched), a stuck raw value, a drifting zero, low battery, poor signal, a device that misses
    `missed` periods or was never heard, all devices at once, and a detector that nobody registered; a rapid rise where `rise_pct` is set.
    A device's readings are its clock, so a backlog is judged as it would have been live. docs/alarms.md has the table of all steps.
    """

    hold_s: Annotated[
        float,
        Meta(
            title="Notification interval",
            ge=0,
            description="Least time between two notifications of one device and type, s.",
            extra_json_schema=_SECONDS,
        ),
    ] = 600.0
    repeat_s: Annotated[
        float,
        Meta(
            title="Repeat every",
            gt=0,
            description="While nobody acknowledges, people are notified again after this time, s.",
            extra_json_schema=_SECONDS,
        ),
    ] = 600.0
    missed: Annotated[
        int, Meta(title="Missed periods", ge=1, description="Missed periods after which a device is off-line.")
    ] = 3
    warm_up_s: Annotated[
        float,
        Meta(
            title="Longest warm-up",
            ge=0,
            description="Warming up for longer than this is a fault, s.",
            extra_json_schema=_SECONDS,
        ),
    ] = 600.0
    battery_pct: Annotated[
        float,
        Meta(
            title="Low battery below",
            ge=0,
            le=100,
            description="Below this the battery is low, %.",
            extra_json_schema={"x-unit": "%"},
        ),
    ] = 20.0
    signal_dbm: Annotated[
        float,
        Meta(
            title="Poor signal below",
            le=0,
            description="Below this the signal is poor, dBm.",
            extra_json_schema={"x-unit": "dBm"},
        ),
    ] = -100.0
    under_range_pct: Annotated[
        float,
        Meta(
            ge=0,
            description="How far below its range a value is a fault, % of the range.",
            extra_json_schema={"x-unit": "%"},
        ),
    ] = 10.0
    stuck_s: Annotated[
        float,
        Meta(
            title="Stuck after",
            ge=0,
            description="A raw value that is exactly the same for so long is stuck, s; 0: never.",
            extra_json_schema=_SECONDS,
        ),
    ] = 21_600.0
    drift_pct: Annotated[
        float,
        Meta(
            title="Zero drift beyond",
            ge=0,
            description="How far from zero is a drift, % of the range; 0: never.",
            extra_json_schema={"x-unit": "%"},
        ),
    ] = 5.0
    drift_s: Annotated[
        float,
        Meta(
            title="Zero drift for",
            gt=0,
            description="How long it must never have come back to zero, s.",
            extra_json_schema=_SECONDS,
        ),
    ] = 86_400.0
    rise_pct: Annotated[
        float,
        Meta(
            title="Rapid rise beyond",
            ge=0,
            description="A rise by more than this within a minute is an alarm, % of the range; 0: never.",
            extra_json_schema={"x-unit": "%"},
        ),
    ] = 0.0
    never_heard_s: Annotated[
        float,
        Meta(
            title="Never heard for",
            ge=0,
            description="A device of the registry that was never heard is an alarm after this, s; 0: never.",
            extra_json_schema=_SECONDS,
        ),
    ] = 3600.0
    latching: Annotated[
        list[
            Annotated[
                Literal[tuple(KINDS)],  # type: ignore[valid-type]
                choices({kind.type: (kind.en[:1].upper() + kind.en[1:], kind.zh) for kind in KINDS.values()}),
            ]
        ],
        Meta(title="Latched types", description="Types that stay until somebody resets them, such as A2."),
    ] = field(default_factory=lambda: ["over-range"])
    record_continued: Annotated[
        bool,
        Meta(
            title="Record every reading",
            description="Record every further reading beyond the limit, not only what changes.",
        ),
    ] = True

    outputs: ClassVar = (Port("event", AlarmEvent, title="Event", title_zh="报警事件"),)
    examples: ClassVar = [
        Example(
            "raised, within ten minutes recorded only, then back to normal",
            {"record_continued": False},
            given=[_given(0, 19), _given(10, 21), _given(20, 19), _given(30, 22)],
            expect=[
                {
                    "payload": {
                        "type": "A1",
                        "kind": "raised",
                        "state": "unacknowledged",
                        "notified": True,
                        "value": 21.0,
                    }
                },
                {
                    "payload": {
                        "kind": "returned",
                        "state": "returned",
                        "notified": True,
                        "lasted_s": 10.0,
                        "peak": 21.0,
                    }
                },
                {"payload": {"kind": "raised", "state": "unacknowledged", "notified": False}},
            ],
            title_zh="报警；十分钟内只记录；恢复正常",
            state={"devices": {"GS001": {"k": 1, "b": 0, "a1": 20}}},
        ),
    ]
    zh: ClassVar = Help(
        "报警",
        "按设备的报警设定值判断每个读数，报警的每次变化送出一个事件（状态按 ISA-18.2）。越过设定值即报警，恰好等于不报警。距同一设备、"
        "同一类型上次通知不足“通知间隔”时只记录、不通知；其他设备、类型和级别互不影响。没有人确认的报警每隔一段时间再次通知；"
        "恢复正常时通知持续时间和极值。另外判断传感器故障、超量程（锁存）、读数卡滞、零点漂移、浓度上升过快、电量低、信号差、设备离线、从未上报、全站无数据和未登记的探测器。以读数自身的时间为准，"
        "补传的数据与实时数据判断结果相同。",
        fields={
            "hold_s": ("通知间隔", "同一设备、同一类型的两次通知至少相隔多久。"),
            "repeat_s": ("重复通知", "没有人确认的报警每隔多久再次通知。"),
            "missed": ("离线周期数", "连续缺少几个上报周期算离线。"),
            "warm_up_s": ("预热时限", "预热超过它算传感器故障。"),
            "battery_pct": ("电量下限", "低于它算电量低。"),
            "signal_dbm": ("信号下限", "低于它算信号差。"),
            "under_range_pct": ("低于量程", "比量程下限低多少（占量程的百分数）算传感器故障。"),
            "stuck_s": ("卡滞时间", "原始值这么久完全不变算读数卡滞；0 为不判断。"),
            "drift_pct": ("零点漂移限度", "偏离零点多少（占量程的百分数）算零点漂移；0 为不判断。"),
            "drift_s": ("漂移时间", "多久没有回到零点附近算零点漂移。"),
            "rise_pct": ("上升限度", "一分钟内上升超过量程的百分之几即报警；0 为不判断。"),
            "never_heard_s": ("从未上报时限", "台账中的设备多久从未上报即报警；0 为不判断。"),
            "latching": ("锁存的类型", "恢复正常之后仍要有人复位的报警类型。"),
            "record_continued": ("记录每个读数", "报警期间每个读数都记录；否则只记录变化。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self._alarms = ctx.service(Alarms)
        self._devices = ctx.service(Devices)
        self._memory = ctx.state("points", TrackedAlarm)
        self._known = ctx.state("devices", float)
        self._unstored = ctx.state("unstored", AlarmEvent)
        self._last = ctx.shared_state("last_alarm", float)
        self._presence = SilenceDetector(self.missed)
        self._clocked: set[str] = {SITE}
        self._unheard: dict[str, float] = {}
        """Devices of the registry that were never heard, and since when they are missed (monotonic)."""
        self._looked = ctx.clock.monotonic()
        self._foreign: set[str] = set()
        """Devices whose parameters come with their messages and not from the registry."""
        self._begun = ctx.clock.monotonic()
        self._strangers: dict[str, float] = {}
        """Unregistered detectors, and when each was heard last (monotonic)."""
        self._delays: dict[str, tuple[float, float]] = {}
        """By device: event time of its last reading, and when it came (monotonic)."""
        self._timer: Timer | None = None
        self._wall_ahead_s = 0.0
        self._rules = self._make_rules()

    def resume(self) -> None:
        self._rules = self._make_rules()
        if not self._rules.by_device and not len(self._known):
            # Nothing at all is remembered, as of a Redis that was emptied: what is open by the tables goes on under its own number.
            for record in self._alarms.left_open:
                self._rules.adopt(record, self.ctx.clock.now())
        steady, now = self.ctx.clock.monotonic(), self.ctx.clock.now()
        self._wall_ahead_s = now - steady
        self._rules.commands.clamp_ends(now)
        for sn, _ in self._known.items():
            device = self._devices.get(sn)
            if device is not None:
                self._presence.expect(sn, steady, device.period_s)
        for sn, alarms in self._rules.by_device.items():
            if "channel" in alarms or NEVER_HEARD in alarms:
                self._clocked.add(sn)
            if UNREGISTERED in alarms:
                self._strangers[sn] = steady
        link = self._rules.by_device.get(SITE, {}).get("link")
        self._presence.site_silent = link is not None and link.active
        for sn in self._rules.delayed:
            self._time_delay(sn)
        self._alarms.attach(self)
        # What a crash left between the memory's commit and the table's: the same events under the same ids.
        for _, event in self._unstored.items():
            self._emit([event])
        self._timer = self.ctx.clock.call_later(TICK_S, self._tick)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._alarms.detach(self)

    def process(self, msg: Message) -> Any:
        reading = msg.payload
        if reading.__class__ is not Reading:
            reading = as_reading(reading)
        sn = reading.sn
        device = msg.props.get("device") or self._devices.get(sn)
        if device is not None and sn not in self._devices.known:
            self._foreign.add(sn)
        now = self.ctx.clock.now()
        if device is None:
            return self._sent(msg, self._unregistered(reading))
        events = self._registered(sn, now) if sn in self._strangers else []
        if reading.flags & _RETAINED and (reading.flags & _CLOCK or now - reading.time > device.period_s):
            # Nobody has sent it now: it shows neither that the device lives nor how things stand.
            return self._sent(msg, events + self._rules.observe_past(reading, device))
        # While the site is silent an old reading, such as one that waited somewhere, does not show that it speaks again.
        if self._presence.site_silent and now - reading.time > self.missed * device.period_s:
            return self._sent(msg, events + self._rules.observe(reading, device))
        if self._presence.heard(sn, self.ctx.clock.monotonic(), device.period_s):
            self._rules.forget_times()
            events += self._rules.set_condition(SITE, "link", False, now)
        if sn not in self._rules.seen_to:
            self._known.set(sn, now)
        if sn in self._clocked:
            self._clocked.discard(sn)
        events += self._rules.observe(reading, device)
        if self._rules.delayed:
            self._time_delay(sn)
        return self._sent(msg, events)

    def _sent(self, msg: Message, events: list[AlarmEvent]) -> Any:
        if not events:
            return None
        self._keep_unstored(events)
        return [msg.replace(payload=event, topic=_topic(event), key=event.sn, time=event.at) for event in events]

    def alarms(self) -> list[TrackedAlarm]:
        """For the service: all alarms that are not normal."""
        return [alarm for alarms in self._rules.by_device.values() for alarm in alarms.values()]

    def command(self, command: Command) -> list[AlarmEvent]:
        """For the service: what somebody wants of the rules. Raises CommandRefused."""
        events = command(self._rules, self.ctx.clock.now())
        self._clocked.update(event.sn for event in events if event.type == "channel")
        self._send(events)
        return events

    def stored(self, ids: Iterable[str]) -> None:
        """For the service: these events are in the table."""
        for id in ids:
            self._unstored.delete(id)

    def _make_rules(self) -> Rules:
        policy = Policy(
            hold_s=self.hold_s,
            repeat_s=self.repeat_s,
            missed=self.missed,
            warm_up_s=self.warm_up_s,
            battery_pct=self.battery_pct,
            signal_dbm=self.signal_dbm,
            under_range_pct=self.under_range_pct,
            stuck_s=self.stuck_s,
            drift_pct=self.drift_pct,
            drift_s=self.drift_s,
            rise_pct=self.rise_pct,
            never_heard_s=self.never_heard_s,
            latching=frozenset(self.latching),
            record_continued=self.record_continued,
        )
        return Rules(policy, self._memory, self._last)

    def _unregistered(self, reading: Reading) -> list[AlarmEvent]:
        """One alarm each, of as many as can be told: whoever invents serial numbers must not fill the memory."""
        sn = reading.sn
        if sn not in self._strangers and len(self._strangers) >= MOST_STRANGERS:
            return []
        self._strangers[sn] = self.ctx.clock.monotonic()
        return self._rules.unregistered(reading)

    def _registered(self, sn: str, now: float) -> list[AlarmEvent]:
        del self._strangers[sn]
        return self._rules.unregistered_ends(sn, now)

    def _strangers_gone(self, now: float) -> list[AlarmEvent]:
        steady = self.ctx.clock.monotonic()
        gone = [
            sn
            for sn, heard in self._strangers.items()
            if steady - heard >= STRANGER_S or self._devices.get(sn) is not None
        ]
        return [event for sn in gone for event in self._registered(sn, now)]

    def _time_delay(self, sn: str) -> None:
        """From here on the clock runs, until the next reading of the device."""
        judged_to = self._rules.judged_to(sn) if sn in self._rules.delayed else None
        if judged_to is None:
            self._delays.pop(sn, None)
        else:
            self._delays[sn] = (judged_to, self.ctx.clock.monotonic())

    def _run_delays(self) -> list[AlarmEvent]:
        steady = self.ctx.clock.monotonic()
        events: list[AlarmEvent] = []
        for sn, (judged_to, since) in list(self._delays.items()):
            events += self._rules.run_delays(sn, self._devices.get(sn), judged_to + steady - since)
            if sn not in self._rules.delayed:
                del self._delays[sn]
        return events

    def _tick(self) -> None:
        """Drives what no reading drives: silent devices, the site's own alarms, the end of shelves."""
        now, steady = self.ctx.clock.now(), self.ctx.clock.monotonic()
        self._timer = self.ctx.clock.call_later(TICK_S, self._tick)
        set_by_s, self._wall_ahead_s = now - steady - self._wall_ahead_s, now - steady
        if abs(set_by_s) > SET_S:
            self._rules.clock_was_set(set_by_s, self._clocked)
        silent, site_silent = self._presence.check(steady)
        events: list[AlarmEvent] = []
        if site_silent:
            events += self._rules.set_condition(SITE, "link", True, now, {"devices": len(self._known)})
        if steady - self._begun >= REGISTRY_S:
            events += self._left_the_registry(now)
        events += self._run_delays()
        if self._strangers:
            events += self._strangers_gone(now)
        if steady - self._looked >= LOOK_S:
            self._looked = steady
            events += self._never_heard(now, steady)
        for sn in silent:
            events += self._fallen_silent(sn, now)
        for sn in self._clocked:
            events += self._rules.advance(sn, now)
        events += self._rules.commands.end_expired(now)
        self._send(events)

    def _fallen_silent(self, sn: str, now: float) -> list[AlarmEvent]:
        device = self._devices.get(sn)
        if device is not None and device.enabled:
            self._clocked.add(sn)
            return self._rules.device_silent(sn, device, now)
        # It has left the registry: its readings are refused before they come here, and nobody waits for it.
        self._known.delete(sn)
        return self._rules.retire(sn, _why_gone(device), now)

    def _never_heard(self, now: float, steady: float) -> list[AlarmEvent]:
        events: list[AlarmEvent] = []
        for sn, device in self._devices.known.items():
            if not device.enabled or self._known.get(sn) is not None or not self.never_heard_s:
                self._unheard.pop(sn, None)
            elif steady - self._unheard.setdefault(sn, steady) >= self.never_heard_s:
                self._clocked.add(sn)
                events += self._rules.never_heard(sn, device, now)
        return events

    def _left_the_registry(self, now: float) -> list[AlarmEvent]:
        """Devices in alarm that were deleted or switched off, while this process ran or before: their alarms end by an event."""
        gone = []
        for sn, alarms in self._rules.by_device.items():
            device = self._devices.get(sn)
            if (device is None or not device.enabled) and sn not in self._foreign:
                gone += [sn for type in alarms if type in OF_DEVICES][:1]
        for sn in gone:
            self._known.delete(sn)
        return [event for sn in gone for event in self._rules.retire(sn, _why_gone(self._devices.get(sn)), now)]

    def _send(self, events: list[AlarmEvent]) -> None:
        self._keep_unstored(events)
        self._emit(events)

    def _emit(self, events: Iterable[AlarmEvent]) -> None:
        for event in events:
            message = Message(event, _topic(event), event.sn, event.at, delivery=Delivery.untracked())
            self.ctx.emit(message, "event")

    def _keep_unstored(self, events: Iterable[AlarmEvent]) -> None:
        if self._alarms.writers:
            for event in events:
                self._unstored.set(event.id, event, ttl_s=UNSTORED_FOR_S)


def _why_gone(device: Device | None) -> str:
    return "deleted" if device is None else "disabled"


def _topic(event: AlarmEvent) -> str:
    """Names the alarm: what shows the latest event of each alarm takes it as its key. A late one is not its latest."""
    return f"{event.sn}/{event.type}/late" if event.kind == "late" else f"{event.sn}/{event.type}"

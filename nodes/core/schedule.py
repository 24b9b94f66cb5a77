"""`schedule`: sends a message at times of day, once per site."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from engine.api import Context, Database, Emitter, Example, Help, Meta, Source, Text, connection_or_retry, node

LEASE = "insert into schedule_fired (flow, node, at) values ($1, $2, $3) on conflict do nothing returning true"
UNFIRE = "delete from schedule_fired where flow = $1 and node = $2 and at > $3"
FORGET = "delete from schedule_fired where at < $1::timestamptz - interval '90 days'"

LOOK_EVERY_S, PUT_BACK_S = 30.0, 5.0
"""The clock may be set while a time is waited for: put on, the time comes at most so much too late; put back by more, it comes again."""
WORKERS_APART_S = 600.0
"""No two workers' clocks are further apart."""


@node(category="input", secrets=False, icon="calendar-clock", title="Schedule")
class Schedule(Source):
    """Send a message at the times of a cron expression: minute, hour, day of month, month, day of week (or six
    fields, seconds first).

    Times are those of `time_zone`. Where clocks go forward a time that does not exist fires right after the jump,
    where they go back a time that comes twice fires once (as Debian's cron does). Where the clock of the server is set
    on, what that leaves more than `late_s` behind is left out; where it is put back, the times after it come again.
    With a database the workers of a site agree through it, so that each time fires once; while the database is away
    it is waited for, and the message is sent when it is back, if that is within `late_s`. Times that pass while nothing runs are not made up for. The
    payload is `payload`, or {"at": Unix seconds, "local": "2026-11-24T08:00:00+08:00"} when that is null; the
    message's time is the scheduled one.
    """

    cron: Annotated[
        str,
        Meta(
            title="Cron expression", min_length=1, max_length=200, description="Cron expression, e.g. 0 8 * * MON-FRI."
        ),
    ]
    time_zone: Annotated[str, Meta(description="Time zone of the times, e.g. Asia/Shanghai.")] = "Asia/Shanghai"
    payload: Annotated[Any, Meta(description="What is sent; null: the time.")] = None
    topic: Annotated[str, Meta(description="Topic of the message.")] = ""
    late_s: Annotated[
        float,
        Meta(
            title="At most late",
            ge=0,
            description="How late a message may be sent at most, s.",
            extra_json_schema={"x-unit": "s"},
        ),
    ] = 300.0

    examples: ClassVar = [
        Example(
            "every quarter of an hour (the test begins at 06:13:20 in Shanghai)",
            {"cron": "*/15 * * * *", "payload": "report"},
            given=[],
            expect=[{"at": 100, "payload": "report"}, {"at": 1000, "payload": "report"}],
            title_zh="每一刻钟",
        )
    ]
    zh: ClassVar = Help(
        "定时",
        "按 cron 表达式在指定时区的时刻送出消息。有数据库时，全站每个时刻只送出一次；数据库离线时等待，恢复后未超过“最多迟到”的仍送出。"
        "停机期间错过的时刻不补。夏令时跳过的时刻在跳过之后立即送出，重复的时刻只送出一次。"
        "服务器时间被拨快时，超过“最多迟到”的时刻略过；被拨慢时，之后的时刻照常再次送出。",
        fields={
            "cron": ("cron 表达式", "分、时、日、月、星期，如 `0 8 * * MON-FRI`；六段时第一段为秒。"),
            "time_zone": ("时区", "时刻按哪个时区，如 `Asia/Shanghai`。"),
            "payload": ("载荷", "送出什么；空值则送出时刻。"),
            "topic": ("主题", "消息的主题。"),
            "late_s": ("最多迟到", "迟多久以内仍送出。"),
        },
    )

    def __post_init__(self) -> None:
        try:
            zone = ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(Text("node.schedule-zone", zone=self.time_zone)) from unknown
        try:
            next(CronSim(self.cron, datetime(2024, 1, 1, tzinfo=zone)))
        except (CronSimError, StopIteration) as wrong:
            raise ValueError(Text("node.schedule-cron", cron=self.cron, reason=str(wrong))) from wrong

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.zone = ZoneInfo(self.time_zone)
        self.last = 0.0
        try:
            self.database: Database | None = ctx.service(Database)
        except LookupError:
            self.database = None

    async def run(self, emit: Emitter) -> None:
        clock = self.ctx.clock
        await self._begin_anew(WORKERS_APART_S)
        while True:
            since = max(self.last, clock.now() - self.late_s)
            local = next(CronSim(self.cron, datetime.fromtimestamp(since, self.zone)))
            due = local.timestamp()
            self.ctx.status(Text("status.next", at=f"{local:%Y-%m-%d %H:%M}"))
            if not await self._comes(due):
                self.ctx.log.warning("the clock was put back; the times from now on are fired")
                await self._begin_anew(LOOK_EVERY_S)
                continue
            late_s = clock.now() - due
            if late_s <= self.late_s and await self._taken(local):
                await emit(self._payload(local), self.topic, time=due)
            elif late_s > self.late_s:
                self.ctx.log.warning("%s and what follows was not fired: it is %.0f s late", local.isoformat(), late_s)
            self.last = due

    async def _comes(self, due: float) -> bool:
        """Returns when that time has come, True; or when the clock was put back, False."""
        clock = self.ctx.clock
        while (now := clock.now()) < due:
            wall_ahead_s = now - clock.monotonic()
            await clock.sleep(min(due - now, LOOK_EVERY_S))
            if clock.now() - clock.monotonic() < wall_ahead_s - PUT_BACK_S:
                return False
        return True

    async def _begin_anew(self, margin_s: float) -> None:
        """From now on, after a start and after the clock was put back. What was fired for times later than by that margin was fired by a
        clock that was wrong."""
        now = self.ctx.clock.now()
        if not 0.0 < self.last <= now:
            self.last = now
        if self.database is not None:
            async with connection_or_retry(self.database) as connection:
                await connection.execute(
                    UNFIRE, self.ctx.flow, self.ctx.node, datetime.fromtimestamp(now + margin_s, UTC)
                )

    def _payload(self, local: datetime) -> Any:
        return (
            {"at": local.timestamp(), "local": local.isoformat()}
            if self.payload is None
            else copy.deepcopy(self.payload)
        )

    async def _taken(self, local: datetime) -> bool:
        """Whether this worker may fire. RetryableError while the database is away: the engine runs the source again, which comes back here."""
        if self.database is None:
            return True
        at = local.astimezone(UTC)
        async with connection_or_retry(self.database) as connection:
            await connection.execute(FORGET, at)
            return bool(await connection.fetchval(LEASE, self.ctx.flow, self.ctx.node, at))

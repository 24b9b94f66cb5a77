"""`inject`: sends a message of its own, once, at intervals, or when its button is pressed."""

from __future__ import annotations

import asyncio
import copy
from typing import Annotated, Any, ClassVar

from engine.api import Context, Emitter, Example, Help, Injectable, Message, Meta, Source, field, node

_S = {"x-unit": "s"}


@node(category="input", secrets=False, icon="play", title="Inject")
class Inject(Source, Injectable):
    """Send a message of its own: once after the start, every so many seconds, or only when its button in the editor
    is pressed.

    Intervals are counted from the start and do not drift; those that fall into a pause (a full flow) are skipped, not
    made up for. For times of day use `schedule`, which also fires only once on a site with several workers; each
    worker injects for itself.
    """

    payload: Annotated[Any, Meta(description="What is sent.")] = None
    send_time: Annotated[
        bool, Meta(title="Send the time", description="Send the time (Unix seconds) instead of payload.")
    ] = False
    topic: Annotated[str, Meta(description="Topic of the message.")] = ""
    properties: Annotated[dict[str, Any], Meta(description="Further properties of the message.")] = field(
        default_factory=dict
    )
    once: Annotated[bool, Meta(title="Once after the start", description="Send once after the start.")] = False
    delay_s: Annotated[
        float,
        Meta(
            title="Delay after the start",
            ge=0,
            le=86_400,
            description="How long after the start the first message is sent, s.",
            extra_json_schema=_S,
        ),
    ] = 0.1
    every_s: Annotated[
        float,
        Meta(
            ge=0,
            le=31_536_000,
            description="Send every so many seconds; 0: not repeatedly.",
            extra_json_schema=_S,
        ),
    ] = 0.0

    examples: ClassVar = [
        Example(
            "once, at the start",
            {"payload": "hello", "once": True, "delay_s": 0},
            given=[],
            expect=[{"at": 0, "payload": "hello"}],
            title_zh="启动时一次",
        ),
        Example(
            "every ten seconds",
            {"payload": 1, "every_s": 10},
            given=[],
            expect=[{"at": 10, "payload": 1}, {"at": 20, "payload": 1}],
            title_zh="每十秒",
        ),
    ]
    zh: ClassVar = Help(
        "注入",
        "自行送出消息：启动后一次、每隔一段时间，或只在编辑器中按下按钮时。间隔从启动算起，不漂移；流程已满时错过的不补。要按时刻送出，"
        "请用定时节点。",
        fields={
            "payload": ("载荷", "送出什么。"),
            "send_time": ("送出时间", "载荷改为当前时间（Unix 秒）。"),
            "topic": ("主题", "消息的主题。"),
            "properties": ("其他属性", "消息另外带有的属性。"),
            "once": ("启动后一次", "启动后送出一条。"),
            "delay_s": ("启动延时", "启动之后多久送出第一条。"),
            "every_s": ("间隔", "每隔多久送出一条；0 为不重复。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx

    async def run(self, emit: Emitter) -> None:
        clock = self.ctx.clock
        began = clock.monotonic()
        if self.once:
            await clock.sleep(self.delay_s)
            await self._send(emit)
        if not self.every_s:
            await asyncio.Event().wait()
        while True:
            passed = clock.monotonic() - began
            await clock.sleep(self.every_s - passed % self.every_s)
            await self._send(emit)

    def inject(self) -> Message:
        now = self.ctx.clock.now()
        payload = now if self.send_time else copy.deepcopy(self.payload)
        return Message(payload, self.topic, time=now, props=copy.deepcopy(self.properties))

    async def _send(self, emit: Emitter) -> None:
        message = self.inject()
        await emit(message.payload, message.topic, time=message.time, props=message.props)

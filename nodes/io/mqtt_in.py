"""Takes messages from an MQTT broker, and tells it that a message is done only when every branch of the flow is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from engine.api import (
    BackgroundJobs,
    Context,
    Emitter,
    Help,
    Holder,
    Meta,
    Port,
    Source,
    Struct,
    Supervisor,
    Text,
    node,
)
from nodes.drivers.mqtt import BrokerAddress, Publish, Subscriber, end_session
from nodes.drivers.mqtt.filters import check_filters

STOP_S = 5.0
END_S = 3.0
RETAINED = {"retain": True}


class _KeptSession(Struct):
    """A session that a broker keeps for this node. `at`: whose it is, and at which broker; `named`: its client id is not in the config but was
    made here."""

    at: str
    filters: list[str]
    named: bool = False


@node(category="network", icon="radio-tower", title="MQTT in")
class MqttIn(Source):
    """Subscribe to topics of an MQTT broker and send on what comes. The payload is the bytes as they were published.

    At QoS 1 and 2 the broker hears that a message is done when all branches of the flow have finished with it, database commits included;
    what was under way when the engine died comes again. The session is kept by `client_id`, so the broker also keeps messages while the
    engine is away, as long as it is set up to. What it keeps under a client id or for a topic that the node had before is taken, and then given
    up. When the flow is full the node stops reading and the broker waits.

    A message larger than `largest_bytes` is never gathered in memory: its beginning goes to the port `oversize`, and to quarantine when
    that is not wired. What the broker had retained from before the subscription carries the property `retain`: true.
    """

    outputs: ClassVar = (Port("out", bytes), Port("oversize", bytes, title="Too large", title_zh="过大"))
    retired_outputs: ClassVar = {
        "meanwhile": "remove the wire, and the nodes behind it: while the database is away its rows are spooled, and the flow goes on"
    }

    broker: Annotated[
        str, Meta(description="Address: mqtt://user:password@host:1883, mqtts:// for TLS, or ${broker:site}.")
    ]
    topic: Annotated[str | list[str], Meta(description="Topic filter, or several: metachip/gas/+/data")]
    qos: Annotated[int, Meta(title="QoS", ge=0, le=2, description="Highest quality of service to subscribe with.")] = 1
    version: Annotated[
        Literal["3.1.1", "5"], Meta(title="Protocol version", description="Version of the protocol.")
    ] = "3.1.1"
    client_id: Annotated[
        str,
        Meta(
            title="Client ID",
            max_length=200,
            description="Name of the kept session; made of the host of the first start, flow and node when empty.",
        ),
    ] = ""
    keep_session: Annotated[bool, Meta(description="Whether the broker keeps messages while the engine is away.")] = (
        True
    )
    window: Annotated[
        int,
        Meta(
            title="Most under way",
            ge=1,
            le=65535,
            description="Most unacknowledged messages under way (MQTT 5; with 3.1.1 the broker's own limit holds).",
        ),
    ] = 1000
    keepalive_s: Annotated[
        int, Meta(title="Keep-alive", ge=5, le=65535, description="Keep-alive.", extra_json_schema={"x-unit": "s"})
    ] = 60
    ca_file: Annotated[
        str,
        Meta(
            title="CA file",
            description="PEM file with the authority of the broker's certificate; the system's when empty.",
        ),
    ] = ""
    largest_bytes: Annotated[
        int,
        Meta(
            title="Largest message",
            ge=1024,
            le=268_435_455,
            description="Largest message that is taken whole.",
            extra_json_schema={"x-unit": "B"},
        ),
    ] = 1_000_000

    zh: ClassVar = Help(
        "MQTT 输入",
        "订阅 MQTT 主题，送出收到的消息；载荷是原始字节。QoS 1 和 2 的消息在流程的所有分支都处理完（含数据库提交）之后才向消息网关确认，"
        "引擎意外停止时在途的消息会再来一次。"
        "更改客户端标识或主题之后，原会话中等待的消息会先取完，再取消原来的会话和订阅。"
        "流程已满时停止读取，由消息网关保留。订阅之前已由消息网关保留的消息带有属性 `retain`。"
        "过大的消息只取开头，从“过大”端口送出，该端口未接线时进入隔离区。",
        fields={
            "broker": ("消息网关", "地址：`mqtt://`用户:密码@主机:1883，TLS 用 `mqtts://`，或 `${broker:site}`。"),
            "topic": ("主题", "订阅哪些主题，如 `metachip/gas/+/data`；可填几个。"),
            "qos": ("QoS", "订阅的最高服务质量。"),
            "version": ("协议版本", "MQTT 协议的版本。"),
            "client_id": ("客户端标识", "保留的会话所用的名称；不填则由首次启动时的主机、流程和节点组成。"),
            "keep_session": ("保留会话", "引擎离线时，消息网关是否保留消息。"),
            "window": ("在途上限", "最多有多少条未确认的消息（MQTT 5；3.1.1 以消息网关的设置为准）。"),
            "keepalive_s": ("保活间隔", "多久没有通信则发送保活包。"),
            "ca_file": ("CA 证书", "验证消息网关证书的 CA 文件（PEM）；不填则用系统的。"),
            "largest_bytes": ("消息上限", "完整接收的最大消息。"),
        },
    )

    def __post_init__(self) -> None:
        topics = [self.topic] if isinstance(self.topic, str) else self.topic
        self.filters = check_filters([(topic, self.qos) for topic in topics])

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.subscriber: Subscriber | None = None
        self.subscribed = asyncio.Event()
        self.problem: Text | None = None
        self.has_left = False
        self.address = BrokerAddress.parse(
            self.broker, ca_file=self.ca_file or None, keepalive_s=self.keepalive_s, version=self.version
        )
        # Another process may have left its own there, or a copy of this site: they are not ours to take up.
        self.at = f"{ctx.service(Holder).session} {self.address.host}:{self.address.port}"
        self.sessions = ctx.state("sessions", _KeptSession)
        # A node that was renamed has its messages under the name that was made first.
        made = [name for name, session in self.sessions.items() if session.named and session.at == self.at]
        name = self.client_id or (made[-1] if made else f"mcs-{ctx.service(Holder).session}-{ctx.flow}-{ctx.node}")
        self.name = re.sub(r"[^\w.-]", "-", name)[:200]

    async def run(self, emit: Emitter) -> None:
        push = emit.push

        def take(publishes: list[Publish]) -> None:
            for publish in publishes:
                push(
                    publish.payload,
                    publish.topic,
                    props=RETAINED if publish.retain else None,
                    token=publish.token or None,
                )
            if emit.full:
                subscriber.pause()
                emit.on_room(subscriber.resume)

        self.emit = emit
        self.subscribed.clear()
        own = self.sessions.get(self.name)
        if own is not None and not self.keep_session and own.at == self.at:
            await self._empty(self.name, own, emit)
        topics = [topic for topic, _ in self.filters]
        left = [topic for topic in own.filters if topic not in topics] if own is not None and own.at == self.at else []
        if self.keep_session:
            self._remember([*topics, *left])
        subscriber = self.subscriber = self._subscriber(take, left, lambda: self._remember(topics))
        await subscriber.start()
        try:
            async with BackgroundJobs() as jobs:
                for name, session in self.sessions.items():
                    if name != self.name and session.at == self.at:
                        jobs.start(f"emptying the session {name}", self._empty_after_begin, name, session, emit)
                await asyncio.Event().wait()  # the subscriber does the work, until this is cancelled
        finally:
            await subscriber.stop(STOP_S)

    def settled(self, tokens: list[Any]) -> None:
        others = [token for token in tokens if token.__class__ is not int]
        for subscriber, token in others:
            subscriber.ack([token])
        if self.subscriber is not None:
            self.subscriber.ack([token for token in tokens if token.__class__ is int] if others else tokens)

    def mailbox(self) -> str:
        address = BrokerAddress.parse(self.broker)
        return f"{address.host}:{address.port}" if self.keep_session else ""

    async def leave(self, emit: Emitter) -> None:
        own = self.sessions.get(self.name)
        if own is None:
            return
        if self.subscriber is None:
            await self._empty(self.name, own, emit)
        elif self.subscriber.connected:
            await self.subscriber.take_what_waits(self.ctx.clock)
            self.has_left = True
        else:
            self.ctx.log.warning(
                "the broker at %s is away; it goes on collecting for the client %s", self.address, self.name
            )

    async def stop(self) -> None:
        if self.has_left:
            await end_session(self.address, self.name, END_S, self.ctx.service(Supervisor))
            own = self.sessions.get(self.name)
            if own is not None and own.at == self.at:
                self.sessions.delete(self.name)

    def _remember(self, topics: list[str]) -> None:
        self.sessions.set(self.name, _KeptSession(self.at, topics, not self.client_id))

    async def _empty_after_begin(self, name: str, session: _KeptSession, emit: Emitter) -> None:
        """Not before what is wanted is subscribed to: a message that comes in between would be in neither session."""
        await self.subscribed.wait()
        await self._empty(name, session, emit)

    async def _empty(self, name: str, session: _KeptSession, emit: Emitter) -> None:
        """Takes what waits in a session that is no longer wanted, and has the broker forget it."""

        def take(publishes: list[Publish]) -> None:
            for publish in publishes:
                token = (subscriber, publish.token) if publish.token else None
                emit.push(publish.payload, publish.topic, token=token)
            if emit.full:
                subscriber.pause()
                emit.on_room(subscriber.resume)

        supervisor = self.ctx.service(Supervisor)
        subscriber = Subscriber(
            self.address,
            client_id=name,
            filters=[(topic, 0) for topic in session.filters],
            on_batch=take,
            max_packet_bytes=self.largest_bytes,
            supervisor=supervisor,
        )
        await subscriber.start()
        try:
            await subscriber.take_what_waits(self.ctx.clock)
        finally:
            await subscriber.stop(STOP_S)
        await end_session(self.address, name, STOP_S, supervisor)
        self.sessions.delete(name)
        self.ctx.log.info("what waited in the session %s was taken; it is ended", name)

    def _subscriber(self, take: Any, given_up: list[str], on_given_up: Callable[[], None]) -> Subscriber:
        return Subscriber(
            self.address,
            client_id=self.name,
            filters=self.filters,
            on_batch=take,
            given_up=given_up,
            on_given_up=on_given_up,
            clean_session=not self.keep_session,
            receive_maximum=self.window,
            on_status=self._on_status,
            on_oversize=self._oversize,
            max_packet_bytes=self.largest_bytes,
            supervisor=self.ctx.service(Supervisor),
        )

    def _on_status(self, status: str, detail: Text) -> None:
        level = {"connected": "ok", "connecting": "busy"}.get(status, "error")
        self.ctx.status(detail, level)
        if level == "error" and detail != self.problem:
            self.ctx.log.warning("%s; trying again", detail)
        if level == "ok":
            self.subscribed.set()
        if level != "busy":
            self.problem = detail if level == "error" else None

    def _oversize(self, topic: str, size_bytes: int, head: bytes) -> Any:
        reason = Text("mqtt.oversize", size=size_bytes, limit=self.largest_bytes, kept=len(head))
        return self.emit.refuse(head, topic, reason, port="oversize")

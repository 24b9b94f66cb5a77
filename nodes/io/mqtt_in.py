"""Takes messages from an MQTT broker, and tells it that a message is done only when every branch of the flow is."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Annotated, Any, ClassVar, Literal

from engine.api import Context, Emitter, Help, Meta, Port, Source, Supervisor, node
from nodes.drivers.mqtt import BrokerAddress, Publish, Subscriber
from nodes.drivers.mqtt.filters import check_filters

STOP_S = 5.0


@node(category="network", icon="radio-tower", title="MQTT in")
class MqttIn(Source):
    """Subscribe to topics of an MQTT broker and send on what comes. The payload is the bytes as they were published.

    At QoS 1 and 2 the broker hears that a message is done when all branches of the flow have finished with it, database commits included;
    what was under way when the engine died comes again. The session is kept by `client_id`, so the broker also keeps messages while the
    engine is away, as long as it is set up to. When the flow is full the node stops reading and the broker waits.

    A message larger than `largest_bytes` is never gathered in memory: its beginning goes to the port `oversize`, and to quarantine when
    that is not wired.
    """

    outputs: ClassVar = (Port("out", bytes), Port("oversize", bytes))
    retired_outputs: ClassVar = {
        "meanwhile": "remove the wire, and the nodes behind it: while the database is away its rows are spooled, and the flow goes on"
    }

    broker: Annotated[
        str, Meta(description="Address: mqtt://user:password@host:1883, mqtts:// for TLS, or ${broker:site}.")
    ]
    topic: Annotated[str | list[str], Meta(description="Topic filter, or several: metachip/gas/+/data")]
    qos: Annotated[int, Meta(ge=0, le=2, description="Highest quality of service to subscribe with.")] = 1
    version: Annotated[Literal["3.1.1", "5"], Meta(description="Version of the protocol.")] = "3.1.1"
    client_id: Annotated[
        str, Meta(max_length=200, description="Name of the kept session; made of host, flow and node when empty.")
    ] = ""
    keep_session: Annotated[bool, Meta(description="Whether the broker keeps messages while the engine is away.")] = (
        True
    )
    window: Annotated[
        int,
        Meta(
            ge=1,
            le=65535,
            description="Most unacknowledged messages under way (MQTT 5; with 3.1.1 the broker's own limit holds).",
        ),
    ] = 1000
    keepalive_s: Annotated[int, Meta(ge=5, le=65535, description="Keep-alive.", extra_json_schema={"x-unit": "s"})] = 60
    ca_file: Annotated[
        str, Meta(description="PEM file with the authority of the broker's certificate; the system's when empty.")
    ] = ""
    largest_bytes: Annotated[
        int,
        Meta(
            ge=1024,
            le=268_435_455,
            description="Largest message that is taken whole.",
            extra_json_schema={"x-unit": "B"},
        ),
    ] = 1_000_000

    zh: ClassVar = Help(
        title="MQTT 输入",
        text="订阅 MQTT 主题并输出收到的消息（负载为原始字节）。QoS 1/2 的消息在流程的所有分支（含数据库提交）完成后才确认；流程繁忙时停止读取。",
        fields={
            "broker": "代理地址，如 mqtt://主机:1883、mqtts:// 或 ${broker:site}。",
            "topic": "主题过滤器，可为多个。",
            "qos": "订阅的最高服务质量。",
            "version": "协议版本。",
            "client_id": "会话名称；留空则由主机、流程和节点组成。",
            "keep_session": "引擎离线时代理是否保留消息。",
            "window": "未确认消息的最大数量（MQTT 5）。",
            "keepalive_s": "保活间隔，秒。",
            "ca_file": "代理证书的 CA 文件（PEM）。",
            "largest_bytes": "完整接收的最大消息，字节。",
        },
    )

    def __post_init__(self) -> None:
        topics = [self.topic] if isinstance(self.topic, str) else self.topic
        self.filters = check_filters([(topic, self.qos) for topic in topics])

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.subscriber: Subscriber | None = None
        self.problem = ""
        self.address = BrokerAddress.parse(
            self.broker, ca_file=self.ca_file or None, keepalive_s=self.keepalive_s, version=self.version
        )
        name = self.client_id or f"mcs-{socket.gethostname()}-{ctx.flow}-{ctx.node}"
        self.name = re.sub(r"[^\w.-]", "-", name)[:200]

    async def run(self, emit: Emitter) -> None:
        push = emit.push

        def take(publishes: list[Publish]) -> None:
            for publish in publishes:
                push(publish.payload, publish.topic, token=publish.token or None)
            if emit.full:
                subscriber.pause()
                emit.on_room(subscriber.resume)

        self.emit = emit
        subscriber = self.subscriber = self._subscriber(take)
        await subscriber.start()
        try:
            await asyncio.Event().wait()  # the subscriber does the work, until this is cancelled
        finally:
            await subscriber.stop(STOP_S)

    def settled(self, tokens: list[Any]) -> None:
        if self.subscriber is not None:
            self.subscriber.ack(tokens)

    def _subscriber(self, take: Any) -> Subscriber:
        return Subscriber(
            self.address,
            client_id=self.name,
            filters=self.filters,
            on_batch=take,
            clean_session=not self.keep_session,
            receive_maximum=self.window,
            on_status=self._on_status,
            on_oversize=self._oversize,
            max_packet_bytes=self.largest_bytes,
            supervisor=self.ctx.service(Supervisor),
        )

    def _on_status(self, status: str, detail: str) -> None:
        level = {"connected": "ok", "connecting": "busy"}.get(status, "error")
        self.ctx.status(detail or status, level)
        if level == "error" and detail != self.problem:
            self.ctx.log.warning("%s; trying again", detail or status)
        if level != "busy":
            self.problem = detail if level == "error" else ""

    def _oversize(self, topic: str, size_bytes: int, head: bytes) -> Any:
        reason = (
            f"{size_bytes} bytes is more than largest_bytes ({self.largest_bytes}); only the first {len(head)} are kept"
        )
        return self.emit.refuse(head, topic, reason, port="oversize")

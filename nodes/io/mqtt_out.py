"""`mqtt-out`: publishes messages to an MQTT broker."""

from __future__ import annotations

import os
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from engine.api import UNSET, Context, Help, Message, Meta, Node, Path, PathText, PermanentError, Supervisor, Text, node
from nodes.drivers.mqtt import BrokerAddress
from nodes.drivers.mqtt.publisher import ConnectionLost, MqttPublisher
from nodes.drivers.text_template import TextTemplate

LONGEST_TOPIC_BYTES = 65535
MOST_STRIKES = 3
"""How often a connection may be lost on one message before that is taken for its fault."""


@node(category="network", icon="radio", title="MQTT out", side_effect=True)
class MqttOut(Node):
    """Publish each message, in order.

    Bytes and texts are published as they are, everything else as JSON; a missing payload as an empty one. At QoS 1 and 2 a message counts as
    done when the broker has confirmed it. While the broker is away messages wait and are tried again; nothing is dropped. One connection per
    broker is shared by all such nodes. A topic with a wildcard, or without a value for one of its places, is refused, and so is a message on
    which the broker has closed the connection three times: it is larger than the broker takes.
    """

    broker: Annotated[
        str, Meta(description="Address: mqtt://user:password@host:1883, mqtts:// for TLS, or ${broker:site}.")
    ]
    topic: Annotated[
        str, Meta(description="Topic; {{key}} or {{payload.sn}} is filled in. Empty: the message's own topic.")
    ] = ""
    payload: Annotated[
        PathText, Meta(title="Payload from", min_length=1, description="Where the value to publish is in the message.")
    ] = "payload"
    qos: Annotated[
        int, Meta(title="QoS", ge=0, le=2, description="Quality of service: 0 at most once, 1 at least once, 2 once.")
    ] = 1
    retain: Annotated[bool, Meta(description="Whether the broker keeps the message for those who subscribe later.")] = (
        False
    )
    version: Annotated[
        Literal["3.1.1", "5"], Meta(title="Protocol version", description="Version of the protocol.")
    ] = "3.1.1"
    ca_file: Annotated[
        str,
        Meta(
            title="CA file",
            description="PEM file with the authority of the broker's certificate; the system's when empty.",
        ),
    ] = ""

    outputs = ()
    timeout_s: ClassVar[float] = 30.0
    zh: ClassVar = Help(
        "MQTT 输出",
        "按顺序发布每条消息：字节和文本原样发布，其他值写成 JSON，没有载荷则发布空消息。QoS 1 和 2 得到消息网关确认之后才算完成；"
        "消息网关离线时等待重试，不丢弃。同一消息网关共用一条连接。主题含通配符、占位取不到值，"
        "或消息网关三次因同一消息断开连接（消息过大）时，该消息处理失败。",
        fields={
            "broker": ("消息网关", "地址：`mqtt://`用户:密码@主机:1883，TLS 用 `mqtts://`，或 `${broker:site}`。"),
            "topic": ("主题", "可用 `{{key}}`、`{{payload.sn}}` 等占位；不填则用消息自身的主题。"),
            "payload": ("发布的值", "要发布的值在消息中的路径。"),
            "qos": ("QoS", "服务质量：0 最多一次，1 至少一次，2 恰好一次。"),
            "retain": ("保留消息", "消息网关为以后的订阅者保留它。"),
            "version": ("协议版本", "MQTT 协议的版本。"),
            "ca_file": ("CA 证书", "验证消息网关证书的 CA 文件（PEM）；不填则用系统的。"),
        },
    )

    def __post_init__(self) -> None:
        TextTemplate(self.topic)

    async def start(self, ctx: Context) -> None:
        address = BrokerAddress.parse(self.broker, ca_file=self.ca_file or None, version=self.version)
        self._topic = TextTemplate(self.topic) if self.topic else None
        self._value = Path(self.payload)
        self._suspect, self._strikes = -1, 0
        self._line: MqttPublisher = await ctx.shared(
            # The address is hashed with its password: who may not sign in must not use a colleague's connection.
            f"mqtt:{hash(address)}",
            MqttPublisher(address, f"mcs-out-{os.urandom(6).hex()}", ctx.service(Supervisor)).open,
            MqttPublisher.close,
        )
        self._unhook = self._line.on_change(lambda: self._show(ctx))

    def stop(self) -> None:
        self._unhook()

    async def process(self, msg: Message) -> None:
        topic = self._topic(msg) if self._topic is not None else msg.topic
        if not topic or "+" in topic or "#" in topic or "\0" in topic or len(topic.encode()) > LONGEST_TOPIC_BYTES:
            raise PermanentError(Text("mqtt.topic", topic=topic[:200]))
        payload = _bytes(self._value.get(msg))
        if msg.id != self._suspect:
            self._suspect, self._strikes = msg.id, 0
        try:
            await self._line.publish(topic, payload, self.qos, self.retain, alone=self._strikes > 0)
        except ConnectionLost as lost:
            self._strikes += 1
            if self._strikes < MOST_STRIKES:
                raise
            raise PermanentError(Text("mqtt.strikes", times=MOST_STRIKES, size=len(payload))) from lost

    def _show(self, ctx: Context) -> None:
        if self._line.connected:
            ctx.status(Text("mqtt.connected"))
        else:
            ctx.status(self._line.problem, "warning")


def _bytes(value: Any) -> bytes:
    if value is UNSET:
        return b""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    try:
        return msgspec.json.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise PermanentError(Text("value.not-json", reason=str(error))) from error

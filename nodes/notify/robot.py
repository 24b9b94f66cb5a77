"""`robot`: sends alarms to a group chat."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Help, Meta, node
from nodes.notify.outbox import Outbox


@node(category="notify", icon="bot", title="Robot", side_effect=True, buffers=True)
class Robot(Outbox):
    """Send alarms to a group chat (DingTalk, Feishu, WeCom) or a webhook of one's own, by the card under Settings → Alarms;
    a change there acts on the next message.

    Takes notices of `alarm-group`, or single events of `alarm`. What could not be sent is tried again with growing pauses, up to a minute, for a
    day; what has waited goes out in one message, A2 first. What the vendor declines goes the way of errors, and the channel becomes an alarm
    on the others. Every attempt is kept with the vendor's answer. A channel that is switched off takes nothing.
    """

    channel: Annotated[str, Meta(description="Name of the card.")] = "robot"
    per_minute: Annotated[
        int, Meta(ge=1, le=600, description="Most messages in a minute; DingTalk and WeCom take 20.")
    ] = 18

    zh: ClassVar = Help(
        "机器人通知",
        "按“设置 → 报警”中的机器人卡片，把报警发到钉钉、飞书、企业微信群或自定义 Webhook，修改后下一条生效。"
        "接收 alarm-group 的通知或 alarm 的单个事件。发送失败按递增间隔（最长一分钟）重试一天，期间积压的合并为一条，A2 优先。"
        "被拒绝的走错误端口，并在其他渠道上报警。每次尝试及对方的应答都有记录。渠道关闭时不发送。",
        {"channel": "卡片名称。", "per_minute": "每分钟最多几条；钉钉与企业微信上限为 20。"},
    )

"""`email`: sends alarms by e-mail."""

from __future__ import annotations

from typing import Annotated, ClassVar

from engine.api import Help, Meta, node
from nodes.notify.outbox import Outbox


@node(category="notify", secrets=False, icon="mail", title="E-mail", side_effect=True, buffers=True)
class Email(Outbox):
    """Send alarms by e-mail, through the server of the card under Settings → Alarms; a change there acts on the next message.

    Takes notices of `alarm-group`, or single events of `alarm`. What could not be sent is tried again with growing pauses, up to a minute, for a
    day; what has waited goes out in one message, A2 first. What the vendor declines goes the way of errors, and the channel becomes an alarm
    on the others. Every attempt is kept with the vendor's answer. A channel that is switched off takes nothing.
    """

    channel: Annotated[str, Meta(description="Name of the card.")] = "email"
    per_minute: Annotated[
        int, Meta(title="Most per minute", ge=1, le=600, description="Most messages in a minute.")
    ] = 10

    zh: ClassVar = Help(
        "邮件通知",
        "按左侧“报警配置”中的邮件卡片发送报警邮件，修改之后对下一条生效。接收报警合并节点的通知，或报警节点的单个事件。"
        "发送失败时按递增的间隔（最长一分钟）重试一天，期间积压的合成一条，二级报警在前。对方拒绝的从错误端口送出，并在其他渠道上报警。"
        "每次尝试和对方的应答都有记录。渠道关闭时不发送。",
        fields={
            "channel": ("卡片", "卡片的名称。"),
            "per_minute": ("每分钟上限", "每分钟最多几封。"),
        },
    )

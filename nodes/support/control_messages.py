"""Messages that steer a node instead of passing through it: `reset`, `flush`, `complete`."""

from __future__ import annotations

import math
from typing import Any

from engine.api import UNSET, Message
from nodes.support.numeric import is_number

__all__ = ["asked_for", "only_control"]


def only_control(msg: Message, *names: str) -> bool:
    """Whether the message has nothing but these properties: no payload, no topic, nothing else."""
    return (
        msg.payload is UNSET
        and not msg.topic
        and any(name in msg.props for name in names)
        and msg.props.keys() <= set(names)
    )


def asked_for(flush: Any, count: int) -> int:
    """How many of `count` messages a `flush` releases: that many when it is a number (rounded down), else all."""
    if is_number(flush):
        return int(min(max(0, math.floor(flush)), count))
    return count

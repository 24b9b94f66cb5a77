"""Commands to devices over MQTT (handbook 2.4)."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from engine.api import RetryableError, Text

__all__ = ["send_command"]

ANSWER_S = 5.0


async def send_command(url: str, sn: str, command: dict[str, Any]) -> None:
    """Publishes a command to one device at QoS 1; returns when the broker has it. Raises RetryableError when that does not happen in 5 s.

    A device that is away gets it from its session when it comes back; it is not retained, or it would be obeyed again and again.
    """
    import aiomqtt  # only here: every `mcs` command imports this module

    parts = urlsplit(url)
    try:
        async with (
            asyncio.timeout(ANSWER_S),
            aiomqtt.Client(
                parts.hostname or "127.0.0.1",
                parts.port or (8883 if parts.scheme == "mqtts" else 1883),
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                tls_context=ssl.create_default_context() if parts.scheme == "mqtts" else None,
            ) as client,
        ):
            await client.publish(f"metachip/gas/{sn}/cmd", msgspec.json.encode(command), qos=1)
    except (aiomqtt.MqttError, OSError, TimeoutError) as away:
        raise RetryableError(Text("device.not-sent", reason=str(away) or type(away).__name__)) from away

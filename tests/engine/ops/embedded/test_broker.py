"""The embedded broker serves this machine, and nobody else."""

import asyncio
import logging
import socket

import aiomqtt
import pytest

from engine.core.errors import SetupError
from engine.ops.embedded.broker import EmbeddedBroker


async def test_message_reaches_a_subscriber(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with EmbeddedBroker(port=0) as broker, aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.subscribe("gas/+", qos=1)
            await client.publish("gas/GS000001", b"20.9", qos=1)
            async with asyncio.timeout(60):
                message = await anext(aiter(client.messages))

    assert (str(message.topic), message.payload) == ("gas/GS000001", b"20.9")
    assert [record for record in caplog.records if record.name.startswith(("amqtt", "transitions"))] == []


async def test_port_is_free_again_after_the_block() -> None:
    async with EmbeddedBroker(port=0) as broker:
        port = broker.port

    async with EmbeddedBroker(port=port) as broker:
        assert broker.url == f"mqtt://127.0.0.1:{port}"


async def test_taken_port_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(SetupError, match=rf"cannot listen on 127.0.0.1:{port} .*MCS_MQTT_URL"):
            await EmbeddedBroker(port=port).__aenter__()


def test_broker_without_passwords_stays_on_loopback() -> None:
    with pytest.raises(SetupError, match=r"does not listen on 0\.0\.0\.0"):
        EmbeddedBroker("0.0.0.0")

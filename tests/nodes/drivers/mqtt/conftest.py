"""A real broker, and both protocol versions."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nodes.drivers.mqtt import BrokerAddress, ProtocolVersion
from tests.nodes.drivers.mqtt.broker import Mosquitto
from tests.nodes.drivers.mqtt.recorder import Recorder

Record = Callable[..., Recorder]


@pytest.fixture
def start_broker(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Starts brokers with given settings, and stops them after the test."""
    started: list[Mosquitto] = []

    def start(*settings: str) -> Mosquitto:
        folder = tmp_path / f"broker{len(started)}"
        folder.mkdir()
        started.append(Mosquitto(folder, *settings))
        started[-1].start()
        return started[-1]

    yield start
    for broker in started:
        broker.stop()


@pytest.fixture
def broker(start_broker: Callable[..., Mosquitto]) -> Mosquitto:
    """An open broker."""
    return start_broker()


@pytest.fixture(params=["3.1.1", "5"])
def version(request: pytest.FixtureRequest) -> ProtocolVersion:
    """Every test that asks for it runs with MQTT 3.1.1 and with MQTT 5."""
    return "5" if request.param == "5" else "3.1.1"


@pytest.fixture
async def record(version: ProtocolVersion) -> AsyncIterator[Record]:
    """Makes recording subscribers of a loopback port, and stops them after the test."""
    made: list[Recorder] = []

    def make(port: int, *filters: tuple[str, int], acknowledge: bool = True, **options: Any) -> Recorder:
        keepalive_s = options.pop("keepalive_s", 30)
        address = BrokerAddress.parse(f"mqtt://127.0.0.1:{port}", version=version, keepalive_s=keepalive_s)
        made.append(Recorder(options.pop("address", address), list(filters), acknowledge=acknowledge, **options))
        return made[-1]

    yield make
    for recorder in made:
        await recorder.subscriber.stop(0)

"""Against a real Mosquitto, with aiomqtt as the other end and as the oracle."""

import asyncio
import subprocess
from pathlib import Path

import aiomqtt
import pytest
import uvloop

from nodes.drivers.mqtt import BrokerAddress
from tests.nodes.drivers.mqtt.broker import Mosquitto, free_port
from tests.nodes.drivers.mqtt.conftest import Record
from tests.nodes.drivers.mqtt.recorder import Recorder, until

ALL = ("gas/#", 2)


async def publish(port: int, *messages: tuple[str, bytes, int], retain: bool = False) -> None:
    async with aiomqtt.Client("127.0.0.1", port) as client:
        for topic, payload, qos in messages:
            await client.publish(topic, payload, qos=qos, retain=retain)


async def test_what_comes_is_what_the_oracle_gets(broker: Mosquitto, record: Record):
    sent = [
        ("gas/1/data", b"plain", 0),
        ("gas/气体/数据", "浓度".encode(), 1),
        ("gas/empty", b"", 1),
        ("gas/binary", bytes(range(256)) * 1000, 2),
        ("gas/😀", b"\0\xff", 2),
    ]
    await publish(broker.port, ("gas/retained", b"kept", 1), retain=True)
    recorder = record(broker.port, ALL)
    await recorder.connected()
    got = []
    async with aiomqtt.Client("127.0.0.1", broker.port) as oracle:
        await oracle.subscribe("gas/#", 2)
        await publish(broker.port, *sent)
        async for message in oracle.messages:
            got.append((message.topic.value, message.payload, message.qos, message.retain))
            if len(got) == len(sent) + 1:
                break
    await until(lambda: len(recorder.publishes) == len(got))
    assert sorted((p.topic, p.payload, p.qos, p.retain) for p in recorder.publishes) == sorted(got)


async def test_thousands_come_in_order_and_are_acknowledged(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1))
    await recorder.connected()
    await publish(broker.port, *[("gas/n", b"%d" % number, 1) for number in range(3000)])
    await until(lambda: len(recorder.publishes) >= 3000)
    assert recorder.payloads == [b"%d" % number for number in range(3000)]
    await until(lambda: recorder.subscriber.unacknowledged == 0)


@pytest.mark.parametrize("qos", [1, 2])
async def test_what_was_not_acknowledged_comes_again_after_a_broker_restart(
    broker: Mosquitto, record: Record, qos: int
):
    recorder = record(broker.port, ("gas/#", qos), acknowledge=False)
    await recorder.connected()
    await publish(broker.port, *[("gas/n", b"%d" % number, qos) for number in range(50)])
    await until(lambda: len(recorder.publishes) == 50)
    recorder.subscriber.ack([p.token for p in recorder.publishes[:20]])
    await until(lambda: recorder.subscriber.unacknowledged == 30)
    await publish(broker.port, ("gas/n", b"after the acknowledgements", qos))
    await until(lambda: len(recorder.publishes) == 51)
    broker.stop()
    await recorder.said("disconnected")
    broker.start()
    await recorder.connected(2)
    again = {1: 31, 2: 0}[qos]
    await until(lambda: len(recorder.publishes) >= 51 + again)
    await publish(broker.port, ("gas/n", b"last", qos))
    await until(lambda: recorder.payloads[-1] == b"last")
    fresh = [b"%d" % number for number in range(20, 50)] + [b"after the acknowledgements"]
    assert recorder.payloads[51:-1] == fresh[: 31 if again else 0]
    assert "session resumed" in recorder.words("connected")


async def test_messages_of_the_time_away_come_after_the_broker_restart(broker: Mosquitto, record: Record):
    first = record(broker.port, ("gas/#", 1))
    await first.connected()
    assert await first.subscriber.stop(1) == 0
    await publish(broker.port, *[("gas/n", b"%d" % number, 1) for number in range(100)])
    broker.stop()
    broker.start()
    second = record(broker.port, ("gas/#", 1))
    await second.connected()
    await until(lambda: len(second.publishes) == 100)
    assert second.payloads == [b"%d" % number for number in range(100)]


async def test_subscription_is_made_again_when_the_broker_has_lost_the_session(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1))
    await recorder.connected()
    broker.stop()
    (broker.folder / "mosquitto.db").unlink()
    broker.start()
    await recorder.connected(2)
    await publish(broker.port, ("gas/n", b"after", 1))
    await until(lambda: recorder.payloads == [b"after"])


async def test_tokens_of_a_former_connection_acknowledge_nothing(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1), acknowledge=False)
    await recorder.connected()
    await publish(broker.port, ("gas/n", b"once", 1))
    await until(lambda: recorder.publishes)
    broker.stop()
    broker.start()
    await until(lambda: len(recorder.publishes) == 2)
    recorder.subscriber.ack([recorder.publishes[0].token])
    assert await recorder.subscriber.stop(0.2) == 1


async def test_exactly_once_message_comes_once_and_its_identifier_is_free_again(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 2))
    await recorder.connected()
    await publish(broker.port, *[("gas/n", b"%d" % number, 2) for number in range(300)])
    await until(lambda: len(recorder.publishes) >= 300)
    assert recorder.payloads == [b"%d" % number for number in range(300)]
    assert await recorder.subscriber.stop(2) == 0


async def test_broker_down_at_start_is_found_when_it_comes_up(broker: Mosquitto, record: Record):
    broker.stop()
    recorder = record(broker.port, ("gas/#", 1))
    assert "nothing listens there" in await recorder.said("disconnected")
    broker.start()
    await recorder.connected()


async def test_paused_subscriber_leaves_messages_with_the_broker(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1), keepalive_s=1)
    await recorder.connected()
    recorder.subscriber.pause()
    recorder.subscriber.pause()
    await publish(broker.port, *[("gas/n", b"%d" % number, 1) for number in range(100)])
    await asyncio.sleep(2.5)  # longer than the broker waits for a silent client: that time is what is tested
    assert recorder.publishes == []
    recorder.subscriber.resume()
    await until(lambda: len(recorder.publishes) == 100)
    assert recorder.words("disconnected") == ""


async def test_messages_of_a_reconnect_during_a_pause_come_after_it_once(broker: Mosquitto, record: Record):
    # Paused, a lost connection is noticed by the pings that fail.
    recorder = record(broker.port, ("gas/#", 1), acknowledge=False, keepalive_s=1)
    await recorder.connected()
    await publish(broker.port, *[("gas/n", b"%d" % number, 1) for number in range(20)])
    await until(lambda: len(recorder.publishes) == 20)
    recorder.subscriber.pause()
    broker.stop()
    broker.start()
    await recorder.connected(2)
    assert len(recorder.publishes) == 20
    recorder.subscriber.resume()
    await until(lambda: len(recorder.publishes) == 40)
    assert recorder.payloads[20:] == recorder.payloads[:20]


async def test_oversized_message_is_told_of_acknowledged_and_does_not_come_again(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1))
    await recorder.connected()
    await publish(broker.port, ("gas/big", b"0123456789" * 1_000_000, 1), ("gas/small", b"1", 1))
    await until(lambda: recorder.payloads == [b"1"])
    [(topic, size_bytes, head)] = recorder.oversizes
    assert (topic, size_bytes, head[:10], len(head)) == ("gas/big", 10_000_000, b"0123456789", 1024)
    await until(lambda: recorder.subscriber.unacknowledged == 0)
    assert recorder.words("disconnected") == ""


async def test_oversized_message_waits_for_its_quarantine(broker: Mosquitto, record: Record):
    recorder, written = record(broker.port, ("gas/#", 1)), asyncio.Event()

    async def write() -> None:
        await written.wait()

    recorder.told = write
    await recorder.connected()
    await publish(broker.port, ("gas/big", b"x" * 2_000_000, 1))
    await until(lambda: recorder.oversizes)
    assert recorder.subscriber.unacknowledged == 1
    written.set()
    await until(lambda: recorder.subscriber.unacknowledged == 0)


async def test_stop_waits_for_what_is_still_acknowledged(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1), acknowledge=False)
    await recorder.connected()
    await publish(broker.port, *[("gas/n", b"", 1)] * 3)
    await until(lambda: len(recorder.publishes) == 3)
    stopping = asyncio.create_task(recorder.subscriber.stop(5))
    await asyncio.sleep(0)
    recorder.subscriber.ack([p.token for p in reversed(recorder.publishes)])
    assert await stopping == 0


async def test_unsubscribing_stop_ends_the_collecting(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1))
    await recorder.connected()
    await recorder.subscriber.stop(2, unsubscribe=True)
    await publish(broker.port, ("gas/n", b"unwanted", 1))
    again = record(broker.port, ("other", 1))
    await again.connected()
    await publish(broker.port, ("other", b"wanted", 1))
    await until(lambda: again.publishes)
    assert again.payloads == [b"wanted"]


async def test_callback_that_raises_gets_its_messages_again(broker: Mosquitto, record: Record):
    recorder = record(broker.port, ("gas/#", 1), acknowledge=True)
    await recorder.connected()
    recorder.publishes = None  # type: ignore[assignment]
    await publish(broker.port, ("gas/n", b"again", 1))
    assert "`on_batch` failed (TypeError)" in await recorder.said("disconnected")
    recorder.publishes = []
    await until(lambda: recorder.payloads == [b"again"])


@pytest.fixture
def guarded(start_broker, tmp_path: Path) -> Mosquitto:
    """A broker that lets in the user gas with the password sesame."""
    password_file = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(password_file), "gas", "sesame"], check=True)
    return start_broker(f"password_file {password_file}\nallow_anonymous false")


async def test_right_password_is_let_in(guarded: Mosquitto, record: Record, version):
    address = BrokerAddress.parse(f"mqtt://gas:%73esame@127.0.0.1:{guarded.port}", version=version)
    await record(guarded.port, ("gas/#", 1), address=address).connected()


async def test_wrong_password_is_refused_in_words_without_it(guarded: Mosquitto, record: Record, version):
    address = BrokerAddress.parse(f"mqtt://gas:rosebud@127.0.0.1:{guarded.port}", version=version)
    words = await record(guarded.port, ("gas/#", 1), address=address).said("refused")
    assert "check" in words
    assert "rosebud" not in words


async def test_messages_the_access_rules_withhold_do_not_come(start_broker, record: Record, tmp_path):
    rules = tmp_path / "acl"
    rules.write_text("topic readwrite gas/open/#\ntopic write gas/closed/#\n")
    rules.chmod(0o600)
    broker = start_broker(f"allow_anonymous true\nacl_file {rules}")
    recorder = record(broker.port, ("gas/#", 1))
    await recorder.connected()
    await publish(broker.port, ("gas/closed/1", b"secret", 1), ("gas/open/1", b"open", 1))
    await until(lambda: recorder.payloads == [b"open"])


async def test_retries_go_on_while_nothing_listens(version):
    address = BrokerAddress.parse(f"mqtt://127.0.0.1:{free_port()}", version=version)
    recorder = Recorder(address, [("gas/#", 1)], acknowledge=True)
    await recorder.subscriber.start()
    await until(lambda: recorder.subscriber.counts.failures >= 3)
    await recorder.subscriber.stop(0)


def test_it_works_on_uvloop(broker: Mosquitto):
    async def scenario() -> None:
        address = BrokerAddress.parse(f"mqtt://127.0.0.1:{broker.port}")
        recorder = Recorder(address, [("gas/#", 1)], acknowledge=True)
        await recorder.connected()
        recorder.subscriber.pause()
        await publish(broker.port, ("gas/big", b"x" * 3_000_000, 1), ("gas/small", b"1", 1))
        recorder.subscriber.resume()
        await until(lambda: recorder.payloads == [b"1"])
        broker.stop()
        broker.start()
        await recorder.connected(2)
        await publish(broker.port, ("gas/small", b"2", 1))
        # The broker may have stopped before it took the acknowledgement of the first: then that comes again.
        await until(lambda: recorder.payloads[-1] == b"2")
        assert set(recorder.payloads) == {b"1", b"2"}
        assert await recorder.subscriber.stop(30) == 0
        assert recorder.oversizes

    uvloop.run(scenario())


async def test_two_that_use_one_client_id_are_told_so(broker: Mosquitto, record: Record):
    """The broker closes the one as the other connects, and so on: neither is said to be connected meanwhile."""
    one, other = record(broker.port, ("t", 1)), record(broker.port, ("t", 1))
    await one.connected()
    await other.connected()
    for each in (one, other):
        await until(lambda each=each: each.words("disconnected").count("client ID") == 2)
        assert "connected" not in [status for status, _ in each.statuses[-3:]]

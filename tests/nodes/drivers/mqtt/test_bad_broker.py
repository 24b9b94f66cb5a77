"""Brokers that refuse, misbehave, fall silent or send what is not MQTT."""

import asyncio

import pytest

from tests.nodes.drivers.mqtt.conftest import Record
from tests.nodes.drivers.mqtt.recorder import until
from tests.nodes.drivers.mqtt.wire import ScriptedBroker, accept, connack, publish, read_packet, suback

FILTER = ("gas/#", 1)


@pytest.mark.parametrize("junk", [b"\xf0\0", b"\x36\5\0\1a\0\1", b"\x30\xff\xff\xff\xff\xff", b"HTTP/1.1 400 Bad\r\n"])
async def test_malformed_packet_ends_the_connection_with_a_reason_and_a_new_one_is_made(record: Record, version, junk):
    async def script(reader, writer):
        await accept(reader, writer, version)
        writer.write(junk)
        await reader.read()

    async with ScriptedBroker(script) as peer:
        recorder = record(peer.port, FILTER)
        assert "not MQTT" in await recorder.said("disconnected")
        await until(lambda: peer.connections >= 2)
        assert recorder.subscriber.counts.malformed >= 1


async def test_malformed_packets_do_not_make_a_fast_loop(record: Record, version):
    async def script(reader, writer):
        await accept(reader, writer, version)
        writer.write(b"\xf0\0")
        await reader.read()

    async with ScriptedBroker(script) as peer:
        recorder = record(peer.port, FILTER)
        await recorder.said("disconnected")
        await asyncio.sleep(1)  # the time over which connections are counted is what is tested
        assert peer.connections <= 5


async def test_message_before_connack_is_refused(record: Record):
    async def script(reader, writer):
        await read_packet(reader)
        writer.write(publish("gas/1", b"1", properties=b""))
        await reader.read()

    async with ScriptedBroker(script) as peer:
        recorder = record(peer.port, FILTER)
        assert "before CONNACK" in await recorder.said("disconnected")
        assert recorder.publishes == []


async def test_silent_broker_is_taken_for_dead(record: Record, version):
    async def script(reader, writer):
        await accept(reader, writer, version)
        await reader.read()

    async with ScriptedBroker(script) as peer:
        recorder = record(peer.port, FILTER, keepalive_s=1)
        await recorder.connected()
        assert "did not answer a ping" in await recorder.said("disconnected")
        await until(lambda: peer.connections >= 2)


async def test_refused_subscription_is_reported_and_the_others_go_on(record: Record, version):
    async def script(reader, writer):
        await read_packet(reader)
        writer.write(connack(version))
        await read_packet(reader)
        writer.write(suback(version, 0x80, 0))
        writer.write(publish("other", b"1", properties=b"" if version == "5" else None))
        await reader.read()

    async with ScriptedBroker(script) as peer:
        recorder = record(peer.port, FILTER, ("other", 1))
        assert "the subscription `gas/#` was refused" in await recorder.said("refused")
        assert "`other` was granted QoS 0 instead of 1" in recorder.words("connected")
        await until(lambda: recorder.payloads == [b"1"])


@pytest.mark.parametrize(("version", "code"), [("3.1.1", 5), ("5", 0x87)], indirect=["version"])
async def test_refused_connection_is_reported_with_a_remedy(record: Record, version, code):
    async def script(reader, writer):
        await read_packet(reader)
        writer.write(connack(version, code))
        await reader.read()

    async with ScriptedBroker(script) as peer:
        assert "access rules" in await record(peer.port, FILTER).said("refused")


@pytest.mark.parametrize("version", ["5"], indirect=True)
async def test_brokers_reason_for_ending_is_told_in_words(record: Record, version):
    async def script(reader, writer):
        await accept(reader, writer, version)
        writer.write(b"\xe0\x01\x8e")
        await reader.read()

    async with ScriptedBroker(script) as peer:
        assert "same client ID" in await record(peer.port, FILTER).said("disconnected")


async def test_acknowledgements_of_one_read_leave_in_one_write_in_order(record: Record, version):
    received = asyncio.get_running_loop().create_future()

    async def script(reader, writer):
        await accept(reader, writer, version)
        properties = b"" if version == "5" else None
        messages = [publish("gas/n", b"", 1, number, properties=properties) for number in range(1, 101)]
        writer.write(b"".join(messages))
        received.set_result(await reader.read(65536))
        await reader.read()

    async with ScriptedBroker(script) as peer:
        await record(peer.port, FILTER).subscriber.start()
        assert await received == b"".join(b"\x40\x02" + number.to_bytes(2, "big") for number in range(1, 101))


async def test_message_that_hangs_does_not_hold_the_others_back_for_ever(record: Record, version):
    received = bytearray()

    async def script(reader, writer):
        await accept(reader, writer, version)
        properties = b"" if version == "5" else None
        writer.write(b"".join(publish("gas/n", b"", 1, number, properties=properties) for number in (1, 2, 3)))
        while data := await reader.read(100):
            received.extend(data)

    async with ScriptedBroker(script) as peer:
        recorder = record(peer.port, FILTER, acknowledge=False)
        await recorder.subscriber.start()
        await until(lambda: len(recorder.publishes) == 3)
        recorder.subscriber.ack([p.token for p in recorder.publishes[1:]])
        await until(lambda: bytes(received) == b"\x40\x02\0\2\x40\x02\0\3")
        recorder.subscriber.ack([recorder.publishes[0].token])
        await until(lambda: bytes(received).endswith(b"\x40\x02\0\1"))


async def test_token_that_was_never_given_out_is_an_error(record: Record):
    with pytest.raises(ValueError, match="was not given out"):
        record(1, FILTER).subscriber.ack([1])

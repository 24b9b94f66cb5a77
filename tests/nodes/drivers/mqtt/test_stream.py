"""The packet stream: split anywhere, glued, malformed, oversized."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nodes.drivers.mqtt.ack_window import AckWindow
from nodes.drivers.mqtt.packets import Control
from nodes.drivers.mqtt.properties import MalformedPacket
from nodes.drivers.mqtt.publish import Publish
from nodes.drivers.mqtt.stream import Oversize, PacketStream, TopicNames
from tests.nodes.drivers.mqtt.wire import publish

LIMIT = 300


class Reading:
    """A stream with the lists it fills."""

    def __init__(self, version: str = "3.1.1", limit: int = LIMIT) -> None:
        self.window = AckWindow()
        self.stream = PacketStream(version, self.window, TopicNames(), limit)
        self.publishes: list[Publish] = []
        self.controls: list[Control] = []
        self.oversizes: list[Oversize] = []

    def feed(self, *pieces: bytes) -> "Reading":
        for piece in pieces:
            self.stream.feed(piece, self.publishes, self.controls, self.oversizes)
        return self

    @property
    def everything(self) -> tuple[object, ...]:
        return self.publishes, self.controls, self.oversizes, self.window.answers


topics = st.text(st.characters(exclude_characters="\0+#", exclude_categories=["Cs"]), min_size=1, max_size=30)
PROPERTIES = st.sampled_from([b"", b"\x02\0\0\0\x05", b"\x26\0\1a\0\1b\x26\0\1a\0\1c", b"\x0b\x81\x01", b"\x23\0\x07"])


@st.composite
def packets(draw: st.DrawFn, version: str) -> list[bytes]:
    """What a broker may send, several packets of it; some PUBLISHes are over the limit."""
    out = []
    for packet_id in range(1, draw(st.integers(1, 8)) + 1):
        payload = draw(st.binary(max_size=40)) * draw(st.sampled_from([1, 1, 4, 20]))
        properties = draw(PROPERTIES) if version == "5" else None
        message = publish(
            draw(topics), payload, draw(st.integers(0, 2)), packet_id, retain=draw(st.booleans()), properties=properties
        )
        out.append(draw(st.sampled_from([message, message, b"\xd0\0", b"\x62\2\0\5", b"\x90\3\0\1\1"])))
    return out


def test_every_field_of_a_message_is_read():
    reading = Reading().feed(publish("gas/气/data", b"1.5", 1, 77, retain=True))
    assert reading.publishes == [Publish("gas/气/data", b"1.5", 1, True, 1)]
    assert reading.window.answers == [b"\x40\x02\x00\x4d"]


def test_empty_payload_is_a_message():
    assert Reading().feed(publish("t", b"")).publishes == [Publish("t", b"", 0, False, 0)]


def test_control_packets_are_given_with_flags_and_body():
    assert Reading().feed(b"\x62\2\0\5\xd0\0").controls == [Control(6, 2, b"\0\5"), Control(13, 0, b"")]


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_split_at_every_boundary_reads_the_same(version: str):
    properties = b"\x26\0\1a\0\1b" if version == "5" else None
    data = b"".join(
        [
            publish("gas/1/data", b"x" * 200, 1, 1, properties=properties),
            b"\xd0\0",
            publish("gas/2/data", b"y" * 5000, 2, 2, properties=properties),
            publish("gas/3/data", b"", 0, properties=properties),
        ]
    )
    whole = Reading(version).feed(data).everything
    for cut in range(1, len(data)):
        assert Reading(version).feed(data[:cut], data[cut:]).everything == whole


@given(st.data())
@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_glued_and_split_anyhow_reads_the_same(version: str, data: st.DataObject):
    sent = data.draw(packets(version))
    stream = b"".join(sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert Reading(version).feed(*[p for p in pieces if p]).everything == Reading(version).feed(*sent).everything


@given(st.binary(max_size=400), st.sampled_from(["3.1.1", "5"]), st.integers(1, 50))
@example(b"\x30\xff\xff\xff\xff\x01", "3.1.1", 1)
def test_any_bytes_are_packets_or_refused(junk: bytes, version: str, step: int):
    reading = Reading(version)
    with contextlib.suppress(MalformedPacket):
        reading.feed(*[junk[i : i + step] for i in range(0, len(junk), step)])
    assert all(isinstance(p.topic, str) and p.topic for p in reading.publishes)


@given(st.data(), st.sampled_from(["3.1.1", "5"]))
def test_one_wrong_byte_is_packets_or_refused(data: st.DataObject, version: str):
    stream = bytearray(b"".join(data.draw(packets(version))))
    stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    reading = Reading(version)
    with contextlib.suppress(MalformedPacket):
        reading.feed(bytes(stream))
    assert reading.window.unacknowledged <= len(stream)


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (b"\x30\xff\xff\xff\xff\x01", "more than four bytes"),
        (b"\x30\x01\x00", "no topic"),
        (b"\x30\x03\x00\x09a", "shorter than its topic"),
        (b"\x36\x05\x00\x01a\x00\x01", "QoS 3"),
        (b"\x32\x05\x00\x01a\x00\x00", "identifier 0"),
        (publish(b"\xff\xfe", b""), "not UTF-8"),
        (publish("a/+", b""), "wildcard"),
        (publish("", b"x"), "empty"),
        (b"\x10\x00", "begin with 0x10"),
        (b"\x60\x02\x00\x01", "begin with 0x60"),
        (b"\x90\xff\xff\x03", "announces 65535 bytes"),
    ],
)
def test_malformed_packet_is_refused_in_words(packet: bytes, words: str):
    with pytest.raises(MalformedPacket, match=words):
        Reading().feed(packet)


def test_what_came_before_a_malformed_packet_is_kept():
    reading = Reading()
    with pytest.raises(MalformedPacket):
        reading.feed(publish("t", b"good") + b"\xf0\0")
    assert [p.payload for p in reading.publishes] == [b"good"]


def test_oversized_message_is_reported_with_its_head_and_the_next_is_read():
    reading = Reading(limit=300)
    big = publish("gas/big", bytes(range(256)) * 4000, 1, 9)
    after = publish("gas/small", b"1", 1, 10)
    reading.feed(*[(big + after)[i : i + 65536] for i in range(0, len(big + after), 65536)])
    assert reading.oversizes == [Oversize("gas/big", 1_024_000, bytes(range(256)) * 4, 1)]
    assert [(p.topic, p.token) for p in reading.publishes] == [("gas/small", 2)]


def test_oversized_message_with_huge_properties_has_no_head():
    reading = Reading("5", limit=300)
    properties = (b"\x26\0\1a" + b"\xff\xff" + b"v" * 65535) * 4
    reading.feed(publish("gas/big", b"payload", 0, properties=properties), publish("t", b"1", properties=b""))
    assert reading.oversizes == [Oversize("gas/big", 7, b"", 0)]
    assert [p.topic for p in reading.publishes] == ["t"]


def test_topic_alias_stands_for_the_topic_it_was_sent_with():
    reading = Reading("5").feed(
        publish("gas/1", b"a", properties=b"\x23\0\7"), publish("", b"b", properties=b"\x23\0\7")
    )
    assert [(p.topic, p.payload) for p in reading.publishes] == [("gas/1", b"a"), ("gas/1", b"b")]


@pytest.mark.parametrize("alias", [b"\x23\0\7", b"\x23\0\0", b"\x23\0\xff"])
def test_unknown_topic_alias_is_refused(alias: bytes):
    with pytest.raises(MalformedPacket, match="alias"):
        Reading("5").feed(publish("", b"b", properties=alias))


def test_properties_are_read_when_asked_for():
    [message] = Reading("5").feed(publish("t", b"", properties=b"\x26\0\1a\0\1b\x03\0\4json")).publishes
    assert message.properties() == {"user_property": [("a", "b")], "content_type": "json"}


def test_many_topics_do_not_fill_the_memory():
    topics = TopicNames()
    for number in range(50_000):
        topics.decode(b"%d" % number)
    topics.decode(b"x" * 300)
    assert len(topics.known) <= 20_000

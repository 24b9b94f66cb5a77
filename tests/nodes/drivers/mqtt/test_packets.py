"""Packets other than PUBLISH, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.drivers.mqtt import packets
from nodes.drivers.mqtt.filters import check_filters, judge_answer
from nodes.drivers.mqtt.properties import MalformedPacket, read_properties, read_variable
from nodes.drivers.mqtt.reasons import connect_reason


def test_connect_of_3_1_1_is_as_the_specification_has_it():
    packet = packets.connect(
        client_id="c", version="3.1.1", clean_session=True, keepalive_s=60, username="u", password="p"
    )
    assert packet == b"\x10\x13\0\4MQTT\x04\xc2\0\x3c\0\1c\0\1u\0\1p"


def test_connect_of_5_carries_its_limits():
    packet = packets.connect(
        client_id="c", version="5", clean_session=False, keepalive_s=1, session_expiry_s=7, receive_maximum=9
    )
    properties, end = read_properties(packet, 12)
    assert properties == {"session_expiry_interval": 7, "receive_maximum": 9, "topic_alias_maximum": 0}
    assert packet[end:] == b"\0\1c"


def test_subscribe_names_filters_and_qos():
    assert packets.subscribe(1, [("a/#", 1), ("b", 2)], "3.1.1") == b"\x82\x0c\0\1\0\3a/#\x01\0\1b\x02"


def test_publish_at_qos_1_is_as_the_specification_has_it():
    assert packets.publish("a/b", b"hi", 258, "3.1.1") == b"\x32\x09\0\3a/b\1\2hi"
    assert packets.publish("a/b", b"hi", 258, "5", again=True) == b"\x3a\x0a\0\3a/b\1\2\0hi"


@given(st.integers(0, 268_435_455))
def test_remaining_length_reads_back(size: int):
    raw = packets.remaining_length(size)
    assert read_variable(raw, 0) == (size, len(raw))


@pytest.mark.parametrize("call", [lambda: packets.text("x" * 65536), lambda: packets.text("a\0b")])
def test_text_that_mqtt_cannot_carry_is_refused(call):
    with pytest.raises(ValueError, match="MQTT string"):
        call()


@pytest.mark.parametrize("body", [b"", b"\0", b"\2\0", b"\0\0\1"])
def test_malformed_connack_is_refused(body: bytes):
    with pytest.raises(MalformedPacket):
        packets.read_connect_answer(body, "3.1.1")


@pytest.mark.parametrize(
    "raw", [b"\x02\x7f\0", b"\x03\x1f\0\5", b"\x05\x1f\0\2ab\0"[:5], b"\x06\x21\0\1\x21\0\1", b"\x04\x1f\0\1\xff"]
)
def test_malformed_properties_are_refused(raw: bytes):
    with pytest.raises(MalformedPacket):
        read_properties(raw, 0)


def test_version_5_is_refused_in_words_by_a_broker_that_speaks_only_3_1_1():
    answer = packets.read_connect_answer(b"\0\1", "5")
    assert "set the version to 3.1.1" in str(connect_reason(answer.code, "5"))


@pytest.mark.parametrize("name", ["", "a/#/b", "a#", "a+/b", "$share/group", "$share//a", "a\0"])
def test_wrong_filter_is_refused(name: str):
    with pytest.raises(ValueError, match="topic filter"):
        check_filters([(name, 1)])


@pytest.mark.parametrize("name", ["#", "+", "a/+/b/#", "$share/group/a/#", "气/data"])
def test_well_formed_filter_is_taken(name: str):
    assert check_filters([(name, 1)]) == ((name, 1),)


def test_wrong_qos_is_refused():
    with pytest.raises(ValueError, match="QoS is 3"):
        check_filters([("a", 3)])


def test_answer_tells_refused_from_lowered():
    refused, lowered = judge_answer([("a", 1), ("b", 2), ("c", 1)], b"\x87\x00\x01", "5")
    assert [str(one) for one in refused] == [
        "the subscription `a` was refused: not authorised; check the user and the broker's access rules"
    ]
    assert [str(one) for one in lowered] == ["`b` was granted QoS 0 instead of 2: messages can get lost"]

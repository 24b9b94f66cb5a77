"""MQTT packets as bytes: what is sent, and what is read besides messages."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.api import Text
from nodes.drivers.mqtt.properties import MalformedPacket, encode_properties, read_properties

CONNACK, PUBLISH, PUBACK, PUBREL, SUBACK, UNSUBACK, PINGRESP, DISCONNECT = 2, 3, 4, 6, 9, 11, 13, 14
PINGREQ_PACKET = b"\xc0\x00"

# Answers to a PUBLISH: this prefix, then the packet identifier. The reason code may be left out when it is "success"
# (MQTT 5, 3.4.2.1), which makes the bytes the same in both versions.
PUBACK_PREFIX = b"\x40\x02"
PUBREC_PREFIX = b"\x50\x02"
PUBCOMP_PREFIX = b"\x70\x02"

REFUSED = 0x80  # this and greater codes in a SUBACK
_LONGEST_TEXT = 65535


class Control(NamedTuple):
    """A packet that is not a PUBLISH: its type (4 bits), its flags (4 bits) and what follows the fixed header."""

    kind: int
    flags: int
    body: bytes


class ConnectAnswer(NamedTuple):
    """What a CONNACK says. The server's values are None where it leaves ours as they are (3.1.1: always)."""

    session_present: bool
    code: int
    reason_text: str = ""
    keepalive_s: int | None = None
    client_id: str | None = None
    highest_qos: int = 2


def remaining_length(size: int) -> bytes:
    """A length as MQTT writes it: 7 bits a byte, the lowest first. Raises ValueError beyond 268,435,455."""
    if not 0 <= size <= 268_435_455:
        raise ValueError(f"{size} bytes do not fit into one MQTT packet; the limit is 268435455")
    out = bytearray()
    while True:
        size, digit = divmod(size, 128)
        out.append(digit | (128 if size else 0))
        if not size:
            return bytes(out)


def text(value: str) -> bytes:
    """A string with its 2-byte length. Raises ValueError when it has more than 65,535 bytes or holds a NUL."""
    raw = value.encode()
    if b"\0" in raw:
        raise ValueError(Text("mqtt.text-nul"))
    return binary(raw)


def binary(raw: bytes) -> bytes:
    """Bytes with their 2-byte length. Raises ValueError when there are more than 65,535."""
    if len(raw) > _LONGEST_TEXT:
        raise ValueError(Text("mqtt.text-long", limit=65535))
    return len(raw).to_bytes(2, "big") + raw


def connect(
    *,
    client_id: str,
    version: str,
    clean_session: bool,
    keepalive_s: int,
    username: str | None = None,
    password: str | None = None,
    session_expiry_s: int = 0,
    receive_maximum: int = 65535,
    topic_alias_maximum: int = 0,
) -> bytes:
    """CONNECT without a will. The last three go out with version 5 only."""
    flags = (0x02 if clean_session else 0) | (0x80 if username is not None else 0)
    flags |= 0x40 if password is not None else 0
    body = b"\0\4MQTT" + bytes([5 if version == "5" else 4, flags]) + keepalive_s.to_bytes(2, "big")
    if version == "5":
        body += encode_properties(
            {
                "session_expiry_interval": session_expiry_s,
                "receive_maximum": receive_maximum,
                "topic_alias_maximum": topic_alias_maximum,
            }
        )
    body += text(client_id)
    if username is not None:
        body += text(username)
    if password is not None:
        body += binary(password.encode())
    return b"\x10" + remaining_length(len(body)) + body


def publish(topic: str, payload: bytes, packet_id: int, version: str, *, again: bool = False) -> bytes:
    """PUBLISH at QoS 1, without properties; `again` marks it as one that was sent before."""
    body = text(topic) + packet_id.to_bytes(2, "big") + (b"\0" if version == "5" else b"") + payload
    return (b"\x3a" if again else b"\x32") + remaining_length(len(body)) + body


def subscribe(packet_id: int, filters: Sequence[tuple[str, int]], version: str) -> bytes:
    """SUBSCRIBE to (topic filter, QoS) pairs."""
    body = packet_id.to_bytes(2, "big") + (b"\0" if version == "5" else b"")
    body += b"".join(text(name) + bytes([qos]) for name, qos in filters)
    return b"\x82" + remaining_length(len(body)) + body


def unsubscribe(packet_id: int, filters: Sequence[str], version: str) -> bytes:
    """UNSUBSCRIBE from topic filters."""
    body = packet_id.to_bytes(2, "big") + (b"\0" if version == "5" else b"")
    body += b"".join(text(name) for name in filters)
    return b"\xa2" + remaining_length(len(body)) + body


def disconnect(version: str, code: int = 0) -> bytes:
    """DISCONNECT; the reason code goes out with version 5 only."""
    return b"\xe0\x01" + bytes([code]) if version == "5" and code else b"\xe0\x00"


def read_connect_answer(body: bytes, version: str) -> ConnectAnswer:
    """Read a CONNACK's body. Raises MalformedPacket."""
    if len(body) < 2 or body[0] > 1:
        raise MalformedPacket("CONNACK is cut short or has unknown flags")
    present, code = bool(body[0]), body[1]
    # A broker that speaks 3.1.1 only refuses version 5 with a CONNACK that has no properties.
    if version != "5" or (code and len(body) == 2):
        if len(body) != 2:
            raise MalformedPacket("CONNACK of MQTT 3.1.1 has 2 bytes")
        return ConnectAnswer(present, code)
    found, end = read_properties(body, 2)
    if end != len(body):
        raise MalformedPacket("CONNACK goes on after its properties")
    keepalive_s, client_id = found.get("server_keep_alive"), found.get("assigned_client_identifier")
    highest_qos = found.get("maximum_qos", 2)
    return ConnectAnswer(
        present,
        code,
        str(found.get("reason_string", "")),
        keepalive_s if isinstance(keepalive_s, int) else None,
        client_id if isinstance(client_id, str) else None,
        highest_qos if isinstance(highest_qos, int) else 2,
    )


def read_subscribe_answer(body: bytes, version: str) -> tuple[int, bytes]:
    """(packet identifier, one code per filter) of a SUBACK or UNSUBACK. Raises MalformedPacket."""
    if len(body) < 2:
        raise MalformedPacket("SUBACK is cut short")
    end = read_properties(body, 2)[1] if version == "5" else 2
    return int.from_bytes(body[:2], "big"), body[end:]


def read_packet_id(body: bytes) -> bytes:
    """The packet identifier of a PUBACK or PUBREL, as its 2 bytes. Raises MalformedPacket."""
    if len(body) < 2 or body[:2] == b"\0\0":
        raise MalformedPacket("PUBACK or PUBREL has no packet identifier")
    return body[:2]


def read_disconnect(body: bytes) -> tuple[int, str]:
    """(reason code, the server's own words or "") of a DISCONNECT. Raises MalformedPacket."""
    if not body:
        return 0, ""
    found = read_properties(body, 1)[0] if len(body) > 1 else {}
    return body[0], str(found.get("reason_string", ""))

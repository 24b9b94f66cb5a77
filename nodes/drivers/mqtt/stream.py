"""Cuts the broker's byte stream into packets, however it was split or glued on the way."""

import msgspec

from nodes.drivers.mqtt.ack_window import AckWindow
from nodes.drivers.mqtt.packets import CONNACK, DISCONNECT, PINGRESP, PUBACK, PUBREL, SUBACK, UNSUBACK, Control
from nodes.drivers.mqtt.properties import MalformedPacket, read_properties, read_variable
from nodes.drivers.mqtt.publish import Publish

TOPIC_ALIAS_MAXIMUM = 100
_MOST_CACHED_TOPICS = 20_000
_LONGEST_CACHED_TOPIC = 256
_TOPIC_ALIAS = b"\x23"
_KEPT_OF_OVERSIZE = 192 * 1024  # enough for the longest topic and 64 KiB of properties
_OVERSIZE_HEAD = 1024
# Packets a server may send besides PUBLISH, with the flags they must have (MQTT 3.1.1, table 2.2).
_CONTROL_FLAGS = {CONNACK: 0, PUBACK: 0, PUBREL: 2, SUBACK: 0, UNSUBACK: 0, PINGRESP: 0, DISCONNECT: 0}


class Oversize(msgspec.Struct, frozen=True):
    """A message over the size limit: what is known of it besides its payload, of which only the head was kept."""

    topic: str
    size_bytes: int
    head: bytes
    token: int


class TopicNames:
    """Topics as text, each decoded once; bounded, so that a stranger's topics can't fill the memory."""

    def __init__(self) -> None:
        self.known: dict[bytes, str] = {}

    def decode(self, raw: bytes) -> str:
        """The topic, remembered. Raises MalformedPacket on a topic that may not be published to."""
        try:
            topic = raw.decode()
        except UnicodeDecodeError as error:
            raise MalformedPacket("a topic is not UTF-8") from error
        if not topic or "\0" in topic or "+" in topic or "#" in topic:
            raise MalformedPacket("a topic is empty, or has a wildcard or a NUL character in it")
        if len(raw) <= _LONGEST_CACHED_TOPIC:
            if len(self.known) >= _MOST_CACHED_TOPICS:
                self.known.clear()
            self.known[raw] = topic
        return topic


class PacketStream:
    """The packets of one connection. `feed` may be given the stream in any pieces.

    A PUBLISH of more than `max_packet_bytes` is not gathered: its bytes are passed over as they come. A packet that is
    split over many pieces is put together once, when its last byte is there.
    """

    def __init__(self, version: str, window: AckWindow, topics: TopicNames, max_packet_bytes: int) -> None:
        self._has_properties = version == "5"
        self._window = window
        self._topics = topics
        self._max_packet_bytes = max_packet_bytes
        self._tail = bytearray()
        self._needed = 0
        self.repeated = False  # a QoS 2 message came again, and was left out; whoever reads this sets it back
        self._aliases: dict[int, str] = {}
        self._oversize_flags = 0
        self._oversize_bytes = 0
        self._oversize_left = 0
        self._oversize_kept = bytearray()

    def feed(self, data: bytes, publishes: list[Publish], controls: list[Control], oversizes: list[Oversize]) -> None:
        """Append what `data` completes to the three lists. Raises MalformedPacket; the stream is then unusable, and the
        lists hold what came before the bad packet."""
        if self._tail:
            if len(self._tail) + len(data) < self._needed:
                self._tail += data
                return
            data = b"".join((self._tail, data))
            self._tail.clear()
        position = self._pass_over(data, 0, oversizes) if self._oversize_left else 0
        size = len(data)
        limit = self._max_packet_bytes
        has_properties = self._has_properties
        window = self._window
        known_topics = self._topics.known
        while size - position >= 2:
            first = data[position]
            length = data[position + 1]
            start = position + 2
            if length > 127:
                if size - position < 5 and min(data[position + 1 :]) > 127:
                    break  # the length goes on in the next piece
                length, start = read_variable(data, position + 1)
            end = start + length
            if first & 0xF0 != 0x30:
                self._check_control(first, length)
                if end > size:
                    break
                controls.append(Control(first >> 4, first & 15, data[start:end]))
                position = end
                continue
            if length > limit:
                self._oversize_flags, self._oversize_bytes, self._oversize_left = first & 15, length, length
                position = self._pass_over(data, start, oversizes)
                continue
            if end > size:
                break
            if length < 2:
                raise MalformedPacket("PUBLISH has no topic")
            body = start + 2 + (data[start] << 8 | data[start + 1])
            qos = first >> 1 & 3
            raw_topic = data[start + 2 : body]
            if qos:
                packet_id = data[body : body + 2]
                body += 2
            properties = b""
            if body > end:
                raise MalformedPacket("PUBLISH is shorter than its topic and packet identifier")
            topic = known_topics.get(raw_topic)
            if has_properties:
                properties_at = body
                if body >= end:
                    raise MalformedPacket("PUBLISH has no properties")
                if data[body] == 0:
                    body += 1
                else:
                    properties_bytes, body = read_variable(data, body)
                    body += properties_bytes
                    if body > end:
                        raise MalformedPacket("properties are longer than their packet")
                    properties = data[properties_at:body]
                    if _TOPIC_ALIAS in properties:
                        topic = self._topic_by_alias(raw_topic, properties)
            if topic is None:
                topic = self._topics.decode(raw_topic)
            if qos == 0:
                token: int | None = 0
            elif packet_id == b"\0\0":
                raise MalformedPacket("PUBLISH has packet identifier 0")
            elif qos == 1:
                token = window.add_at_least_once(packet_id)
            elif qos == 2:
                token = window.add_exactly_once(packet_id)
            else:
                raise MalformedPacket("PUBLISH has QoS 3")
            if token is None:
                self.repeated = True
            else:
                publishes.append(Publish(topic, data[body:end], qos, first & 1 == 1, token, properties))
            position = end
        self._keep_tail(data, position)

    def _keep_tail(self, data: bytes, position: int) -> None:
        if position >= len(data):
            return
        self._tail += data[position:] if position else data
        try:
            length, start = read_variable(self._tail, 1)
        except MalformedPacket:  # the length itself is cut short: look again at the next byte
            self._needed = len(self._tail) + 1
        else:
            self._needed = start + length

    def _check_control(self, first: int, length: int) -> None:
        if _CONTROL_FLAGS.get(first >> 4) != first & 15:
            raise MalformedPacket(f"a server does not send packets that begin with 0x{first:02x}")
        if length > self._max_packet_bytes:
            raise MalformedPacket(f"packet type {first >> 4} announces {length} bytes")

    def _topic_by_alias(self, raw_topic: bytes, properties: bytes) -> str | None:
        alias = read_properties(properties, 0)[0].get("topic_alias")
        if not isinstance(alias, int):
            return None
        if raw_topic:
            self._aliases[alias] = self._topics.decode(raw_topic)
        if not 1 <= alias <= TOPIC_ALIAS_MAXIMUM or alias not in self._aliases:
            raise MalformedPacket(f"topic alias {alias} was not announced")
        return self._aliases[alias]

    def _pass_over(self, data: bytes, start: int, oversizes: list[Oversize]) -> int:
        """Take the bytes of an oversized PUBLISH from `start`; returns where the next packet begins in `data`."""
        end = min(len(data), start + self._oversize_left)
        room = _KEPT_OF_OVERSIZE - len(self._oversize_kept)
        if room > 0:
            self._oversize_kept += data[start : min(end, start + room)]
        self._oversize_left -= end - start
        if not self._oversize_left:
            kept = bytes(self._oversize_kept)
            self._oversize_kept.clear()
            found = self._read_oversize(kept)
            if found:
                oversizes.append(found)
        return end

    def _read_oversize(self, kept: bytes) -> Oversize | None:
        """What the kept bytes say; None for a QoS 2 message that was reported before."""
        qos = self._oversize_flags >> 1 & 3
        if len(kept) < 2:
            raise MalformedPacket("PUBLISH has no topic")
        body = 2 + (kept[0] << 8 | kept[1])
        raw_topic = kept[2:body]
        packet_id = kept[body : body + 2]
        body += 2 if qos else 0
        if body > len(kept) or qos == 3 or (qos and packet_id == b"\0\0"):
            raise MalformedPacket("PUBLISH is shorter than its topic, or has a wrong QoS or packet identifier")
        topic: str | None = None
        if self._has_properties:
            properties_bytes, properties_end = read_variable(kept, body)
            properties_end += properties_bytes
            if properties_end > self._oversize_bytes:
                raise MalformedPacket("properties are longer than their packet")
            properties = kept[body:properties_end]
            body = properties_end  # beyond what was kept when the properties are huge: the head is then empty
            if properties_end <= len(kept) and _TOPIC_ALIAS in properties:
                topic = self._topic_by_alias(raw_topic, properties)
        if topic is None:
            topic = self._topics.decode(raw_topic)
        token: int | None = 0
        if qos:
            window = self._window
            token = window.add_at_least_once(packet_id) if qos == 1 else window.add_exactly_once(packet_id)
        if token is None:
            self.repeated = True
            return None
        return Oversize(topic, self._oversize_bytes - body, kept[body : body + _OVERSIZE_HEAD], token)

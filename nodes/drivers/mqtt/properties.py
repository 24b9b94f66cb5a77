"""The properties of MQTT 5 packets: reading them, or just getting past them."""

from collections.abc import Mapping

PropertyValue = int | str | bytes | list[tuple[str, str]] | list[int]

# MQTT 5, table 2-4: identifier → (name, type). Types: 1, 2, 4: a number of so many bytes; v: variable byte integer;
# s: text; b: bytes; p: a pair of texts, which may come again.
_PROPERTIES: Mapping[int, tuple[str, str]] = {
    0x01: ("payload_format_indicator", "1"),
    0x02: ("message_expiry_interval", "4"),
    0x03: ("content_type", "s"),
    0x08: ("response_topic", "s"),
    0x09: ("correlation_data", "b"),
    0x0B: ("subscription_identifier", "v"),
    0x11: ("session_expiry_interval", "4"),
    0x12: ("assigned_client_identifier", "s"),
    0x13: ("server_keep_alive", "2"),
    0x15: ("authentication_method", "s"),
    0x16: ("authentication_data", "b"),
    0x17: ("request_problem_information", "1"),
    0x18: ("will_delay_interval", "4"),
    0x19: ("request_response_information", "1"),
    0x1A: ("response_information", "s"),
    0x1C: ("server_reference", "s"),
    0x1F: ("reason_string", "s"),
    0x21: ("receive_maximum", "2"),
    0x22: ("topic_alias_maximum", "2"),
    0x23: ("topic_alias", "2"),
    0x24: ("maximum_qos", "1"),
    0x25: ("retain_available", "1"),
    0x26: ("user_property", "p"),
    0x27: ("maximum_packet_size", "4"),
    0x28: ("wildcard_subscription_available", "1"),
    0x29: ("subscription_identifier_available", "1"),
    0x2A: ("shared_subscription_available", "1"),
}
_WIDTHS: Mapping[str, int] = {"1": 1, "2": 2, "4": 4}


class MalformedPacket(ValueError):
    """The peer sent bytes that are not MQTT, or not allowed at this place. The connection cannot go on."""


def encode_properties(values: Mapping[str, int]) -> bytes:
    """Numeric properties by name, with their length before them. Raises KeyError on an unknown name."""
    identifiers = {name: (identifier, kind) for identifier, (name, kind) in _PROPERTIES.items()}
    body = bytearray()
    for name, value in values.items():
        identifier, kind = identifiers[name]
        body.append(identifier)
        body += value.to_bytes(_WIDTHS[kind], "big")
    if len(body) > 127:
        raise ValueError("too many properties for a one-byte length")
    return bytes([len(body)]) + body


def read_properties(data: bytes, start: int) -> tuple[dict[str, PropertyValue], int]:
    """The properties at `start` (where their length stands), and where they end.

    `user_property` is a list of pairs and `subscription_identifier` a list of numbers, in the order sent; any other
    property that comes twice, an unknown one, or one that is cut short raises MalformedPacket.
    """
    length, position = read_variable(data, start)
    end = position + length
    if end > len(data):
        raise MalformedPacket("properties are longer than their packet")
    found: dict[str, PropertyValue] = {}
    pairs: list[tuple[str, str]] = []
    subscriptions: list[int] = []
    while position < end:
        entry = _PROPERTIES.get(data[position])
        if entry is None:
            raise MalformedPacket(f"unknown property 0x{data[position]:02x}")
        name, kind = entry
        value: PropertyValue
        if kind in _WIDTHS:
            stop = position + 1 + _WIDTHS[kind]
            value = int.from_bytes(data[position + 1 : stop], "big")
        elif kind == "v":
            number, stop = read_variable(data, position + 1)
            subscriptions.append(number)
            value = subscriptions
        elif kind == "p":
            key, middle = _read_text(data, position + 1)
            word, stop = _read_text(data, middle)
            pairs.append((key, word))
            value = pairs
        elif kind == "s":
            value, stop = _read_text(data, position + 1)
        else:
            value, stop = _read_bytes(data, position + 1)
        if stop > end:
            raise MalformedPacket(f"property {name} is cut short")
        if name in found and kind not in "pv":
            raise MalformedPacket(f"property {name} comes twice")
        found[name] = value
        position = stop
    return found, end


def read_variable(data: bytes | bytearray, start: int) -> tuple[int, int]:
    """A variable byte integer and where it ends. Raises MalformedPacket when cut short or over four bytes."""
    value = 0
    for index in range(4):
        if start + index >= len(data):
            raise MalformedPacket("a length is cut short")
        byte = data[start + index]
        value |= (byte & 127) << (7 * index)
        if byte < 128:
            return value, start + index + 1
    raise MalformedPacket("a length has more than four bytes")


def _read_bytes(data: bytes, start: int) -> tuple[bytes, int]:
    stop = start + 2 + int.from_bytes(data[start : start + 2], "big")
    if start + 2 > len(data) or stop > len(data):
        raise MalformedPacket("a string is longer than its packet")
    return data[start + 2 : stop], stop


def _read_text(data: bytes, start: int) -> tuple[str, int]:
    raw, stop = _read_bytes(data, start)
    try:
        return raw.decode(), stop
    except UnicodeDecodeError as error:
        raise MalformedPacket("a string is not UTF-8") from error

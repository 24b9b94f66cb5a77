"""MQTT reason codes in words, with what to do about them."""

from engine.api import Text

# MQTT 3.1.1, table 3.1: the return codes of CONNACK.
_CONNECT_3 = {
    1: Text("mqtt.no-version-3"),
    2: Text("mqtt.client-id"),
    3: Text("mqtt.unavailable"),
    4: Text("mqtt.credentials"),
    5: Text("mqtt.may-not-connect"),
}

# MQTT 5, table 2-6, those that a server sends to a subscriber.
_REASONS_5 = {
    0x00: Text("mqtt.normal"),
    0x04: Text("mqtt.with-will"),
    0x11: Text("mqtt.no-subscription"),
    0x80: Text("mqtt.unspecified"),
    0x81: Text("mqtt.malformed"),
    0x82: Text("mqtt.protocol"),
    0x83: Text("mqtt.silent"),
    0x84: Text("mqtt.no-version-5"),
    0x85: Text("mqtt.client-id"),
    0x86: Text("mqtt.credentials"),
    0x87: Text("mqtt.not-authorised"),
    0x88: Text("mqtt.unavailable"),
    0x89: Text("mqtt.busy"),
    0x8A: Text("mqtt.banned"),
    0x8B: Text("mqtt.shutting-down"),
    0x8C: Text("mqtt.sign-in"),
    0x8D: Text("mqtt.keep-alive-over"),
    0x8E: Text("mqtt.taken-over"),
    0x8F: Text("mqtt.filter-invalid"),
    0x90: Text("mqtt.topic-invalid"),
    0x91: Text("mqtt.id-in-use"),
    0x92: Text("mqtt.id-unknown"),
    0x93: Text("mqtt.receive-maximum"),
    0x94: Text("mqtt.alias"),
    0x95: Text("mqtt.too-large"),
    0x96: Text("mqtt.too-fast"),
    0x97: Text("mqtt.quota"),
    0x98: Text("mqtt.administrator"),
    0x99: Text("mqtt.format"),
    0x9A: Text("mqtt.no-retain"),
    0x9B: Text("mqtt.no-qos"),
    0x9C: Text("mqtt.another-server"),
    0x9D: Text("mqtt.moved"),
    0x9E: Text("mqtt.no-sharing"),
    0x9F: Text("mqtt.rate"),
    0xA0: Text("mqtt.time-over"),
    0xA1: Text("mqtt.no-identifiers"),
    0xA2: Text("mqtt.no-wildcards"),
}


def connect_reason(code: int, version: str) -> Text:
    """Why a CONNACK with this code was refused, and the remedy."""
    words = (_REASONS_5 if version == "5" else _CONNECT_3).get(code)
    # Brokers that only speak 3.1.1 answer a version 5 CONNECT in their own tongue: return code 1.
    if version == "5" and code == 1:
        words = _REASONS_5[0x84]
    return words or _unknown(code)


def reason(code: int) -> Text:
    """An MQTT 5 reason code in words."""
    return _REASONS_5.get(code) or _unknown(code)


def subscribe_reason(code: int, version: str) -> Text:
    """Why a subscription was refused. 3.1.1 knows only the code 0x80, which says nothing more."""
    if version == "5":
        return reason(code)
    return Text("mqtt.no-reason")


def _unknown(code: int) -> Text:
    return Text("mqtt.code", code=f"0x{code:02x}")

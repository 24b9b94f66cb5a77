"""MQTT reason codes in words, with what to do about them."""

# MQTT 3.1.1, table 3.1: the return codes of CONNACK.
_CONNECT_3 = {
    1: "the broker does not speak MQTT 3.1.1; set the version to 5",
    2: "the broker does not accept the client id; choose another, or a shorter one",
    3: "the broker is not available just now",
    4: "wrong user or password; check both in the broker's address",
    5: "this user may not connect; check user, password and the broker's access rules",
}

# MQTT 5, table 2-6, those that a server sends to a subscriber.
_REASONS_5 = {
    0x00: "normal end",
    0x04: "the connection ended with the will",
    0x11: "there was no such subscription",
    0x80: "unspecified error",
    0x81: "the broker could not read our packet (malformed)",
    0x82: "protocol error",
    0x83: "the broker gives no reason; see its log",
    0x84: "the broker does not speak MQTT 5; set the version to 3.1.1",
    0x85: "the broker does not accept the client id; choose another, or a shorter one",
    0x86: "wrong user or password; check both in the broker's address",
    0x87: "not authorised; check the user and the broker's access rules",
    0x88: "the broker is not available just now",
    0x89: "the broker is busy",
    0x8A: "this client is banned; ask who runs the broker",
    0x8B: "the broker is shutting down",
    0x8C: "the broker wants another way of signing in, which is not supported",
    0x8D: "the broker heard nothing within the keep-alive time",
    0x8E: "another client connected with the same client id; give each its own",
    0x8F: "the broker finds the topic filter invalid",
    0x90: "the broker finds the topic name invalid",
    0x91: "the packet identifier is in use",
    0x92: "the packet identifier is not known",
    0x93: "more messages were under way than the receive maximum allows",
    0x94: "the topic alias is invalid",
    0x95: "the packet is too large for the broker",
    0x96: "messages come too fast for the broker",
    0x97: "a quota of the broker is used up; ask who runs it",
    0x98: "an administrator ended the connection",
    0x99: "the payload does not match its announced format",
    0x9A: "the broker keeps no retained messages",
    0x9B: "the broker does not offer this QoS; ask for a lower one",
    0x9C: "use another server",
    0x9D: "the server has moved",
    0x9E: "the broker does not offer shared subscriptions; leave $share/… out of the filter",
    0x9F: "the broker limits the rate of connections",
    0xA0: "the longest connection time is over",
    0xA1: "the broker does not offer subscription identifiers",
    0xA2: "the broker does not offer wildcards; name the topics one by one",
}


def connect_reason(code: int, version: str) -> str:
    """Why a CONNACK with this code was refused, and the remedy."""
    words = (_REASONS_5 if version == "5" else _CONNECT_3).get(code)
    # Brokers that only speak 3.1.1 answer a version 5 CONNECT in their own tongue: return code 1.
    if version == "5" and code == 1:
        words = _REASONS_5[0x84]
    return words or f"reason code 0x{code:02x}"


def reason(code: int) -> str:
    """An MQTT 5 reason code in words."""
    return _REASONS_5.get(code, f"reason code 0x{code:02x}")


def subscribe_reason(code: int, version: str) -> str:
    """Why a subscription was refused. 3.1.1 knows only the code 0x80, which says nothing more."""
    if version == "5":
        return reason(code)
    return "the broker gives no reason; check its access rules and the filter"

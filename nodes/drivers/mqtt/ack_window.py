"""Which messages of a connection are still unacknowledged, and in which order their acknowledgements leave.

PUBACKs have to leave in the order in which their messages came (MQTT 3.1.1 and 5, 4.6, [MQTT-4.6.0-2]; the same for
PUBREC, [MQTT-4.6.0-3]), so an acknowledgement waits for those of earlier messages.
But not for ever: one message that hangs would fill the broker's window and stop all others. When a message has held
others back for `hold_s` it is stepped over, and its own acknowledgement leaves whenever it comes.
"""

from collections.abc import Collection

from nodes.drivers.mqtt.packets import PUBACK_PREFIX, PUBREC_PREFIX

_ACKNOWLEDGED = 0


class AckWindow:
    """The unacknowledged messages of the present connection; tokens of former ones are ignored.

    QoS 2 is the exception: while the broker keeps the session, a message that was handed out stays handed out over
    connections, and its old token still counts.
    """

    def __init__(self) -> None:
        self.answers: list[bytes] = []  # for tokens first_token, first_token + 1, …: the packet that acknowledges it
        self.first_token = 1
        self._done: set[int] = set()  # acknowledged, but held back by an earlier one
        self._late: dict[int, bytes] = {}  # stepped over: the answers of tokens before first_token
        self._exactly_once: dict[bytes, int] = {}  # QoS 2 packet identifier → token, or _ACKNOWLEDGED
        self._identifiers: dict[int, bytes] = {}  # and back
        self._renamed: dict[int, int] = {}  # QoS 2: token of a former connection → its token in this one

    @property
    def unacknowledged(self) -> int:
        """How many messages were received but not acknowledged by the caller."""
        return len(self.answers) - len(self._done) + len(self._late)

    @property
    def holding_back(self) -> bool:
        """Whether acknowledgements wait for an earlier message's."""
        return bool(self._done)

    @property
    def next_token(self) -> int:
        """The token of the next message; all that were ever given out are less."""
        return self.first_token + len(self.answers)

    def start_connection(self) -> None:
        """Forget the former connection's messages: the broker delivers them again, with new tokens."""
        self.first_token += len(self.answers)
        self.answers.clear()
        self._done.clear()
        self._late.clear()
        self._renamed.clear()

    def forget_session(self) -> None:
        """The broker has no session for us any longer: what was handed out at QoS 2 is not known to it."""
        self._exactly_once.clear()
        self._identifiers.clear()

    def add_at_least_once(self, packet_id: bytes) -> int:
        """The token of a QoS 1 message."""
        self.answers.append(PUBACK_PREFIX + packet_id)
        return self.next_token - 1

    def add_exactly_once(self, packet_id: bytes) -> int | None:
        """The token of a QoS 2 message, or None when it was handed out before and must not be again."""
        self.answers.append(PUBREC_PREFIX + packet_id)
        token = self.next_token - 1
        known = self._exactly_once.get(packet_id)
        if known is None:
            self._exactly_once[packet_id] = token
            self._identifiers[token] = packet_id
            return token
        if known == _ACKNOWLEDGED:
            self._done.add(token)
        else:
            self._renamed[known] = token
        return None

    def release_exactly_once(self, packet_id: bytes) -> None:
        """The broker has sent PUBREL: the packet identifier may come again with another message."""
        token = self._exactly_once.pop(packet_id, None)
        if token:
            self._identifiers.pop(token, None)

    def acknowledge(self, tokens: Collection[int]) -> bytes:
        """Take the caller's acknowledgements, all less than `next_token`; returns the packets that may leave now."""
        done = self._done
        done.update(tokens)
        if self._identifiers:
            self._acknowledge_exactly_once(done)
        # Everything before first_token is late, of a former connection, or the 0 of QoS 0.
        late = self._take_late(done) if tokens and min(tokens) < self.first_token else b""
        return late + self._in_order()

    def step_over(self) -> bytes:
        """Hold nothing back any longer: the packets of all that is acknowledged."""
        if not self._done:
            return b""
        beyond = max(self._done) + 1
        out = []
        for token in range(self.first_token, beyond):
            answer = self.answers[token - self.first_token]
            if token in self._done:
                out.append(answer)
            else:
                self._late[token] = answer
        del self.answers[: beyond - self.first_token]
        self.first_token = beyond
        self._done.clear()
        return b"".join(out)

    def _in_order(self) -> bytes:
        first, done = self.first_token, self._done
        token, beyond = first, self.next_token
        while token < beyond and token in done:
            token += 1
        if token == first:
            return b""
        out = b"".join(self.answers[: token - first])
        del self.answers[: token - first]
        self.first_token = token
        if len(done) == token - first:
            done.clear()
        else:
            done.difference_update(range(first, token))
        return out

    def _take_late(self, done: set[int]) -> bytes:
        out = []
        for token in sorted(token for token in done if token < self.first_token):
            done.discard(token)
            out.append(self._late.pop(token, b""))
        return b"".join(out)

    def _acknowledge_exactly_once(self, done: set[int]) -> None:
        for token in [token for token in done if token in self._identifiers]:
            self._exactly_once[self._identifiers.pop(token)] = _ACKNOWLEDGED
            renamed = self._renamed.pop(token, None)
            if renamed is not None:
                done.discard(token)
                done.add(renamed)

"""Where one message ends and the next begins in a stream of bytes."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from engine.api import Readable, Text, choices

__all__ = ["BadFrame", "Framing", "FramingKind", "framed", "make_framing"]

FramingKind = Annotated[
    Literal["line", "length", "idle"],
    choices(line=("By delimiter", "按分隔符"), length=("By length", "按长度"), idle=("By a pause", "按停顿")),
]


class BadFrame(Exception):
    """The stream can't be followed any further; `head` is the beginning of what could not be taken, `before` what was whole before it."""

    def __init__(self, reason: Readable, head: bytes, before: list[bytes]) -> None:
        super().__init__(reason)
        self.head = head
        self.before = before


class Framing(Protocol):
    """Takes the stream in pieces of any size."""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now. BadFrame when one is larger than allowed; nothing is left over then."""

    def idle(self) -> list[bytes]:
        """Nothing has come for a while: what that completes."""

    def rest(self) -> bytes:
        """What has come of a message that is not complete."""


def make_framing(kind: FramingKind, delimiter: bytes, length_bytes: int, largest_bytes: int) -> Framing:
    """`line`: up to the delimiter. `length`: a big-endian number of `length_bytes` bytes goes before each. `idle`: until nothing more comes."""
    if kind == "line":
        return _Line(delimiter, largest_bytes)
    return _Length(length_bytes, largest_bytes) if kind == "length" else _Idle(largest_bytes)


def framed(kind: Literal["line", "length", "none"], message: bytes, delimiter: bytes, length_bytes: int) -> bytes:
    """The message as it goes on the wire. OverflowError when its length does not fit into `length_bytes`."""
    if kind == "line":
        return message + delimiter
    return len(message).to_bytes(length_bytes, "big") + message if kind == "length" else message


class _Line:
    def __init__(self, delimiter: bytes, largest_bytes: int) -> None:
        self._delimiter = delimiter
        self._largest = largest_bytes
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *messages, self._rest = (self._rest + data).split(self._delimiter)
        if self._delimiter == b"\n":
            messages = [message.removesuffix(b"\r") for message in messages]
        for index, message in enumerate((*messages, self._rest)):
            if len(message) > self._largest:
                self._rest = b""
                raise BadFrame(Text("tcp.large", limit=self._largest), message, messages[:index])
        return messages

    def idle(self) -> list[bytes]:
        return []

    def rest(self) -> bytes:
        return self._rest


class _Length:
    def __init__(self, length_bytes: int, largest_bytes: int) -> None:
        self._length = length_bytes
        self._largest = largest_bytes
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        rest = self._rest + data
        messages: list[bytes] = []
        at = 0
        while len(rest) - at >= self._length:
            size = int.from_bytes(rest[at : at + self._length], "big")
            if size > self._largest:
                self._rest = b""
                raise BadFrame(Text("tcp.large-length", size=size, limit=self._largest), rest[at:], messages)
            begin = at + self._length
            if len(rest) < begin + size:
                break
            messages.append(rest[begin : begin + size])
            at = begin + size
        self._rest = rest[at:]
        return messages

    def idle(self) -> list[bytes]:
        return []

    def rest(self) -> bytes:
        return self._rest


class _Idle:
    def __init__(self, largest_bytes: int) -> None:
        self._largest = largest_bytes
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        self._rest += data
        if len(self._rest) > self._largest:
            head, self._rest = self._rest, b""
            raise BadFrame(Text("tcp.no-pause", limit=self._largest), head, [])
        return []

    def idle(self) -> list[bytes]:
        done, self._rest = self._rest, b""
        return [done] if done else []

    def rest(self) -> bytes:
        return b""

"""Whatever pieces a stream comes in, the same messages come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.drivers.tcp_framing import BadFrame, FramingKind, framed, make_framing

MESSAGES = st.lists(st.binary(max_size=20).filter(lambda data: b"\n" not in data and not data.endswith(b"\r")))


@pytest.mark.parametrize("kind", ["line", "length"])
@given(messages=MESSAGES, size=st.integers(1, 7))
def test_cut_anywhere_the_messages_are_the_same(kind: FramingKind, messages: list[bytes], size: int) -> None:
    stream = b"".join(framed(kind, message, b"\n", 2) for message in messages)  # type: ignore[arg-type]
    framing = make_framing(kind, b"\n", 2, 100)
    got = [one for at in range(0, len(stream), size) for one in framing.feed(stream[at : at + size])]
    assert got == messages
    assert framing.rest() == b""


@pytest.mark.parametrize("kind", ["line", "length", "idle"])
@given(pieces=st.lists(st.binary(max_size=50), max_size=10))
def test_hostile_stream_ends_in_messages_or_one_bad_frame(kind: FramingKind, pieces: list[bytes]) -> None:
    """What is kept never grows beyond the largest message and one piece."""
    framing = make_framing(kind, b"\n", 1, 30)
    ended = False
    for piece in pieces:
        try:
            messages = framing.feed(piece)
        except BadFrame as bad:
            messages, ended = bad.before, True
        assert all(len(message) <= 30 for message in messages)
        assert len(framing.rest()) <= (0 if ended else 31)
        if ended:
            break

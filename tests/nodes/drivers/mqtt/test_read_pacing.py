"""When reads are gathered."""

from nodes.drivers.mqtt.read_pacing import ReadPacing


def feed(pacing: ReadPacing, start_s: float, per_s: int, duration_s: float) -> float:
    """A read every millisecond for so long, at a rate; returns the last pause."""
    steps = round(duration_s * 1000)
    return [pacing.pause_s(start_s + step / 1000, per_s // 1000) for step in range(1, steps + 1)][-1]


def test_low_rate_never_pauses():
    assert feed(ReadPacing(), 0, 1000, 2) == 0


def test_high_rate_pauses():
    assert feed(ReadPacing(), 0, 20_000, 0.2) == 0.002


def test_pauses_end_when_the_rate_falls():
    pacing = ReadPacing()
    feed(pacing, 0, 20_000, 0.2)
    assert feed(pacing, 0.2, 1000, 0.3) == 0


def test_first_message_after_silence_does_not_pause():
    pacing = ReadPacing()
    feed(pacing, 0, 20_000, 0.2)
    assert pacing.pause_s(60.0, 1) == 0


def test_large_read_is_followed_by_the_next_at_once():
    pacing = ReadPacing()
    feed(pacing, 0, 20_000, 0.2)
    assert pacing.pause_s(0.201, 1000) == 0


def test_pauses_that_slow_the_messages_down_are_given_up():
    pacing = ReadPacing()
    feed(pacing, 0, 14_000, 0.11)
    feed(pacing, 0.11, 6_000, 0.051)
    assert feed(pacing, 0.161, 14_000, 1) == 0


def test_fall_that_is_not_the_pauses_fault_keeps_them():
    pacing = ReadPacing()
    feed(pacing, 0, 40_000, 0.11)
    assert feed(pacing, 0.11, 10_000, 0.3) == 0.002

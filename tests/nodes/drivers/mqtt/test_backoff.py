"""When reads are gathered, and how long to wait before the next attempt."""

from nodes.drivers.mqtt.backoff import Backoff, ReadPacing


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


def test_backoff_doubles_from_a_tenth_to_thirty_seconds_with_chance():
    backoff = Backoff()
    waits = [backoff.next_s() for _ in range(12)]
    bounds = [min(30.0, 0.1 * 2**n) for n in range(12)]
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))


def test_backoff_begins_anew_after_success():
    backoff = Backoff()
    for _ in range(8):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= 0.1

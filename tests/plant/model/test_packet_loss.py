"""Packet loss from sequence numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plant.model.packet_loss import PacketCount
from plant.model.reading import Flag

TEN_S = 10.0


def counted(*packets: tuple[int, float]) -> tuple[PacketCount, list[int]]:
    """The count after these (seq, ts), and the flags of all but the first."""
    (seq, ts), *others = packets
    count = PacketCount(seq, ts)
    return count, [count.count(seq, ts) for seq, ts in others]


def test_numbers_in_order_lose_nothing():
    count, flags = counted(*((seq, seq * TEN_S) for seq in range(100)))
    assert (count.received, count.lost, count.loss_pct, set(flags)) == (100, 0, 0.0, {0})


def test_a_gap_is_lost():
    count, flags = counted((10, 0.0), (14, 40.0))
    assert (count.lost, flags) == (3, [0])
    assert count.loss_pct == 60.0


def test_wrap_at_65536_is_no_loss():
    count, flags = counted((65534, 0.0), (65535, 10.0), (0, 20.0), (1, 30.0))
    assert (count.lost, count.reboots, flags) == (0, 0, [0, 0, 0])


def test_a_gap_over_the_wrap_is_counted():
    count, flags = counted((65530, 0.0), (3, 90.0))
    assert (count.lost, count.reboots, flags) == (8, 0, [0])


def test_the_same_packet_again_is_a_duplicate():
    count, flags = counted((5, 0.0), (6, 10.0), (6, 10.0), (5, 0.0))
    assert (count.duplicates, count.lost, flags) == (2, 0, [0, Flag.DUPLICATE, Flag.DUPLICATE])


def test_a_late_packet_was_not_lost_after_all():
    count, flags = counted((5, 0.0), (7, 20.0), (6, 10.0))
    assert (count.lost, count.late, count.loss_pct, flags) == (0, 1, 0.0, [0, Flag.LATE])


def test_restart_from_zero_is_a_reboot_not_a_loss():
    count, flags = counted((40000, 0.0), (0, 30.0), (1, 40.0))
    assert (count.lost, count.reboots, flags) == (0, 1, [Flag.REBOOT, 0])


def test_restart_soon_after_a_restart_is_a_reboot():
    count, flags = counted((3, 0.0), (0, 60.0))
    assert (count.lost, count.reboots, flags) == (0, 1, [Flag.REBOOT])


def test_a_device_that_was_silent_for_a_day_has_lost_its_packets():
    count, flags = counted((60000, 0.0), (3104, 86400.0))
    assert (count.lost, count.reboots, flags) == (8639, 0, [0])


def test_recent_loss_forgets():
    """Half lost long ago, none in the last few thousand."""
    count, _ = counted(*((seq, seq * TEN_S) for seq in range(0, 1000, 2)))
    assert count.loss_pct > 49
    last, last_ts = count.last, count.last_ts
    for step in range(1, 8000):
        count.count(last + step, last_ts + step * TEN_S)
    assert count.loss_pct < 1
    assert count.lost == 499


@given(st.lists(st.tuples(st.integers(0, 65535), st.floats(0, 2e9)), min_size=1, max_size=60))
def test_any_numbers_give_sane_figures(packets: list[tuple[int, float]]):
    """Nothing negative, shares within 0 and 100 %, memory bounded."""
    count, flags = counted(*packets)
    assert count.received == len(packets)
    assert count.lost >= 0
    assert 0.0 <= count.loss_pct <= 100.0
    assert 0 <= count.seen < 2**64
    assert set(flags) <= {0, Flag.DUPLICATE, Flag.LATE, Flag.REBOOT}

"""The order of acknowledgements, and what a new connection does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.drivers.mqtt.ack_window import AckWindow


def window_of(count: int) -> AckWindow:
    window = AckWindow()
    for number in range(1, count + 1):
        window.add_at_least_once(bytes([0, number]))
    return window


def puback(*identifiers: int) -> bytes:
    return b"".join(b"\x40\x02\x00" + bytes([number]) for number in identifiers)


def test_acknowledgements_in_order_leave_at_once():
    assert window_of(3).acknowledge([1, 2]) == puback(1, 2)


def test_later_acknowledgement_waits_for_the_earlier():
    window = window_of(3)
    assert window.acknowledge([3, 2]) == b""
    assert window.holding_back
    assert window.acknowledge([1]) == puback(1, 2, 3)
    assert not window.holding_back


def test_message_stepped_over_is_acknowledged_whenever_it_comes():
    window = window_of(4)
    window.acknowledge([2, 4])
    assert window.step_over() == puback(2, 4)
    assert window.unacknowledged == 2
    assert window.acknowledge([1]) == puback(1)
    assert window.acknowledge([3, 3, 1]) == puback(3)
    assert window.unacknowledged == 0


def test_acknowledging_twice_sends_once():
    window = window_of(2)
    assert window.acknowledge([1, 1]) + window.acknowledge([1]) == puback(1)


def test_tokens_of_a_former_connection_are_ignored():
    window = window_of(2)
    window.start_connection()
    again = window.add_at_least_once(b"\0\1")
    assert window.acknowledge([1, 2]) == b""
    assert window.acknowledge([again]) == puback(1)


@given(st.permutations(range(1, 21)), st.sets(st.integers(0, 19)))
def test_every_message_is_acknowledged_exactly_once(order: list[int], step_over_after: set[int]):
    window, sent = window_of(20), b""
    for index, token in enumerate(order):
        sent += window.acknowledge([token])
        sent += window.step_over() if index in step_over_after else b""
    assert sorted(sent[3::4]) == list(range(1, 21))
    assert window.unacknowledged == 0


@given(st.permutations(range(1, 21)))
def test_without_stepping_over_the_order_is_that_of_arrival(order: list[int]):
    window = window_of(20)
    assert b"".join(window.acknowledge([token]) for token in order) == puback(*range(1, 21))


def test_exactly_once_message_is_not_handed_out_again_on_the_next_connection():
    window = AckWindow()
    token = window.add_exactly_once(b"\0\5")
    window.start_connection()
    assert window.add_exactly_once(b"\0\5") is None
    assert token is not None
    assert window.acknowledge([token]) == b"\x50\x02\x00\x05"


def test_exactly_once_message_acknowledged_while_away_is_answered_when_it_comes_again():
    window = AckWindow()
    token = window.add_exactly_once(b"\0\5")
    assert token is not None
    window.start_connection()
    assert window.acknowledge([token]) == b""
    assert window.add_exactly_once(b"\0\5") is None
    assert window.acknowledge([]) == b"\x50\x02\x00\x05"


@pytest.mark.parametrize("forget", [AckWindow.forget_session, lambda w: w.release_exactly_once(b"\0\5")])
def test_identifier_is_free_after_pubrel_or_loss_of_the_session(forget):
    window = AckWindow()
    window.add_exactly_once(b"\0\5")
    forget(window)
    assert window.add_exactly_once(b"\0\5") is not None

"""How often a wrong password may be tried, on a clock that the test moves."""

from __future__ import annotations

import pytest

from engine.web.api.login_limit import SignInLimit


class Tries:
    """`at` is the time, s."""

    def __init__(self) -> None:
        self.at = 0.0
        self.limit = SignInLimit(lambda: self.at)

    def __call__(self, times: int, user: str = "li", address: str = "10.0.0.1") -> list[float]:
        return [self.limit.begin(user, address) for _ in range(times)]


def test_of_many_at_once_five_are_tried_and_the_sixth_waits_a_second():
    assert Tries()(8) == [0.0] * 5 + [1.0] * 3


def test_each_further_one_waits_twice_as_long_up_to_a_quarter_of_an_hour():
    tries = Tries()
    tries(5)
    waits = []
    for _ in range(11):
        waits += tries(1)
        tries.at += waits[-1]
        assert tries(1) == [0.0]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]


@pytest.mark.parametrize(("user", "address"), [("li", "10.0.0.2"), ("wang", "10.0.0.1")])
def test_another_address_and_another_user_are_not_held_up(user: str, address: str):
    tries = Tries()
    tries(6)
    assert tries(1, user, address) == [0.0]


def test_success_and_ten_minutes_of_quiet_begin_anew():
    tries = Tries()
    tries(5)
    tries.limit.succeeded("li", "10.0.0.1")
    assert tries(6) == [0.0] * 5 + [1.0]
    tries.at += 601
    assert tries(6)[:5] == [0.0] * 5


def test_many_addresses_that_guess_do_not_keep_the_user_out_for_long():
    """A thousand tries from as many addresses: the user waits at most five seconds at a new device, and not at all at a known one."""
    tries = Tries()
    for number in range(1000):
        tries(1, address=f"10.1.{number // 250}.{number % 250}")
        tries.at += 1.0
    assert tries.limit.begin("li", "10.9.9.9", device="known") == 0.0
    [wait_s] = tries(1, address="10.9.9.9")
    assert wait_s <= 5.0
    tries.at += wait_s
    assert tries(1, address="10.9.9.9") == [0.0]


def test_together_they_have_a_try_in_five_seconds():
    tries = Tries()
    taken = 0
    for second in range(3600):
        taken += tries(1, address=f"10.{second // 60}.{second % 60}.1") == [0.0]
        tries.at += 1.0
    assert taken <= 50 + 3600 / 5 + 5


def test_guesses_on_a_known_device_are_slowed_too():
    tries = Tries()
    assert [tries.limit.begin("li", f"10.0.0.{n}", device="lost") for n in range(7)] == [0.0] * 5 + [1.0] * 2

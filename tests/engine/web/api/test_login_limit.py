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

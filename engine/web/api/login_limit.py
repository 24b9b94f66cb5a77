"""How often a wrong password may be tried: per user and address, per user, per address, and per device that the user has signed in with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import msgspec

__all__ = ["SignInLimit"]

WINDOW_S = 600.0
LONGEST_S = 900.0
REMEMBERED = 20_000
FREE_TRIES = {"pair": 5, "device": 5, "user": 50, "address": 50}
"""A stranger can lock a user out from one address only; the wider limits stop whoever has many addresses, or many names."""
LONGEST_OF = {"user": 5.0}
"""Many addresses that guess one user's password are slowed to a try in five seconds together: the user waits no longer than that at a new device."""


class _Tries(msgspec.Struct):
    count: int = 0
    last_s: float = 0.0


class SignInLimit:
    """Past the free tries every further one has to wait, 1 s at first, twice as long each time, at most 15 minutes.

    An attempt counts from its beginning, so that many at once are no way round; success takes it back. A device that the user has signed
    in with counts by itself: what others try does not keep it out.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._tries: OrderedDict[tuple[str, str, str], _Tries] = OrderedDict()

    def begin(self, user: str, address: str, device: str = "") -> float:
        """0 when this attempt may be made (and it is counted), else the seconds to wait (and it is not)."""
        now = self._monotonic()
        keys = _keys(user, address, device)
        wait_s = max(self._wait_s(key, now) for key in keys)
        if wait_s > 0:
            return wait_s
        for key in keys:
            tries = self._tries.setdefault(key, _Tries())
            tries.count = 1 if now - tries.last_s > WINDOW_S else tries.count + 1
            tries.last_s = now
            self._tries.move_to_end(key)
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return 0.0

    def succeeded(self, user: str, address: str, device: str = "") -> None:
        """The password was right: this user at this address, or on this device, starts anew."""
        pair, *wider = _keys(user, address, device)
        self._tries.pop(pair, None)
        for key in wider:
            if key in self._tries:
                self._tries[key].count = max(0, self._tries[key].count - 1)

    def _wait_s(self, key: tuple[str, str, str], now: float) -> float:
        tries = self._tries.get(key)
        if tries is None or now - tries.last_s > max(WINDOW_S, LONGEST_S):
            return 0.0
        over = tries.count - FREE_TRIES[key[0]]
        if over < 0:
            return 0.0
        return tries.last_s + min(LONGEST_OF.get(key[0], LONGEST_S), 2.0 ** min(over, 20)) - now


def _keys(user: str, address: str, device: str) -> tuple[tuple[str, str, str], ...]:
    user = user.casefold()[:100]
    if device:
        return (("device", user, device),)
    return (("pair", user, address), ("user", user, ""), ("address", "", address))

"""The timers of one node by name, all called off when it stops."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from engine.api import Clock, Timer

__all__ = ["Timers"]


class Timers:
    """At most one timer per key; setting it again replaces it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timers: dict[Hashable, Timer] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._timers

    def at(self, key: Hashable, due: float, call: Callable[[], None]) -> None:
        """Calls once at that monotonic time; at the next turn of the clock when it has passed."""
        self.after(key, due - self._clock.monotonic(), call)

    def after(self, key: Hashable, delay_s: float, call: Callable[[], None]) -> None:
        """Calls once after so many seconds."""
        self.cancel(key)

        def fire() -> None:
            if self._timers.get(key) is timer:
                del self._timers[key]
                call()

        timer = self._clock.call_later(delay_s, fire)
        self._timers[key] = timer

    def cancel(self, key: Hashable) -> None:
        """Calls it off; harmless when there is none."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def cancel_all(self) -> None:
        """Calls all off."""
        for key in list(self._timers):
            self.cancel(key)

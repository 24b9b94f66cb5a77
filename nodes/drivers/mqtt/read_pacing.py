"""When to read: under load less often, so that a read brings more."""

_PERIOD_S = 0.05
_BUSY_PER_S = 4000
_CALM_PER_S = 2000
_PAUSE_S = 0.002
_READ_IS_LARGE = 200
_FALLEN = 0.7
_GIVEN_UP_S = 5.0


class ReadPacing:
    """How long to leave the socket alone after a read, so that under load the next read brings more messages.

    Above 4,000 messages/s it is 2 ms, until they fall below 2,000/s; below that it is always 0, so that at 1,000
    messages/s nothing waits. Where the pauses themselves slow the messages down they are given up for 5 s: that is so
    when the broker has few messages under way at once (`max_inflight_messages`) and waits for our acknowledgements.
    To tell, a rate that falls by 30 % is followed by one period of 50 ms without pauses.
    """

    def __init__(self) -> None:
        self.commit_group = False
        self._messages = 0
        self._since_s = 0.0
        self._ungathered_per_s = 0.0
        self._suspected_per_s: float | None = None  # the fallen rate, while a period without pauses is compared to it
        self._not_before_s = 0.0

    def pause_s(self, now_s: float, messages: int) -> float:
        """The pause after a read that brought so many messages at `now_s`, on any clock that does not go back."""
        self._messages += messages
        elapsed_s = now_s - self._since_s
        if elapsed_s >= _PERIOD_S:
            self._judge(now_s, self._messages / elapsed_s)
            self._messages, self._since_s = 0, now_s
        return _PAUSE_S if self.commit_group and messages < _READ_IS_LARGE else 0.0

    def _judge(self, now_s: float, per_s: float) -> None:
        if self.commit_group:
            if per_s < _CALM_PER_S:
                self.commit_group = False
            elif per_s < self._ungathered_per_s * _FALLEN:
                self.commit_group, self._suspected_per_s = False, per_s
            return
        suspected_per_s, self._suspected_per_s = self._suspected_per_s, None
        if suspected_per_s is not None and suspected_per_s < per_s * _FALLEN:
            self._not_before_s = now_s + _GIVEN_UP_S
        elif per_s > _BUSY_PER_S and now_s >= self._not_before_s:
            self.commit_group, self._ungathered_per_s = True, per_s

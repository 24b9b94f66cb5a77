"""The states of an alarm (ISA-18.2, figure 2) and every step between them, as one table."""

from __future__ import annotations

from typing import Final, Literal, get_args

from msgspec import Struct

__all__ = ["STEPS", "Notify", "State", "Step", "Trigger", "step"]

State = Literal[
    "normal",
    "unacknowledged",
    "acknowledged",
    "returned",
    "latched",
    "latched-acknowledged",
    "shelved",
    "suppressed",
    "out-of-service",
]
"""In ISA-18.2's letters: A, B, C, D (returned to normal, unacknowledged), E, F (latched), G, H (suppressed by design), I."""

Trigger = Literal[
    "raise",
    "clear",
    "clear-latching",
    "continue",
    "repeat",
    "acknowledge",
    "reset",
    "shelve",
    "suppress",
    "remove",
    "end-active",
    "end-normal",
    "retire",
]
"""What happens to an alarm. `end-…` ends shelving, suppression or being out of service, with the condition still there or gone."""

Notify = Literal["no", "yes", "at once", "notice"]
"""Whether people are notified. yes: unless the last notification of this device and type was less than 10 minutes ago; at once: in any
case; notice: when they were notified of the alarm itself; no: it is only recorded."""


class Step(Struct, frozen=True):
    """Where a trigger leads, the event it is recorded as, and whether people are notified."""

    to: State
    event: str
    notify: Notify = "no"


_SILENT: Final = frozenset({"shelved", "suppressed", "out-of-service"})

STEPS: Final[dict[tuple[State, Trigger], Step]] = {
    ("normal", "raise"): Step("unacknowledged", "raised", "yes"),
    ("normal", "shelve"): Step("shelved", "shelved"),
    ("normal", "suppress"): Step("suppressed", "suppressed"),
    ("normal", "remove"): Step("out-of-service", "removed"),
    **{
        (state, "retire"): Step("normal", "retired", "no" if state in _SILENT else "notice")
        for state in get_args(State)
        if state != "normal"
    },
    ("unacknowledged", "continue"): Step("unacknowledged", "continued"),
    ("unacknowledged", "repeat"): Step("unacknowledged", "repeated", "at once"),
    ("unacknowledged", "acknowledge"): Step("acknowledged", "acknowledged"),
    ("unacknowledged", "clear"): Step("returned", "returned", "notice"),
    ("unacknowledged", "clear-latching"): Step("latched", "returned", "notice"),
    ("unacknowledged", "shelve"): Step("shelved", "shelved"),
    ("unacknowledged", "suppress"): Step("suppressed", "suppressed"),
    ("unacknowledged", "remove"): Step("out-of-service", "removed"),
    ("acknowledged", "continue"): Step("acknowledged", "continued"),
    ("acknowledged", "clear"): Step("normal", "returned", "notice"),
    ("acknowledged", "clear-latching"): Step("latched-acknowledged", "returned", "notice"),
    ("acknowledged", "shelve"): Step("shelved", "shelved"),
    ("acknowledged", "suppress"): Step("suppressed", "suppressed"),
    ("acknowledged", "remove"): Step("out-of-service", "removed"),
    ("returned", "raise"): Step("unacknowledged", "raised", "yes"),
    ("returned", "acknowledge"): Step("normal", "acknowledged"),
    ("returned", "shelve"): Step("shelved", "shelved"),
    ("returned", "suppress"): Step("suppressed", "suppressed"),
    ("returned", "remove"): Step("out-of-service", "removed"),
    ("latched", "raise"): Step("unacknowledged", "raised", "yes"),
    ("latched", "acknowledge"): Step("latched-acknowledged", "acknowledged"),
    ("latched", "reset"): Step("returned", "reset"),
    ("latched", "shelve"): Step("shelved", "shelved"),
    ("latched", "suppress"): Step("suppressed", "suppressed"),
    ("latched", "remove"): Step("out-of-service", "removed"),
    ("latched-acknowledged", "raise"): Step("unacknowledged", "raised", "yes"),
    ("latched-acknowledged", "reset"): Step("normal", "reset"),
    ("latched-acknowledged", "shelve"): Step("shelved", "shelved"),
    ("latched-acknowledged", "suppress"): Step("suppressed", "suppressed"),
    ("latched-acknowledged", "remove"): Step("out-of-service", "removed"),
    ("shelved", "raise"): Step("shelved", "raised"),
    ("shelved", "continue"): Step("shelved", "continued"),
    ("shelved", "clear"): Step("shelved", "returned"),
    ("shelved", "clear-latching"): Step("shelved", "returned"),
    ("shelved", "remove"): Step("out-of-service", "removed"),
    ("shelved", "end-active"): Step("unacknowledged", "unshelved", "at once"),
    ("shelved", "end-normal"): Step("normal", "unshelved"),
    ("suppressed", "raise"): Step("suppressed", "raised"),
    ("suppressed", "continue"): Step("suppressed", "continued"),
    ("suppressed", "clear"): Step("suppressed", "returned"),
    ("suppressed", "clear-latching"): Step("suppressed", "returned"),
    ("suppressed", "remove"): Step("out-of-service", "removed"),
    ("suppressed", "end-active"): Step("unacknowledged", "unsuppressed", "at once"),
    ("suppressed", "end-normal"): Step("normal", "unsuppressed"),
    ("out-of-service", "raise"): Step("out-of-service", "raised"),
    ("out-of-service", "continue"): Step("out-of-service", "continued"),
    ("out-of-service", "clear"): Step("out-of-service", "returned"),
    ("out-of-service", "clear-latching"): Step("out-of-service", "returned"),
    ("out-of-service", "end-active"): Step("unacknowledged", "restored", "at once"),
    ("out-of-service", "end-normal"): Step("normal", "restored"),
}
"""What is not here does not happen: the trigger is refused (a command) or ignored (a reading)."""


def step(state: State, trigger: Trigger) -> Step | None:
    """The step of that trigger in that state; None when there is none."""
    return STEPS.get((state, trigger))

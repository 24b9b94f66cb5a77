"""How the site stands with its licence at a moment: a pure function of what is known and the time."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from plant.licence.token import Claims

__all__ = ["EVALUATION_S", "GRACE_S", "LicenceStatus", "judge"]

GRACE_S = 72 * 3600.0
"""How long after the last success the site goes on (handbook, 3.2)."""
EVALUATION_S = 72 * 3600.0
"""How long a site without a verified licence runs from its first start."""
RENEWAL_S = 300.0
"""A token that ended this short a time ago is being renewed: the light does not turn yellow every night at 03:00."""


class LicenceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`state` lasts until `ends` (Unix seconds, infinite when locked) unless the vendor answers before."""

    state: Literal["licensed", "grace", "evaluation", "locked"]
    ends: float

    @property
    def light(self) -> Literal["green", "yellow", "red"]:
        """The light in the navigation."""
        if self.state == "licensed":
            return "green"
        return "red" if self.state == "locked" else "yellow"


def judge(now: float, token: Claims | None, first_start: float) -> LicenceStatus:
    """`token` is the last one that was believed. A moment of exactly 72 h is past the grace."""
    if token is not None:
        if now < token.expires + RENEWAL_S:
            return LicenceStatus(state="licensed", ends=token.expires + RENEWAL_S)
        if now < token.issued + GRACE_S:
            return LicenceStatus(state="grace", ends=token.issued + GRACE_S)
    elif now < first_start + EVALUATION_S:
        return LicenceStatus(state="evaluation", ends=first_start + EVALUATION_S)
    return LicenceStatus(state="locked", ends=math.inf)

"""What is wrong with the site, for those parts of it that must tell people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from engine.texts.text import ReadableField, Text

__all__ = ["Fault", "SiteHealth", "faults_in"]


class Fault(msgspec.Struct, frozen=True):
    """A part that is not well. `part` is its name in the answer of /api/health; a flow is `flow:NAME`."""

    part: str
    problem: ReadableField


class SiteHealth:
    """The health of the whole process, as /api/health answers it, for a pack's services: `site.service(SiteHealth)`."""

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self.read = read


def faults_in(facts: Mapping[str, Any]) -> list[Fault]:
    """Every service that is not well, and every flow that ought to run and does not, by what `SiteHealth.read` has given."""
    found = [
        Fault(name, service.get("problem") or Text("runtime.part-unwell", part=name))
        for name, service in facts["services"].items()
        if service["status"] != "ok"
    ]
    for name, flow in facts["flows"].items():
        if flow["status"] == "stopped":
            reasons = [flow["refused"]] if "refused" in flow else flow.get("problems", [])
            reason = reasons[0] if reasons else Text("runtime.part-unwell", part=name)
            found.append(Fault(f"flow:{name}", reason))
    return found

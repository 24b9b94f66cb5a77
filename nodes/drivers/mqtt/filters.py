"""Topic filters: the check before they are sent, and the broker's answer to them in words."""

from collections.abc import Sequence

from nodes.drivers.mqtt.packets import REFUSED, text
from nodes.drivers.mqtt.reasons import subscribe_reason


def check_filters(filters: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The filters, if every one is well-formed (MQTT 5, 4.7); raises ValueError that quotes the first that isn't."""
    if not filters:
        raise ValueError("no topic filter: name at least one, such as metachip/gas/+/data")
    for name, qos in filters:
        if qos not in (0, 1, 2):
            raise ValueError(f"topic filter {name!r}: QoS is {qos!r}; use 0, 1 or 2")
        problem = _problem(name)
        if problem:
            raise ValueError(f"topic filter {name!r}: {problem}")
    return tuple(filters)


def judge_answer(filters: Sequence[tuple[str, int]], codes: bytes, version: str) -> tuple[list[str], list[str]]:
    """(what was refused, what was granted lower than asked), each a sentence with its remedy."""
    refused, lowered = [], []
    for (name, qos), code in zip(filters, codes, strict=True):
        if code >= REFUSED:
            refused.append(f"subscription {name!r} was refused: {subscribe_reason(code, version)}")
        elif code < qos:
            risk = "messages can get lost; " if code == 0 else ""
            lowered.append(
                f"subscription {name!r} was granted QoS {code} instead of {qos}: {risk}raise it at the broker"
            )
    return refused, lowered


def _problem(name: str) -> str | None:
    if not name:
        return "is empty"
    try:
        text(name)
    except ValueError as error:
        return str(error)
    levels = name.split("/")
    if any("#" in level and level != "#" for level in levels) or "#" in levels[:-1]:
        return "# must be the whole last level, as in gas/#"
    if any("+" in level and level != "+" for level in levels):
        return "+ must be a whole level, as in gas/+/data"
    if levels[0] == "$share" and (len(levels) < 3 or not levels[1] or not levels[2] or levels[1] in "+#"):
        return "a shared subscription is $share/GROUP/filter"
    return None

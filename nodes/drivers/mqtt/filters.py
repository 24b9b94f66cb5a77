"""Topic filters: the check before they are sent, and the broker's answer to them in words."""

from collections.abc import Sequence

from engine.api import Readable, Text, reason_of
from nodes.drivers.mqtt.packets import REFUSED, text
from nodes.drivers.mqtt.reasons import subscribe_reason


def check_filters(filters: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The filters, if every one is well-formed (MQTT 5, 4.7); raises ValueError that quotes the first that isn't."""
    if not filters:
        raise ValueError(Text("mqtt.no-filter"))
    for name, qos in filters:
        if qos not in (0, 1, 2):
            raise ValueError(Text("mqtt.filter-qos", filter=name, qos=str(qos)))
        problem = _problem(name)
        if problem:
            raise ValueError(Text("mqtt.filter", filter=name, reason=problem))
    return tuple(filters)


def judge_answer(filters: Sequence[tuple[str, int]], codes: bytes, version: str) -> tuple[list[Text], list[Text]]:
    """(what was refused, what was granted lower than asked), each a sentence."""
    refused, lowered = [], []
    for (name, qos), code in zip(filters, codes, strict=True):
        if code >= REFUSED:
            refused.append(Text("mqtt.filter-refused", filter=name, reason=subscribe_reason(code, version)))
        elif code < qos:
            if code == 0:
                lowered.append(Text("mqtt.lowered-lossy", filter=name, asked=qos))
            else:
                lowered.append(Text("mqtt.lowered", filter=name, granted=code, asked=qos))
    return refused, lowered


def _problem(name: str) -> Readable | None:
    if not name:
        return Text("mqtt.filter-empty")
    try:
        text(name)
    except ValueError as error:
        return reason_of(error)
    levels = name.split("/")
    if any("#" in level and level != "#" for level in levels) or "#" in levels[:-1]:
        return Text("mqtt.filter-hash")
    if any("+" in level and level != "+" for level in levels):
        return Text("mqtt.filter-plus")
    if levels[0] == "$share" and (len(levels) < 3 or not levels[1] or not levels[2] or levels[1] in "+#"):
        return Text("mqtt.filter-share")
    return None

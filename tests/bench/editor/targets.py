"""What the figures are to reach, as the editor's specification has it."""

from __future__ import annotations

TARGETS = {
    "ready ms": "ratio ≤ 0.35",
    "sent kB": "≤ 300 gz",
    "requests": "≤ 15",
    "heap MB": "≤ 20 at 1,000 nodes",
    "drag one fps": "≥ 5 × Node-RED",
    "drag one p95 ms": "≤ 20",
    "pan at fit fps": "≥ 45",
    "drag all fps": "≥ 20",
    "inspector ms": "< 100",
    "inspector, first ms": "< 100",
    "validation ms": "< 150",
    "deploy ms": "ratio ≤ 1",
    "debug list, main thread %": "≤ 25",
    "live wires near, browser, points": "≤ 10",
    "live wires at fit, browser, points": "≤ 10",
}


def target_of(figure: str) -> str:
    """Nothing for what is only shown."""
    return TARGETS.get(figure, "")

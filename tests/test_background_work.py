"""Work beside other work is a BackgroundTask or a job of BackgroundJobs: a bare task that ends is missed by nobody."""

from __future__ import annotations

import ast
from pathlib import Path

STARTS = ("create_task", "ensure_future")
BARE = {
    "engine/core/background_jobs.py": "the mechanism itself",
    "engine/core/background_task.py": "the mechanism itself",
    "engine/core/foreign_code.py": "the main task of the process: run to its end on the spot",
    "engine/deploy/deploys.py": "shielded and waited for: a deploy goes on to its end when its caller is cancelled",
    "engine/ops/embedded/postgres.py": "shielded and waited for: a server is shut down to its end",
    "nodes/drivers/mqtt/publisher.py": "a call of aiomqtt beside the loss of the connection; whichever is first is waited for on the spot",
    "nodes/notify/outbox.py": "a message beside one that hangs; all are waited for on the spot",
    "nodes/io/http_in.py": "reading a body beside the time it may take; waited for on the spot",
    "plant/simulation/simulator.py": "commands of a device beside its packets; waited for on the spot, and devices in a TaskGroup",
}
"""Files that start tasks without it, and why."""


def starting_lines(path: Path) -> list[int]:
    """Where a task is started."""
    return [
        part.lineno
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.Attribute | ast.Name)
        and (part.attr if isinstance(part, ast.Attribute) else part.id) in STARTS
    ]


def test_tasks_are_started_where_they_are_watched():
    found = {
        str(path): lines
        for layer in ("engine", "nodes", "plant")
        for path in sorted(Path(layer).rglob("*.py"))
        if (lines := starting_lines(path))
    }
    bare = {path: lines for path, lines in found.items() if path not in BARE}
    assert not bare, "use engine.api.BackgroundTask or BackgroundJobs, or give a reason in BARE"
    assert sorted(found) == sorted(BARE), "a file of BARE starts no task any more; take it out"

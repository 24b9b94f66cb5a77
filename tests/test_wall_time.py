"""Durations are monotonic: no arithmetic with the wall clock but where wall time is what is meant, each place with its reason."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("engine", "nodes", "plant", "vendor")
WALL = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today")}
MEANT = {
    "engine/access/accounts.py::Accounts.identify": "a session ends at a Unix time that the database has",
    "engine/ops/local_certificate.py::make_local_certificate": "a certificate is valid between two dates",
    "engine/runtime/state/memory.py::KeyedMemory._encoded": "what outlives the process ends at a Unix time",
    "engine/runtime/state/memory.py::KeyedMemory.restore": "the same, back: from here on by the steady clock",
    "engine/runtime/state/redis_journal.py::RedisJournal.append": "the end of an entry becomes what is left of it, which Redis counts by itself",
    "engine/runtime/state/redis_journal.py::RedisJournal._read": "what Redis says is left becomes an end",
    "engine/runtime/services/machine_watch.py::ClockWatch.__init__": "compares clocks to see whether one was set",
    "engine/runtime/services/machine_watch.py::ClockWatch._compare": "the same",
    "engine/runtime/services/machine_watch.py::ClockWatch.look": "the same",
    "engine/testing/flow_tests/runner.py::_keeper": "seconds since the start of a virtual clock that nobody sets",
    "engine/testing/harness.py::NodeHarness.give": "`at` of a message is a time of the virtual clock",
    "engine/testing/harness.py::_Collector.process": "seconds since the start of a virtual clock",
    "nodes/core/schedule.py::Schedule._begin_anew": "cron goes by the time of day",
    "nodes/core/schedule.py::Schedule._comes": "the same; it compares both clocks to see that the time was set",
    "nodes/core/schedule.py::Schedule.run": "the same",
    "nodes/core/window.py::Window.process": "event time from a day ahead of now is none",
    "nodes/gas/alarm.py::Alarm._tick": "compares both clocks to see that the time was set",
    "nodes/gas/alarm.py::Alarm.resume": "the same",
    "nodes/gas/alarm.py::Alarm.process": "the age of a retained reading is that of its event time",
    "nodes/support/durable_buffer.py::DurableBuffer.put": "what outlives the process is due at a Unix time",
    "nodes/support/durable_buffer.py::DurableBuffer._due": "the same, back, between nothing and the whole wait",
    "plant/api/device_readings.py::get_minutes": "readings are asked for by event time",
    "plant/api/device_trial.py::preview_recalibration": "the same",
    "plant/devices/debug_mode.py::DebugMode._read": "when debugging ends is in the database; the device counts by itself, this only shows it",
    "plant/devices/debug_mode.py::DebugMode.begin": "the same",
    "plant/licence/trusted_time.py::TrustedTime.behind_s": "by how much the clock was put back is a difference of clocks",
    "plant/licence/trusted_time.py::TrustedTime.put_right": "the same",
    "plant/licence/trusted_time.py::TrustedTime.start": "the time that the server was off",
    "plant/simulation/stress/command.py::_measured": "arrival times in the database are Unix times",
    "plant/simulation/stress/load.py::Load._publish": "the event time of what is published",
    "vendor/licence_server/command.py::run": "a licence ends on a date",
}


def places(source: str) -> set[str]:
    """Names of the functions in which something that comes of the wall clock is added, subtracted or compared."""
    tree = ast.parse(source)
    kept = {
        target.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(map(_reads_wall, ast.walk(node.value)))
        for target in node.targets
        if isinstance(target, ast.Attribute)
    } | {
        f"{target.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and _is_now(node.value)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }
    return {name for name, function in _functions(tree) if _calculates(function, kept)}


def _functions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{above}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{above}{node.name}.")


def _calculates(function: ast.AST, kept: set[str]) -> bool:
    names: set[str] = set()
    while True:  # what is made of a name that holds the time holds it too
        found = {
            name.id
            for node in ast.walk(function)
            if isinstance(node, (ast.Assign, ast.NamedExpr, ast.AnnAssign))
            and node.value is not None
            and _is_wall(node.value, names, kept)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            for name in ast.walk(target)
            if isinstance(name, ast.Name)
        }
        if found <= names:
            break
        names |= found
    return any(
        _is_wall(operand, names, kept)
        for node in ast.walk(function)
        for operand in (
            (node.left, node.right)
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.FloorDiv, ast.Mod))
            else (node.left, *node.comparators)
            if isinstance(node, ast.Compare)
            and all(isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for op in node.ops)
            else ()
        )
    )


def _is_wall(value: ast.AST, names: set[str], kept: set[str]) -> bool:
    """A reading of the wall clock or a name that holds one, also within sums, tuples and conditions; not what a call makes of it."""
    if _reads_wall(value):
        return True
    if isinstance(value, ast.Name):
        return value.id in names
    if isinstance(value, ast.Attribute):
        return value.attr in kept and isinstance(value.value, ast.Name) and value.value.id == "self"
    inner: tuple[ast.AST, ...] = ()
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and f"{value.func.attr}()" in kept:
        return True
    if isinstance(value, ast.BinOp):
        inner = (value.left, value.right)
    elif isinstance(value, ast.BoolOp):
        inner = tuple(value.values)
    elif isinstance(value, ast.IfExp):
        inner = (value.body, value.orelse)
    elif isinstance(value, (ast.Tuple, ast.List)):
        inner = tuple(value.elts)
    elif isinstance(value, ast.NamedExpr):
        inner = (value.value,)
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("min", "max", "round"):
        inner = tuple(value.args)
    return any(_is_wall(one, names, kept) for one in inner)


def _reads_wall(node: ast.AST) -> bool:
    """`clock.now()` of whatever is called a clock, `time.time()`, `datetime.now()`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_now(node.func)


def _is_now(called: ast.Attribute) -> bool:
    of = called.value
    last = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
    return (last, called.attr) in WALL or (called.attr == "now" and last in ("clock", "_clock"))


@functools.cache
def found() -> set[str]:
    return {
        f"{path.relative_to(ROOT)}::{name}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if re.search(r"now\b|time\(", source := path.read_text(encoding="utf-8"))
        for name in places(source)
    }


def test_no_duration_is_measured_by_the_wall_clock():
    new = found() - MEANT.keys()
    assert not new, f"use clock.monotonic(), or write down in MEANT why wall time is meant: {sorted(new)}"


def test_every_exception_is_still_there():
    assert MEANT.keys() <= found()


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("return self.clock.now() - self.began", True),
        ("if time.time() > self.ends: pass", True),
        ("now = clock.now(); later = now + 5; return later < x", True),
        ("a, b = clock.now(), 1; return a - b", True),
        ("self.at = self._clock.now(); return self.at + 1", True),
        ("self._now = clock.now; return self._now() - x", True),
        ("return clock.monotonic() - self.began", False),
        ("return Message(time=clock.now())", False),
        ("return clock.now() is None", False),
    ],
)
def test_what_counts_as_arithmetic(line: str, caught: bool):
    assert bool(places(f"def f(self):\n    {line}")) is caught

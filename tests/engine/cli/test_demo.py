"""`mcs demo` as a new user meets it: what it prints, what it fills, how it stops, and one clear line for whatever is wrong."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.eventually import wait_until
from tests.servers.process import free_port

ROOT = Path(__file__).parents[3]
Mcs = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def mcs(tmp_path: Path) -> Iterator[Mcs]:
    """`mcs("demo", MCS_PORT=…)` runs the command with a data folder of its own."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str, **settings: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": "/usr/bin:/bin:/usr/sbin",
            "HOME": str(tmp_path),
            "MCS_DATA": str(tmp_path / "data"),
            "MCS_FLOWS": str(ROOT / "flows"),
            "MCS_LOG_LEVEL": "error",
            **settings,
        }
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=TERM", sys.executable, "-m", "engine", *words],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def health(port: int) -> dict[str, Any]:
    return dict(json.loads(get(port, "/api/health")))


def lines_until(process: subprocess.Popen[str], words: str) -> list[str]:
    """What it prints, down to the line with these words."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if words in line:
            return lines
    raise AssertionError(f"it ended without {words!r}: {lines}")


def rest_of(process: subprocess.Popen[str]) -> str:
    """What it prints until its end. Unlike `communicate`, it does not lose what came together with a line read before."""
    assert process.stdout is not None
    said = process.stdout.read()
    process.wait(40)
    return said


def figure(port: int, name: str) -> float:
    return next(float(line.split()[-1]) for line in get(port, "/metrics").splitlines() if line.startswith(name))


def test_demo_shows_readings_and_an_alarm_stops_clean_and_finds_its_data_again(mcs: Mcs, tmp_path: Path) -> None:
    """Twice on one data folder: the second start makes no new password and goes on with the alarms of the first.

    The folder of flows is not there at first: the demo begins with those that are shipped.
    """
    port, flows = free_port(), str(tmp_path / "flows")
    first = mcs("demo", MCS_PORT=str(port), MCS_FLOWS=flows)
    said = lines_until(first, "ready at")
    assert f"mcs: ready at http://127.0.0.1:{port}" in said[-1]
    wait_until(lambda: health(port)["services"]["alarms"].get("active", 0) >= 1)
    wait_until(lambda: figure(port, 'mcs_node_messages_out_total{flow="gas-monitoring",node="store"') > 20)
    first.send_signal(signal.SIGINT)
    assert "stopping" in rest_of(first)
    assert first.returncode == 0

    second = mcs("demo", MCS_PORT=str(port), MCS_FLOWS=flows)
    assert "password" not in " ".join(lines_until(second, "ready at"))
    assert health(port)["services"]["devices"]["devices"] >= 20
    assert health(port)["services"]["alarms"]["active"] >= 1
    second.send_signal(signal.SIGINT)
    rest_of(second)
    assert second.returncode == 0


def test_taken_port_is_one_line_that_says_what_to_do(mcs: Mcs) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = mcs("demo", MCS_PORT=str(port))
        said = process.communicate(timeout=60)[0].splitlines()
    assert process.returncode == 1
    assert said == [
        f"mcs: 127.0.0.1:{port} can't be listened on (Address already in use); stop what uses the port or set MCS_PORT to another"
    ]


def test_data_folder_that_cannot_be_written_is_one_line(mcs: Mcs, tmp_path: Path) -> None:
    """Also for root, whom no permission stops: a file stands where the folder should be."""
    (tmp_path / "data").write_text("a file")
    process = mcs("demo", MCS_PORT=str(free_port()))
    said = process.communicate(timeout=60)[0].splitlines()
    assert process.returncode == 1
    assert len(said) == 1
    assert said[0].startswith(f"mcs: the data folder {tmp_path / 'data'} can't be written (")
    assert said[0].endswith("change its owner or name another with MCS_DATA")


def test_unreachable_database_and_broker_are_named_and_waited_for(mcs: Mcs) -> None:
    """The page answers meanwhile and says so; one line of log for the database, however often it is tried."""
    port, nowhere = free_port(), free_port()
    process = mcs(
        "run",
        MCS_PORT=str(port),
        MCS_DATABASE_URL=f"postgresql://mcs:secret@127.0.0.1:{nowhere}/plant",
        MCS_MQTT_URL=f"mqtt://127.0.0.1:{nowhere}",
        MCS_LOG_LEVEL="warning",
    )
    begun = lines_until(process, "starting at")
    wait_until(lambda: "connect" in health(port)["services"]["database"]["problem"].lower())
    told = health(port)
    assert (told["status"], told["starting"]) == ("degraded", "waiting for the database")
    assert f"127.0.0.1:{nowhere}/plant" in told["services"]["database"]["problem"]
    process.send_signal(signal.SIGTERM)
    rest = rest_of(process).splitlines()
    said = [line for line in [*begun, *rest] if "database" in line]
    assert len(said) == 1
    assert "secret" not in said[0]
    assert process.returncode == 0


def test_old_python_is_one_line_of_make(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo "Python 3.9.2"; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    command = ["make", "--no-print-directory", f"VENV={tmp_path / 'venv'}", f"PYTHON={old}", "install"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert made.returncode != 0
    said = [line for line in made.stderr.splitlines() if "***" not in line]
    assert said == [
        "make: Python 3.9.2 is too old, 3.11 or newer is needed; name another: make PYTHON=/path/to/python3.11"
    ]

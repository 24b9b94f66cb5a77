"""`mcs stress` says what of its options makes no run, before it does anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("MCS_MQTT_URL", "mqtt://127.0.0.1:1")
    (tmp_path / "binary").write_bytes(b"\xff\x00")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--devices", "0"], "the numbers make no run"),
        (["--leaks", "-1"], "the numbers make no run"),
        (["--connections", "-1"], "the numbers make no run"),
        (["--connections", "0"], "the numbers make no run"),
        (["--interval", "nan"], "the numbers make no run"),
        (["--interval", "9", "--duration", "3"], "the numbers make no run"),
        (["--broker", "nonsense"], "write `mqtt://host:1883`"),
        (["--passwords", "nowhere"], "nowhere can't be read"),
        (["--passwords", "binary"], "binary can't be read"),
        ([], "the database does not answer"),
    ],
)
def test_what_makes_no_run_is_one_line(capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    assert main(["stress", *words]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("mcs: ")
    assert told in line


@pytest.mark.parametrize("process", ["engine", "engine=", "=1", "engine=x", "engine=99999999"])
def test_a_process_to_watch_is_one_that_runs(capsys: pytest.CaptureFixture[str], process: str) -> None:
    with pytest.raises(SystemExit):
        main(["stress", "--watch", process])
    assert "is not `NAME=PID` with the id of a process that runs" in capsys.readouterr().err

"""What is wrong on this machine stops `mcs run` at once, with one line that says what to do, and no traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.servers.process import free_port


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the machine's own settings counts, and nothing outside is reached."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("MCS_MQTT_URL", "mqtt://127.0.0.1:1")
    monkeypatch.setenv("MCS_DATA", str(tmp_path / "data"))
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["run", *arguments]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len([line for line in told if line.startswith("mcs: ")]) == len(told) == 1, told
    return told[0]


def test_every_wrong_setting_is_in_the_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCS_PORT", "abc")
    monkeypatch.setenv("MCS_TIME_ZONE", "Mars")
    told = refused(capsys)
    assert 'MCS_PORT: "abc" is not a port' in told
    assert 'MCS_TIME_ZONE: "Mars" is not a time zone; give one such as Asia/Shanghai' in told


def test_port_in_use_says_which(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("MCS_PORT", str(port))
        told = refused(capsys)
    assert f"127.0.0.1:{port} can't be listened on" in told
    assert told.endswith("stop what uses the port or set MCS_PORT to another")


def test_data_folder_that_can_not_be_written_says_why(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCS_DATA", "/proc/data")
    monkeypatch.setenv("MCS_PORT", str(free_port()))
    assert "the data folder /proc/data can't be written" in refused(capsys)


def test_flow_file_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MCS_PORT", str(free_port()))
    assert "there is no flow file nowhere.yaml; check the name" in refused(capsys, "nowhere.yaml")

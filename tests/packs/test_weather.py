"""A pack that an integrator ships: built and installed with pip, found by its entry point, with nodes, a table and routes of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.delivery.engine_process import EngineProcess
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto

SOURCE = Path(__file__).parent / "weather"
FLOW = """\
flow: weather
nodes:
  measured: {type: http-in, with: {path: /weather, key: ""}, to: dew}
  dew: {type: dew-point, to: answer}
  answer: {type: http-response}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the pack is installed in, without any network."""
    top = tmp_path_factory.mktemp("pack")
    copy = shutil.copytree(SOURCE, top / "source")
    target = top / "site-packages"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-deps",
    ]
    subprocess.run([*command, "--no-build-isolation", "--target", str(target), str(copy)], check=True, timeout=120)
    return target


def run(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{Path.cwd()}"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, check=False, capture_output=True, text=True, timeout=120
    )


def test_its_own_tests_pass_on_the_public_harness(installed: Path, tmp_path: Path) -> None:
    """Away from this repository: with what the plugin brings and no setting of ours."""
    tests = shutil.copytree(SOURCE / "tests", tmp_path / "tests")
    done = run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout


def test_node_is_listed_and_checked_as_any_other(installed: Path, tmp_path: Path) -> None:
    assert "dew-point" in run(installed, "-m", "engine", "nodes", cwd=tmp_path).stdout
    (tmp_path / "weather.yaml").write_text(FLOW.replace("{type: dew-point", "{type: dew-point, with: {humidty: x}"))
    checked = run(installed, "-m", "engine", "check", "weather.yaml", cwd=tmp_path)
    assert checked.returncode == 1
    assert "did you mean `humidity`?" in checked.stdout


@pytest.fixture
async def engine(
    installed: Path, tmp_path: Path, postgres_dsn: str, mosquitto: Mosquitto
) -> AsyncIterator[EngineProcess]:
    """`mcs run` with the pack."""
    engine = EngineProcess(tmp_path, postgres_dsn, mosquitto.url, PYTHONPATH=str(installed))
    (engine.flows / "weather.yaml").write_text(FLOW)
    engine.start()
    yield engine
    await engine.close()


async def test_running_site_has_its_table_routes_and_node(engine: EngineProcess) -> None:
    """From a station saved over its route to a message that comes out of its node."""

    async def up() -> bool:
        health = await engine.health()
        return "starting" not in health and health.get("flows", {}).get("weather", {}).get("status") == "ok"

    await eventually(up)
    assert await engine.call("PUT", "/api/weather/stations/S1", {"name": "North gate"}) == {"S1": "North gate"}
    await engine.call("PUT", "/api/weather/stations/S1", {"nmae": "x"}, expect=400)
    assert await engine.call("GET", "/api/weather/stations") == {"S1": "North gate"}
    assert (await engine.call("GET", "/api/audit"))[0]["action"] == "weather.save"
    assert await engine.call("POST", "/hook/weather", {"temp": 25, "humi": 60}) == {"temp": 25, "humi": 60, "dew": 16.7}
    assert (await engine.health())["services"]["stations"] == {"status": "ok", "stations": 1}

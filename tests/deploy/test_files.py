"""The deployment files are right by their schema, by linters, and by what they promise of the server's size."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose_file import interpolated, read_services
from engine.settings import Settings

DEPLOY = Path("deploy")
COMPOSE = DEPLOY / "compose.yaml"
BIN = Path(sys.executable).parent
SERVER_BYTES = 2 * 1024**3
SYSTEM_BYTES = 150 * 1024**2
"""What the host's own system keeps."""
RUNS_ONCE = {"setup"}
FEW_CAPABILITIES = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "NET_BIND_SERVICE", "SETGID", "SETUID"}
"""What images that begin as root need to hand over their folders and become another account."""
FILLED = {"DATABASE_OWNER_PASSWORD": "o", "DATABASE_PASSWORD": "a", "REDIS_PASSWORD": "b", "MQTT_WORKER_PASSWORD": "c"}


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def checked(*command: str) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_file_keeps_to_the_compose_specification() -> None:
    checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE))


def test_dockerfile_passes_hadolint() -> None:
    checked("hadolint", "Dockerfile")


def test_shell_scripts_pass_shellcheck() -> None:
    checked("shellcheck", *map(str, sorted(DEPLOY.rglob("*.sh"))))


def test_units_of_systemd_start_commands_that_there_are_with_settings_that_there_are() -> None:
    known = {f"MCS_{one.name.upper()}" for one in fields(Settings)}
    for unit in sorted((DEPLOY / "systemd").glob("*.service")):
        lines = unit.read_text(encoding="utf-8").splitlines()
        settings = {
            word.partition("=")[0]
            for line in lines
            if line.startswith("Environment=")
            for word in line.removeprefix("Environment=").split()
        }
        assert settings - known == set()
        assert "NoNewPrivileges=yes" in lines
        command = next(line for line in lines if line.startswith("ExecStart="))
        assert any(f"/opt/mcs/bin/mcs {verb}" in command for verb in ("run", "backup --verify"))


def test_the_containers_of_the_handbook_are_there(services: dict[str, Any]) -> None:
    assert {"mosquitto", "worker", "timescaledb", "archiver", "admin-web", "viewer", "redis"} <= services.keys()
    image = {name: services[name].get("image") for name in ("worker", "archiver", "setup")}
    assert len(set(image.values())) == 1, "the archiver is the worker's image with another flow file"
    assert services["archiver"]["command"] == ["run", "/flows/archiver/archive.yaml"]


def test_memory_limits_fit_a_server_of_2_gb() -> None:
    limits = {name: one.memory_bytes for name, one in read_services(COMPOSE, FILLED).items() if name not in RUNS_ONCE}
    assert sum(limits.values()) <= SERVER_BYTES - SYSTEM_BYTES, limits


def test_only_tls_is_open_to_the_outside(services: dict[str, Any]) -> None:
    """80 redirects and answers the certificate authority; nothing else is in the clear."""
    ports = {port for one in services.values() for port in one.get("ports", [])}
    assert ports == {"8883:8883", "80:80", "443:443"}


def test_no_container_can_become_root_of_the_host(services: dict[str, Any]) -> None:
    for name, one in services.items():
        assert one.get("security_opt") == ["no-new-privileges:true"], name
        assert one.get("cap_drop") == ["ALL"], name
        assert not set(one.get("cap_add", [])) - FEW_CAPABILITIES, name
        assert not one.get("privileged"), name
        assert not any("docker.sock" in str(volume) for volume in one.get("volumes", [])), name


def test_images_are_named_by_version(services: dict[str, Any]) -> None:
    names = [one["image"] for one in services.values()]
    names += [match for match in re.findall(r"^FROM (\S+)", Path("Dockerfile").read_text(), re.M) if "$" not in match]
    for name in names:
        tag = name.partition(":")[2]
        assert tag, name
        assert "latest" not in tag, name
        if not name.startswith(("python:", "node:")):  # the distribution's own fixes are taken over with each build
            assert re.match(r"v?\d+\.\d+\.\d+|\$\{MCS_VERSION", tag), f"{name} is no full version"


def test_images_run_as_users_of_their_own() -> None:
    stages = re.split(r"^FROM ", Path("Dockerfile").read_text(), flags=re.M)
    for stage in stages:
        if re.match(r"\S+ AS (mcs|viewer)\n", stage):
            assert re.search(r"^USER [1-9]\d*$", stage, re.M), stage[:40]
            assert "HEALTHCHECK" in stage, stage[:40]


def test_every_installed_package_is_checked_against_its_hash() -> None:
    for line in Path("Dockerfile").read_text().splitlines():
        if "pip install" in line:
            assert "--require-hashes" in line or "--no-deps ." in line, line


def test_what_the_dockerfile_copies_is_let_through() -> None:
    ignored = Path(".dockerignore").read_text()
    for match in re.findall(r"^COPY (?!--from)(.+) \S+$", Path("Dockerfile").read_text(), re.M):
        for source in match.split():
            assert re.search(rf"^!{re.escape(source.rstrip('/').split('/')[0])}", ignored, re.M), source
            assert Path(source).exists(), source


def test_env_example_names_every_variable() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE.read_text())) - {"MCS_VERSION", "VENDOR_KEY"}
    named = set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.M))
    assert named == asked


def test_missing_password_stops_the_start() -> None:
    with pytest.raises(ValueError, match="REDIS_PASSWORD is not set"):
        read_services(COMPOSE, {**FILLED, "REDIS_PASSWORD": ""})


@pytest.mark.parametrize(
    ("text", "filled"),
    [("${A:-x}", "x"), ("${B:-x}", "b"), ("${A}", ""), ("$$A ${B}", "$A b"), ("${A:-}", ""), ("a${B:?no}c", "abc")],
)
def test_variables_are_filled_in_as_compose_does(text: str, filled: str) -> None:
    assert interpolated({"x": [text]}, {"B": "b"}) == {"x": [filled]}


def test_renewed_certificate_is_laid_out_for_the_broker(tmp_path: Path) -> None:
    lineage, to = tmp_path / "live", tmp_path / "certificates"
    lineage.mkdir()
    to.mkdir()
    (lineage / "fullchain.pem").write_text("chain")
    (lineage / "privkey.pem").write_text("key")
    (lineage / "privkey.pem").chmod(0o600)
    group = str(to.stat().st_gid)

    subprocess.run(
        ["sh", str(DEPLOY / "certbot" / "install.sh")],
        check=True,
        env={
            "PATH": "/usr/bin:/bin",
            "RENEWED_LINEAGE": str(lineage),
            "CERTIFICATES": str(to),
            "CERTIFICATES_GROUP": group,
        },
    )

    assert {path.name: path.read_text() for path in to.iterdir()} == {"fullchain.pem": "chain", "privkey.pem": "key"}
    assert (to / "privkey.pem").stat().st_mode & 0o777 == 0o640

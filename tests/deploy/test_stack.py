"""The customer's server as processes, with deploy's own config files: 100 devices over TLS, rules of the broker, the proxy, renewal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import aiomqtt
import asyncpg
import psutil
import pytest

from deploy.stack import DEPLOY, Stack
from engine.ops.local_certificate import make_local_certificate
from tests.eventually import eventually
from tests.servers.process import accepts

DEVICES = 100
MCS = Path(sys.executable).parent / "mcs"
STYLES = sorted(Path("editor/dist/assets").glob("*.css"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    names = [f"STRESS{number:05}" for number in range(DEVICES)]
    with Stack(tmp_path_factory.mktemp("stack"), devices=names) as stack:
        yield stack
        assert stack.ended() == []
    assert [name for name, port in stack.ports.items() if accepts(port)] == [], "what was stopped goes on"


@pytest.fixture
async def browser(stack: Stack) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that is nobody yet, and trusts the site's certificate."""
    tls = ssl.create_default_context(cafile=stack.authority)
    async with aiohttp.ClientSession(stack.url, connector=aiohttp.TCPConnector(ssl=tls)) as session:
        yield session


def device(stack: Stack, sn: str, password: str | None = None) -> aiomqtt.Client:
    tls = ssl.create_default_context(cafile=stack.authority)
    secret = stack.device_passwords[sn] if password is None else password
    return aiomqtt.Client(
        "localhost", stack.ports["mqtts"], username=sn, password=secret, identifier=sn, tls_context=tls
    )


def test_a_hundred_devices_over_tls_lose_nothing(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """QoS 1, each device with its own password; every packet is in the database once, every leak an alarm."""
    command = [str(MCS), "stress", "--devices", str(DEVICES), "--interval", "4", "--duration", "20", "--json"]
    command += ["--broker", stack.mqtt_url, "--ca-file", str(stack.authority), "--passwords", str(stack.password_file)]
    for name, process in stack.processes.items():
        command += ["--watch", f"{name}={process.pid}"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "MCS_DATABASE_URL": stack.database_url}
    )
    with capsys.disabled():
        print("\n" + done.stderr)
    report = json.loads(done.stdout)

    assert (report["published"], report["lost"], report["twice"]) == (5 * DEVICES, 0, 0)
    assert report["alarms_seen"] == report["alarms_expected"] == DEVICES
    assert report["connections_lost"] == 0
    for name, cost in report["costs"].items():
        assert cost["peak_mb"] * 1e6 < stack.services[name].memory_bytes, name


def test_no_process_has_more_capabilities_than_its_container(stack: Stack) -> None:
    numbers = {"chown": 0, "dac_override": 1, "fowner": 3, "setgid": 6, "setuid": 7, "net_bind_service": 10}
    for name, started in stack.processes.items():
        allowed = sum(1 << numbers[one] for one in stack.services[name].capabilities)
        process = psutil.Process(started.pid)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
                status = dict(line.split(":", 1) for line in Path(f"/proc/{one.pid}/status").read_text().splitlines())
                assert int(status["CapEff"], 16) & ~allowed == 0, (name, one.cmdline())
                assert "MCS_OWNER_DATABASE_URL" not in one.environ(), name
        if name == "timescaledb":
            assert process.uids().effective != 0


async def test_engine_of_the_stack_can_not_change_the_audit_log(stack: Stack) -> None:
    connection = await asyncpg.connect(stack.database_url)
    assert await connection.fetchval("select count(*) from audit") >= 0
    for statement in ("delete from audit", "drop table audit", "copy (select 1) to program 'true'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_device_publishes_its_own_data_only_and_reads_its_own_commands_only(stack: Stack) -> None:
    heard: list[str] = []
    worker = aiomqtt.Client(
        "127.0.0.1", stack.ports["mqtt"], username="worker", password=stack.variables["MQTT_WORKER_PASSWORD"]
    )
    async with worker, device(stack, "STRESS00001") as one, device(stack, "STRESS00002") as two:
        await worker.subscribe("metachip/gas/+/data", qos=1)
        await two.subscribe("metachip/gas/#", qos=1)
        await two.subscribe("metachip/gas/STRESS00002/cmd", qos=1)
        await one.publish("metachip/gas/STRESS00002/data", b"forged", qos=1)
        await one.publish("metachip/gas/STRESS00002/cmd", b"forged", qos=1)
        await one.publish("metachip/gas/STRESS00001/data", b"own", qos=1)
        await worker.publish("metachip/gas/STRESS00001/cmd", b"not for two", qos=1)
        await worker.publish("metachip/gas/STRESS00002/cmd", b"for two", qos=1)

        async def listen(client: aiomqtt.Client, count: int) -> None:
            async for message in client.messages:
                heard.append(f"{message.topic} {bytes(message.payload).decode()}")  # type: ignore[arg-type]
                if len(heard) >= count:
                    return

        await asyncio.wait_for(listen(worker, 1), 60)
        await asyncio.wait_for(listen(two, 2), 60)
    assert heard == ["metachip/gas/STRESS00001/data own", "metachip/gas/STRESS00002/cmd for two"]


@pytest.mark.parametrize(("sn", "password"), [("STRESS00001", "wrong"), ("STRESS00001", ""), ("GS404", "x")])
async def test_wrong_password_is_refused(stack: Stack, sn: str, password: str) -> None:
    with pytest.raises(aiomqtt.MqttError, match="uthori"):
        async with device(stack, sn, password):
            pass


async def test_device_gets_a_password_while_the_broker_runs_and_loses_it(stack: Stack) -> None:
    def script(action: str, password: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(DEPLOY / "mosquitto" / "device.sh"), action, "GS-NEW"],
            input=password,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "PASSWORDS_FILE": str(stack.volume("mosquitto") / "passwords")},
        )

    async def enters() -> bool:
        try:
            async with device(stack, "GS-NEW", "p'a$s;w d"):
                return True
        except aiomqtt.MqttError:
            return False

    assert not await enters()
    assert "has a colon" in script("add", "a:b\n").stderr
    assert script("add", "p'a$s;w d\n").returncode == 0
    await eventually(enters)
    assert "GS-NEW" in script("list").stdout.split()
    assert script("remove").returncode == 0
    assert (script("remove").returncode, "there is no device GS-NEW" in script("remove").stderr) == (1, True)

    async def is_out() -> bool:
        return not await enters()

    await eventually(is_out)
    async with device(stack, "STRESS00001"):
        pass


async def test_nginx_leads_to_the_engine_over_tls_and_nowhere_else(
    stack: Stack, browser: aiohttp.ClientSession
) -> None:
    async with browser.get("/api/health") as answer:
        assert (answer.status, (await answer.json())["status"] in ("ok", "degraded")) == (200, True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    async with browser.get("/metrics") as answer:
        assert answer.status == 404
    async with browser.get("/viewer/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"].removeprefix(stack.url)) == (302, "/")
    async with (
        aiohttp.ClientSession() as plain,
        plain.get(f"http://127.0.0.1:{stack.ports['http']}/x?y=1", allow_redirects=False) as answer,
    ):
        assert answer.status == 301
        assert answer.headers["Location"].startswith("https://127.0.0.1")


async def test_sign_in_and_live_values_work_through_nginx(stack: Stack, browser: aiohttp.ClientSession) -> None:
    headers = {"X-MCS": "1", "Origin": stack.url}
    body = {"user": "admin", "password": stack.variables["ADMIN_PASSWORD"]}
    async with browser.post("/api/session", json=body, headers=headers) as answer:
        assert answer.status == 200
        assert answer.cookies["mcs_session"]["secure"]
    for path in ("/api/ws", "/ws"):
        async with browser.ws_connect(path, headers=headers) as socket:
            await socket.send_json({"subscribe": "flows"})
            assert (await socket.receive_json(timeout=60))["topic"] == "flows"
    async with browser.get("/api/archive") as answer:
        archive = await answer.json()
        assert answer.status == 200, archive
        assert archive["files"] == 0
    async with browser.get("/viewer/_stcore/health") as answer:
        assert answer.status == (200 if "viewer" in stack.processes else 502), "make test installs the viewer"


async def test_hashed_files_are_answered_from_the_cache(stack: Stack, browser: aiohttp.ClientSession) -> None:
    assets = STYLES
    seen = []
    for _ in range(2):
        async with browser.get(f"/assets/{assets[0].name}") as answer:
            assert answer.status == 200
            seen.append(answer.headers["X-Cache"])
    assert seen == ["MISS", "HIT"]


async def test_renewed_certificate_comes_into_use_and_no_device_is_cut_off(stack: Stack, tmp_path: Path) -> None:
    made = make_local_certificate(tmp_path)
    before = {name: certificate(stack.ports[name]) for name in ("mqtts", "https")}
    shutil.copy(stack.authority, tmp_path / "old.pem")
    async with device(stack, "STRESS00001") as client:
        lineage = tmp_path / "live"
        lineage.mkdir()
        made.certificate.rename(lineage / "fullchain.pem")
        made.key.rename(lineage / "privkey.pem")
        folder = stack.volume("certificates")
        environment = {"PATH": "/usr/bin:/bin", "RENEWED_LINEAGE": str(lineage), "CERTIFICATES": str(folder)}
        environment["CERTIFICATES_GROUP"] = str(folder.stat().st_gid)
        script = ["sh", str(DEPLOY / "certbot" / "install.sh")]
        await asyncio.to_thread(subprocess.run, script, check=True, env=environment)
        shutil.copy(made.ca, stack.authority)

        for name, old in before.items():

            async def renewed(name: str = name, old: str = old) -> bool:
                return await asyncio.to_thread(certificate, stack.ports[name]) != old

            await eventually(renewed)
        await client.publish("metachip/gas/STRESS00001/data", b"still here", qos=1)
    async with device(stack, "STRESS00002"):
        pass


def certificate(port: int) -> str:
    """What a server shows now."""
    return ssl.get_server_certificate(("127.0.0.1", port))

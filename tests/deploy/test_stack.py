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
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import asyncpg
import psutil
import pytest

from deploy.stack import DEPLOY, Stack
from engine.db.database import Database
from engine.ops.local_certificate import make_local_certificate
from nodes.drivers.mqtt.packets import connect, publish
from plant.devices.registry import Devices
from plant.simulation.stress.load import stress_device
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


def device(stack: Stack, sn: str, password: str | None = None, identifier: str = "", **more: Any) -> aiomqtt.Client:
    tls = ssl.create_default_context(cafile=stack.authority)
    secret = stack.device_passwords[sn] if password is None else password
    return aiomqtt.Client(
        "localhost",
        stack.ports["mqtts"],
        username=sn,
        password=secret,
        identifier=identifier or sn,
        tls_context=tls,
        **more,
    )


def worker(stack: Stack, name: str, **more: Any) -> aiomqtt.Client:
    """A session of the server's own, from inside."""
    password = stack.variables["MQTT_WORKER_PASSWORD"]
    return aiomqtt.Client(
        "127.0.0.1", stack.ports["mqtt"], username="worker", password=password, identifier=name, **more
    )


async def registered(stack: Stack, sn: str) -> None:
    """Makes the device known to the site, as `mcs stress` does."""
    database = Database(stack.database_url)
    registry = Devices(database)
    await database.start()
    await registry.put(stress_device(sn, 4.0))
    await database.stop()


def memory_bytes(stack: Stack, name: str) -> int:
    """Of a service with all that it started."""
    process = psutil.Process(stack.processes[name].pid)
    used = sum(one.memory_info().rss for one in [process, *process.children(recursive=True)])
    print(f"{name}: {used / 1e6:.0f} MB")
    return used


def reading(seq: int) -> str:
    """A packet as a detector sends it."""
    return json.dumps(
        {
            "ts": int(time.time()),
            "seq": seq,
            "v_raw": 400.0,
            "temp": 25.0,
            "humi": 50.0,
            "bat": 90,
            "rssi": -70,
            "net": "4G",
            "err": 0,
        }
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


async def test_device_that_calls_itself_as_the_worker_does_not_take_its_session_over(stack: Stack) -> None:
    """What the broker keeps for a session of ours is there after a device has asked for that name with a clean session."""
    kept = "metachip/gas/STRESS00007/data"
    name = "mcs-worker-of-the-test"
    async with worker(stack, name, clean_session=False) as ours:
        await ours.subscribe(kept, qos=1)
    async with device(stack, "STRESS00001", identifier=name, clean_session=True):
        pass
    async with device(stack, "STRESS00007") as other:
        await other.publish(kept, b"kept", qos=1)
    async with worker(stack, name, clean_session=False) as ours:
        async for message in ours.messages:
            assert message.payload == b"kept"
            break
    async with worker(stack, name, clean_session=True):  # nothing is left behind
        pass


async def test_device_that_floods_neither_fills_the_broker_nor_holds_the_others_up(
    stack: Stack, tmp_path: Path
) -> None:
    """156 MB at full speed. What a session of ours holds (30 MB) the flood may fill where the worker is too slow for it: so the readings of
    another device come during the first 23 MB."""
    name, other_sn = "mcs-away", "STRESS00003"
    async with worker(stack, name, clean_session=False) as ours:
        await ours.subscribe("metachip/gas/#", qos=1)
    database = await asyncpg.connect(stack.database_url)
    await registered(stack, other_sn)
    rows = "select count(*) from readings where sn = $1 and time > now() - interval '1 hour' and seq between $2 and $3"

    async def stored(first: int, last: int) -> bool:
        return bool(await database.fetchval(rows, other_sn, first, last) == last - first + 1)

    async def flood(messages: int) -> asyncio.subprocess.Process:
        lines = tmp_path / "flood"
        lines.write_text(("x" * 3900 + "\n") * messages)
        with lines.open("rb") as given:
            return await asyncio.create_subprocess_exec(
                "mosquitto_pub", "-h", "localhost", "-p", str(stack.ports["mqtts"]), "--cafile", str(stack.authority), "-q", "1", "-l",
                "-u", "STRESS00002", "-P", stack.device_passwords["STRESS00002"], "-t", "metachip/gas/STRESS00002/data", stdin=given,
            )  # fmt: skip

    async with device(stack, other_sn) as other:

        async def heard() -> bool:
            await other.publish(f"metachip/gas/{other_sn}/data", reading(50_000), qos=1)
            return await stored(50_000, 50_000)

        await eventually(heard)
        sending = await flood(6_000)
        for seq in range(50_001, 50_051):
            await other.publish(f"metachip/gas/{other_sn}/data", reading(seq), qos=1)
        assert await sending.wait() == 0
        await other.publish(f"metachip/gas/{other_sn}/data", reading(50_051), qos=1)
        await eventually(lambda: stored(50_001, 50_051), 180)
        sending = await flood(34_000)
        assert await sending.wait() == 0
    assert memory_bytes(stack, "mosquitto") < stack.services["mosquitto"].memory_bytes
    await database.close()
    async with worker(stack, name, clean_session=True):
        pass


async def test_packet_beyond_a_reading_cuts_off_its_sender_alone(stack: Stack) -> None:
    async with device(stack, "STRESS00004") as quiet:
        tls = ssl.create_default_context(cafile=stack.authority)
        reader, writer = await asyncio.open_connection("localhost", stack.ports["mqtts"], ssl=tls)
        password = stack.device_passwords["STRESS00005"]
        writer.write(
            connect(
                client_id="large",
                version="3.1.1",
                clean_session=True,
                keepalive_s=60,
                username="STRESS00005",
                password=password,
            )
        )
        assert await reader.readexactly(4) == b"\x20\x02\x00\x00"  # CONNACK, accepted
        writer.write(publish("metachip/gas/STRESS00005/data", b"x" * 65_000, 1, "3.1.1"))
        assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()
        await quiet.publish("metachip/gas/STRESS00004/data", b"{}", qos=1)


async def test_a_thousand_connections_keep_nobody_out(stack: Stack) -> None:
    """Half of them say nothing, half are one device again and again."""
    opened = [await asyncio.open_connection("127.0.0.1", stack.ports["mqtts"]) for _ in range(1000)]
    async with device(stack, "STRESS00006") as client:
        await client.publish("metachip/gas/STRESS00006/data", b"{}", qos=1)
    assert memory_bytes(stack, "mosquitto") < stack.services["mosquitto"].memory_bytes
    for _, writer in opened:
        writer.close()


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
        assert answer.headers.getall("Strict-Transport-Security") == ["max-age=31536000"]
    for path in ("/metrics", "/metrics/archiver"):
        async with browser.get(path) as answer:
            assert answer.status == 401
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


async def test_each_process_runs_its_own_flows_whoever_deploys_what_from_where(
    stack: Stack, browser: aiohttp.ClientSession
) -> None:
    """From the page's API on the worker, and by a file: both go to the process that has the flow, and what devices send goes on arriving."""
    headers = {"X-MCS": "1", "Origin": stack.url}
    body = {"user": "admin", "password": stack.variables["ADMIN_PASSWORD"]}
    async with browser.post("/api/session", json=body, headers=headers) as answer:
        assert answer.status == 200

    async def get(path: str) -> Any:
        async with browser.get(path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def deploy(flow: str, title: str) -> None:
        view = await get(f"/api/flows/{flow}")
        change = {"base": view["revision"], "operations": [{"op": "set_flow", "title": title}], "note": title}
        async with browser.post(f"/api/flows/{flow}/deploy", json=change, headers=headers) as answer:
            assert answer.status == 200, await answer.text()

    async def processes() -> dict[str, str]:
        return {row["name"]: row["process"] for row in await get("/api/flows")}

    expected = {"archive": "archiver", "gas-monitoring": "worker"}

    async def is_known() -> bool:
        return await processes() == expected

    await eventually(is_known)
    await deploy("gas-monitoring", "Deployed on the page")
    await deploy("archive", "Deployed on the page, too")
    for flow in expected:
        assert (await get(f"/api/flows/{flow}/revisions"))[0]["who"] == "admin"
    archive = stack.volume("flows") / "archiver" / "archive.yaml"
    assert "Deployed on the page, too" in archive.read_text()
    archive.write_text(archive.read_text().replace("Deployed on the page, too", "Shipped as a file"))

    async def is_shipped() -> bool:
        row = next(row for row in await get("/api/flows") if row["name"] == "archive")
        return row["title"] == "Shipped as a file" and not row["changed_on_disk"]

    await eventually(is_shipped)
    assert await processes() == expected
    async with browser.post("/api/devices", json={"sn": "STRESS00003"}, headers=headers) as answer:
        assert answer.status in (201, 409), await answer.text()
    async with browser.ws_connect("/api/ws", headers=headers) as socket:
        await socket.send_json({"subscribe": "live:readings"})
        async with device(stack, "STRESS00003") as one:
            reading = {
                "ts": int(time.time()),
                "seq": 1,
                "v_raw": 2500,
                "temp": 25,
                "humi": 45,
                "bat": 88,
                "rssi": -75,
                "net": "4G",
                "err": 0,
            }
            await one.publish("metachip/gas/STRESS00003/data", json.dumps(reading), qos=1)
        async with asyncio.timeout(60):
            while "STRESS00003" not in (await socket.receive()).data:
                pass
    token = {"name": "prometheus", "role": "viewer"}
    async with browser.post("/api/tokens", json=token, headers=headers) as answer:
        bearer = {"Authorization": f"Bearer {(await answer.json())['text']}"}
    for path, flow in (("/metrics", "gas-monitoring"), ("/metrics/archiver", "archive")):
        async with browser.get(path, headers=bearer) as answer:
            figures = await answer.text()
        assert f'mcs_node_errors_total{{flow="{flow}"' in figures
        assert 'mcs_service_ok{service="database"} 1' in figures
    health = await get("/api/health")
    assert health["services"]["leases"]["processes"] == {"archiver": ["archive"], "worker": ["gas-monitoring"]}


async def test_hashed_files_are_answered_from_the_cache(stack: Stack, browser: aiohttp.ClientSession) -> None:
    assets = STYLES
    seen = []
    for _ in range(2):
        async with browser.get(f"/assets/{assets[0].name}") as answer:
            assert answer.status == 200
            assert answer.headers.getall("Strict-Transport-Security") == ["max-age=31536000"]
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

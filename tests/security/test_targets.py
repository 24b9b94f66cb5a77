"""No flow, card or message makes the server ask itself, its services or its cloud, unless ops have named that."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web

from engine.core.secret import Secret
from engine.core.targets import Target
from engine.runtime.services.targets import TargetRefused, Targets
from engine.settings import Settings
from tests.eventually import eventually
from tests.nodes.io.conftest import MakeBench, make_bench  # noqa: F401 - a fixture

CLOSED = [
    "http://127.0.0.1/",
    "http://127.1.2.3:8080/x",
    "http://[::1]/",
    "http://localhost/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://100.100.100.200/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://172.30.77.5:8501/",
    "http://10.0.0.5:5432/",
]
"""172.30.77.0/24 is the network of the reverse proxy, 10.0.0.5:5432 the database."""

SITE = Settings(
    trusted_proxies=(ip_network("127.0.0.0/8"), ip_network("172.30.77.0/24")),
    database_url=Secret("postgresql://mcs:x@10.0.0.5/mcs"),
)


@pytest.mark.parametrize("url", CLOSED)
async def test_address_of_the_server_itself_is_refused_however_it_is_written(url: str):
    async with Targets(SITE).session() as session:
        with pytest.raises((TargetRefused, aiohttp.InvalidURL)):  # the latter for what is no canonical address
            await session.get(url)


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.9", "203.0.113.7", "172.16.0.1", "2001:db8::1"])
async def test_every_other_address_needs_no_entry(address: str):
    await Targets(SITE).check_address("erp.plant", address, 443)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "allowed"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1", 80, True),
        ("127.0.0.1:8090", "127.0.0.1", "127.0.0.1", 8090, True),
        ("127.0.0.1:8090", "127.0.0.1", "127.0.0.1", 8091, False),
        ("127.0.0.0/8", "localhost", "127.0.0.1", 1, True),
        ("erp.plant", "ERP.plant", "127.0.0.1", 1, True),
        ("erp.plant:443", "erp.plant", "127.0.0.1", 80, False),
        ("erp.plant", "evil.plant", "127.0.0.1", 1, False),
        ("[::1]:90", "::1", "::1", 90, True),
    ],
)
async def test_what_ops_have_named_is_allowed_and_nothing_beside_it(
    entry: str, host: str, address: str, port: int, allowed: bool
):
    targets = Targets(Settings(allowed_targets=(Target.parse(entry),)))
    if allowed:
        await targets.check_address(host, address, port)
        return
    with pytest.raises(TargetRefused):
        await targets.check_address(host, address, port)


async def test_redirect_to_the_server_itself_is_refused(unused_tcp_port: int):
    """A server that is allowed sends the request on to one that is not."""

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"http://127.0.0.2:{unused_tcp_port}/")

    app = web.Application()
    app.router.add_get("/", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    async with Targets(Settings(allowed_targets=(Target.parse("127.0.0.1"),))).session() as session:
        with pytest.raises(TargetRefused):
            await session.get(f"http://127.0.0.1:{unused_tcp_port}/")
    await runner.cleanup()


async def test_name_that_is_looked_up_again_is_checked_again(monkeypatch: pytest.MonkeyPatch):
    """What is connected to is what was checked: a name that leads elsewhere the second time is refused then."""
    answers = iter(["203.0.113.7", "127.0.0.1"])

    async def looked_up(*where: object, **more: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (next(answers), 80))]

    targets = Targets(Settings())
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
    await targets.check_name("http://changing.example/")
    with pytest.raises(TargetRefused):
        await targets.check_name("http://changing.example/")


async def test_node_says_which_setting_would_allow_it(make_bench: MakeBench):  # noqa: F811
    bench = await make_bench(allowed_targets=())
    await bench.deploy("  ask: {type: http-request, with: {url: 'http://127.0.0.1:1/'}}\n")
    bench.give("ask", 1)
    await eventually(lambda: bench.refused)
    assert "MCS_ALLOWED_TARGETS" in bench.refused[0]


async def test_wrong_entry_stops_the_start():
    with pytest.raises(Exception, match="MCS_ALLOWED_TARGETS"):
        Settings.read({"MCS_ALLOWED_TARGETS": "http://x/y"})

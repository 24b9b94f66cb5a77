"""A stored secret goes to what it is for, and is seen nowhere else: messages, errors, logs, answers, figures, arguments."""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import msgspec
import psutil
import pytest

from engine.catalogue.node_types import Catalogue
from engine.core.message import Message
from engine.core.secret import Secret
from engine.flow.check.check import check_flow
from engine.flow.references import References
from engine.flow.yaml.read import read_flow
from engine.ops.backup.manifest import MANIFEST
from engine.ops.backup.save import save
from engine.pack import discover_packs
from engine.runtime.site import Site
from engine.settings import Settings
from tests.browser.live_site import LiveSite
from tests.eventually import eventually
from tests.servers.process import free_port

MARKER = "Marker-7c1f4e0b"
CONNECTS = {
    "http-request": "url: 'http://127.0.0.1:{port}/${{secret:marker}}', headers: {{Authorization: 'Bearer ${{secret:marker}}'}}, retries: 1",
    "mqtt-in": "broker: 'mqtt://user:${{secret:marker}}@127.0.0.1:{port}', topic: a",
    "mqtt-out": "broker: 'mqtt://user:${{secret:marker}}@127.0.0.1:{port}', topic: a",
    "postgres-query": "database: 'postgresql://user:${{secret:marker}}@127.0.0.1:{port}/x', sql: select 1",
    "redis-get": "redis: 'redis://:${{secret:marker}}@127.0.0.1:{port}/0', prefix: a",
    "redis-set": "redis: 'redis://:${{secret:marker}}@127.0.0.1:{port}/0', prefix: a",
}
"""All node types whose config may hold a secret, but `python`, which is an integrator's: what each sends where nobody answers."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(discover_packs())


def test_every_node_that_may_hold_a_secret_is_known_here(catalogue: Catalogue):
    assert {name for name, kind in catalogue.types.items() if kind.about.secrets} == {*CONNECTS, "python"}


@pytest.mark.parametrize("reference", ["${secret:marker}", "x ${broker:site} y"])
def test_node_that_only_passes_messages_on_refuses_a_secret(catalogue: Catalogue, reference: str):
    flow, _ = read_flow(
        f"flow: f\nnodes:\n  a:\n    type: template\n    with: {{text: '{reference}'}}\n    to: b\n  b: {{type: debug}}\n"
    )
    assert flow is not None
    _, problems = check_flow(flow, catalogue, References(brokers={"site": "mqtt://u:p@h"}, secrets=["marker"]))
    assert "flow.secret-not-here" in {problem.code for problem in problems}


@pytest.mark.parametrize("type", CONNECTS)
async def test_node_whose_target_is_away_says_so_without_its_secret(
    type: str, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
):
    """In status, health, quarantine, trace, debug list and log, at every level."""
    caplog.set_level(logging.DEBUG)
    site = Site(catalogue, references=References(secrets=["marker"]), secrets={"marker": MARKER})
    await site.start()
    config = CONNECTS[type].format(port=free_port())
    flow, read_problems = read_flow(
        f"flow: f\non_error: refused\nnodes:\n  it: {{type: {type}, with: {{{config}}}}}\n"
        "  refused: {type: quarantine}\n  all: {type: catch, to: seen}\n  seen: {type: debug}\n"
    )
    assert flow is not None, read_problems
    await site.deploy(flow, read_problems=read_problems)
    run = site.flows["f"]
    if type != "mqtt-in":
        delivery = run.own.adopt()
        run.enter("it", Message(1, id=site.message_id(), delivery=delivery))
        delivery.release()
    node, queue = run.nodes["it"].context, run.nodes["it"].queue

    def told() -> str:
        return f"{node.status_text}{queue.problem if queue else ''}{''.join(str(row) for row in site.debug.rows)}"

    await eventually(told)
    shown = [
        node.status_text,
        site.health(),
        [msgspec.to_builtins(kept) for kept in site.quarantine.recent],
        [msgspec.to_builtins(row, enc_hook=str) for row in site.debug.rows],
        site.debug.rows,
        site.problems,
        repr(run.nodes["it"].instance),
    ]
    await site.stop()
    assert MARKER not in repr(shown) + told() + caplog.text


def everything_of(site: LiveSite) -> str:
    """All that the API tells an administrator, over every route that is read without parameters."""
    told: list[str] = []
    paths = site.call("GET", "/api/openapi.json")["paths"]
    for path, methods in paths.items():
        if "get" in methods and "{" not in path:
            try:
                told.append(str(site.call("GET", path)))
            except urllib.error.HTTPError as refused:
                told.append(refused.read().decode())
    request = urllib.request.Request(f"{site.url}/metrics", headers={"Authorization": f"Bearer {site.token('admin')}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        told.append(answer.read().decode())
    return "\n".join(told)


async def test_running_site_shows_a_secret_nowhere(site: LiveSite):
    site.call("PUT", "/api/secrets/marker", {"value": MARKER})
    config = CONNECTS["http-request"].format(port=free_port())
    text = f"flow: leak\nnodes:\n  go: {{type: inject, with: {{payload: 1}}, to: it}}\n  it: {{type: http-request, with: {{{config}}}}}\n"
    site.call("POST", "/api/flows", {"name": "leak", "text": text})
    revision = site.call("GET", "/api/flows/leak")["revision"]
    site.call("POST", "/api/flows/leak/deploy", {"text": text, "base": revision, "note": ""})
    site.call("POST", "/api/flows/leak/nodes/go/inject", {})

    def refused() -> bool:
        return "leak" in str(site.call("GET", "/api/quarantine"))

    await eventually(refused)
    told = everything_of(site) + site.log.read_text(encoding="utf-8", errors="replace")
    told += str(site.call("GET", "/api/flows/leak")) + json.dumps(site.call("GET", "/api/audit?limit=1000"))
    assert MARKER not in told
    for process in psutil.process_iter(["cmdline"]):
        assert MARKER not in " ".join(process.info["cmdline"] or [])
    assert MARKER.encode() not in b"".join(
        path.read_bytes()
        for path in site.folder.rglob("*")
        if path.is_file() and path.suffix in (".yaml", ".json", ".log")
    )


def test_backup_lists_no_secret_and_holds_it_encrypted(site: LiveSite, tmp_path: Path):
    site.call("PUT", "/api/secrets/marker", {"value": MARKER})
    settings = Settings(data=tmp_path / "data", database_url=Secret(site.dsn))
    asyncio.run(save(settings, tmp_path / "site.zip", tmp_path / "flows"))
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        assert MANIFEST in archive.namelist()
        assert "tables/secrets" in archive.namelist()
    assert MARKER.encode() not in whole

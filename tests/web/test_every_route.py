"""Every route and topic of the running product, asked by everybody: what a role may not do is refused, and nothing else is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from engine.core.roles import ROLES, at_least
from engine.web.live.topics import TOPICS
from tests.browser.live_site import LiveSite

OPEN_TO_ANYONE = {"GET /api/health", "POST /api/session", "GET /metrics"}
OF_ONES_OWN = {"DELETE /api/session", "POST /api/session/password"}
"""What every signed-in person may change: only what is theirs."""
ONLY_ASKED = {
    "POST /api/flows/{name}/diff",
    "POST /api/node-types/ports",
    "POST /api/devices/{sn}/try",
    "POST /api/devices/{sn}/recalibration",
}
"""Questions that are too long for an address."""
ONLY_FOR_ADMINS = re.compile(r"/api/(users|tokens|secrets|audit)\b")
CHANGES = ("POST", "PUT", "PATCH", "DELETE")

Everyone = dict[str, dict[str, str]]


def routes(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation["x-role"]


@pytest.fixture(scope="module")
def document(site: LiveSite) -> dict[str, Any]:
    document: dict[str, Any] = site.call("GET", "/api/openapi.json")
    return document


@pytest.fixture(scope="module")
def everyone(site: LiveSite) -> Everyone:
    """Headers with a token of each role."""
    return {role: {"Authorization": f"Bearer {site.token(role)}"} for role in ROLES}


def test_only_health_and_sign_in_are_open(document: dict[str, Any]) -> None:
    told = {f"{method} {path}" for method, path, need in routes(document) if need == "anyone"}
    assert told == OPEN_TO_ANYONE


def test_who_only_looks_changes_nothing(document: dict[str, Any]) -> None:
    told = {f"{method} {path}" for method, path, need in routes(document) if method in CHANGES and need == "viewer"}
    assert told - OF_ONES_OWN - ONLY_ASKED == set()


def test_users_tokens_secrets_and_audit_are_for_administrators(document: dict[str, Any]) -> None:
    told = {path: need for _, path, need in routes(document) if ONLY_FOR_ADMINS.search(path)}
    assert told
    assert {path for path, need in told.items() if not at_least("admin", need) or at_least("operator", need)} == set()


async def test_every_route_is_closed_to_those_below_its_role(
    site: LiveSite, document: dict[str, Any], everyone: Everyone
) -> None:
    wrong: list[str] = []
    asked = 0
    async with aiohttp.ClientSession(site.url) as session:
        for method, path, need in routes(document):
            at = re.sub(r"{[^}]*}", "1", path)
            for role, headers in [("nobody", {}), *everyone.items()]:
                async with session.request(method, at, headers=headers) as answer:
                    asked += 1
                    refused = (
                        answer.status == 401 if role == "nobody" else answer.status == 403 and await _by_role(answer)
                    )
                may = need == "anyone" or (role != "nobody" and at_least(role, need))  # type: ignore[arg-type]
                if may == refused:
                    wrong.append(f"{method} {path} needs {need}, {role} got {answer.status}")
    assert wrong == []
    assert asked > 100


async def _by_role(answer: aiohttp.ClientResponse) -> bool:
    return json.loads(await answer.text())["error"]["code"] == "role"


async def test_nobody_gets_a_socket_and_every_topic_asks_for_its_role(site: LiveSite, everyone: Everyone) -> None:
    wrong: list[str] = []
    async with aiohttp.ClientSession(site.url) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
            await session.ws_connect("/api/ws")
        for role, headers in everyone.items():
            async with session.ws_connect("/api/ws", headers=headers) as socket:
                for topic in TOPICS:
                    name = f"{topic.name}:nothing/there/out" if topic.argument else topic.name
                    await socket.send_json({"subscribe": name})
                # The answer to the last request comes after those to all before it.
                await socket.send_json({"subscribe": "no-such-topic"})
                refused = set()
                while True:
                    told = await socket.receive_json(timeout=60)
                    if told["topic"] == "no-such-topic":
                        break
                    if told.get("error", {}).get("code") == "role":
                        refused.add(told["topic"].partition(":")[0])
                below = {topic.name for topic in TOPICS if not at_least(role, topic.role)}  # type: ignore[arg-type]
                if refused != below:
                    wrong.append(f"{role}: refused {sorted(refused)}, meant {sorted(below)}")
    assert wrong == []


async def test_a_cookie_from_another_site_changes_nothing(site: LiveSite, document: dict[str, Any]) -> None:
    wrong: list[str] = []
    async with aiohttp.ClientSession(site.url, headers={"Cookie": site.cookie()}) as session:
        for method, path, need in routes(document):
            if method not in CHANGES or need == "anyone":
                continue
            at = re.sub(r"{[^}]*}", "1", path)
            for headers in ({"Origin": "https://evil.example", "X-MCS": "1"}, {"Origin": site.url}, {}):
                async with session.request(method, at, headers=headers) as answer:
                    code = json.loads(await answer.text())["error"]["code"] if answer.status == 403 else ""
                if code != "cross_site":
                    wrong.append(f"{method} {path} with {headers}: {answer.status} {code}")
    assert wrong == []

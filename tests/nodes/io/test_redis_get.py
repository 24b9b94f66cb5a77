"""Values read from a real Redis."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from engine.api import Settings
from engine.core.secret import Secret
from engine.flow.problem import FlowError
from engine.runtime.deploy_report import DeployFailed
from tests.eventually import eventually
from tests.nodes.io.conftest import MakeBench
from tests.nodes.io.harness import SiteHarness
from tests.said import said
from tests.servers.redis import Redis


async def get(bench: SiteHarness, url: str, config: str, *keys: Any) -> None:
    await bench.deploy(
        f"  get: {{type: redis-get, with: {{redis: '{url}', {config}}}, to: keep}}\n  keep: {{type: keep}}\n"
    )
    for key in keys:
        bench.give("get", "before", key=key)
    await eventually(lambda: bench.under_way == 0)


async def test_value_of_prefix_and_key_in_order(bench: SiteHarness, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.mset({f"alarm_GS{number}": f"值{number}" for number in range(600)})
    await get(bench, redis_url, "prefix: alarm_", *[f"GS{number}" for number in range(600)])
    assert bench.got() == [f"值{number}" for number in range(600)]
    assert bench.messages()[5].key == "GS5"


@pytest.mark.parametrize(("decode", "value"), [("text", '{"a": 1}'), ("json", {"a": 1}), ("bytes", b'{"a": 1}')])
async def test_value_is_what_decode_says(bench: SiteHarness, redis_url: str, decode: str, value: Any) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("k", '{"a": 1}')
    await get(bench, redis_url, f"prefix: k, key_from: '', decode: {decode}", "")
    assert bench.got() == [value]


async def test_missing_key_gives_null_or_nothing(bench: SiteHarness, redis_url: str) -> None:
    await get(bench, redis_url, "", "none")
    assert bench.got() == [None]
    await get(bench, redis_url, "missing: drop", "none")
    assert bench.site.flows["test"].nodes["get"].context.dropped == 1


async def test_what_can_not_be_read_is_refused_alone(bench: SiteHarness, redis_url: str) -> None:
    """A list, text that is no JSON, no key, a key of the engine, one too long."""
    with redis.Redis.from_url(redis_url) as client:
        client.rpush("list", "x")
        client.mset({"text": "no json", "good": "1"})
    await get(bench, redis_url, "decode: json", "list", "text", "", "mcs:memory", "x" * 2000, "good")
    assert bench.got() == [1]
    assert len(bench.refused) == 5


async def test_messages_wait_while_redis_is_away(bench: SiteHarness, make_redis: Callable[[], Redis]) -> None:
    server = make_redis()
    server.stop()
    await bench.deploy(
        f"  get: {{type: redis-get, with: {{redis: '{server.url}'}}, to: keep}}\n  keep: {{type: keep}}\n"
    )
    bench.give("get", "before", key="k")
    queue = bench.site.flows["test"].nodes["get"].queue
    await eventually(lambda: queue is not None and "Redis is away" in said(queue.problem))
    server.start()
    await eventually(lambda: bench.got() == [None])


async def test_redis_of_the_site_is_used_without_an_address(make_bench: MakeBench, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("k", "v")
    bench = await make_bench(redis_url=Secret(redis_url))
    assert bench.site.service(Settings).redis_url is not None
    await get(bench, "", "", "k")
    assert bench.got() == ["v"]


async def test_without_any_redis_the_deploy_is_refused_with_what_to_do(bench: SiteHarness) -> None:
    with pytest.raises((DeployFailed, FlowError)) as refused:
        await get(bench, "", "", "k")
    assert "MCS_REDIS_URL" in said(refused.value)

"""Values written to a real Redis, and passed on when it has taken them."""

from collections.abc import Callable
from typing import Any

import redis

from tests.eventually import eventually
from tests.nodes.io.harness import SiteHarness
from tests.said import said
from tests.servers.redis import Redis


async def put(bench: SiteHarness, url: str, config: str = "", *given: tuple[str, Any], **fields: Any) -> None:
    await bench.deploy(
        f"  set: {{type: redis-set, with: {{redis: '{url}', {config}}}, to: keep}}\n  keep: {{type: keep}}\n"
    )
    for key, payload in given:
        bench.give("set", payload, key=key, **fields)
    await eventually(lambda: bench.under_way == 0)


async def test_text_bytes_and_json_are_stored_and_passed_on(bench: SiteHarness, redis_url: str) -> None:
    given = [("a", "气"), ("b", b"\xff"), ("c", {"v": 1.5})]
    await put(bench, redis_url, "prefix: last_", *given)
    with redis.Redis.from_url(redis_url) as client:
        assert client.mget("last_a", "last_b", "last_c") == ["气".encode(), b"\xff", b'{"v":1.5}']
        assert client.ttl("last_a") == -1
    assert bench.got() == [payload for _, payload in given]


async def test_later_value_of_a_key_wins(bench: SiteHarness, redis_url: str) -> None:
    await put(bench, redis_url, "", *[("k", str(number)) for number in range(1200)])
    with redis.Redis.from_url(redis_url) as client:
        assert client.get("k") == b"1199"


async def test_value_is_forgotten_after_its_time(bench: SiteHarness, redis_url: str) -> None:
    await put(bench, redis_url, "ttl_s: 600", ("k", "v"))
    with redis.Redis.from_url(redis_url) as client:
        assert 590_000 < client.pttl("k") <= 600_000


async def test_delete_removes_the_key(bench: SiteHarness, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.mset({"k": "v", "other": "v"})
        await put(bench, redis_url, "", ("k", "x"), delete=True)
        assert client.keys() == [b"other"]


async def test_what_can_not_be_stored_is_refused_alone(bench: SiteHarness, redis_url: str) -> None:
    """No key, a key of the engine, no value."""
    await put(
        bench, redis_url, "value_from: payload.v", ("", {"v": 1}), ("mcs:x", {"v": 1}), ("k", {}), ("k", {"v": 2})
    )
    with redis.Redis.from_url(redis_url) as client:
        assert (client.keys(), client.get("k")) == ([b"k"], b"2")
    assert len(bench.refused) == 3
    assert bench.got() == [{"v": 2}]


async def test_messages_wait_while_redis_is_full(bench: SiteHarness, make_redis: Callable[[], Redis]) -> None:
    """They are not refused, and go on when there is room."""
    server = make_redis()
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory", "1")
        await bench.deploy(
            f"  set: {{type: redis-set, with: {{redis: '{server.url}'}}, to: keep}}\n  keep: {{type: keep}}\n"
        )
        bench.give("set", "v", key="k")
        queue = bench.site.flows["test"].nodes["set"].queue
        await eventually(lambda: queue is not None and "takes no writes now" in said(queue.problem))
        client.config_set("maxmemory", "0")
        await eventually(lambda: bench.got() == ["v"])
    assert bench.refused == []

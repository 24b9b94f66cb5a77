"""Uploads to a real S3 server: small and large, refused, damaged on the way, and a store that is away."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from engine.api import Settings
from engine.core.secret import Secret
from engine.testing import NodeHarness
from nodes.archive.s3_put import S3Put
from plant.archive.bucket import Bucket as Target
from tests.eventually import eventually
from tests.nodes.archive.archive_site import ArchiveSite
from tests.said import said
from tests.servers.process import free_port
from tests.servers.s3 import Bucket


def settings(bucket: Bucket, data: Path, **changed: object) -> Settings:
    given = {
        "data": data,
        "s3_endpoint": bucket.endpoint,
        "s3_bucket": bucket.name,
        "s3_access_key_id": bucket.access_key_id,
        "s3_secret_access_key": Secret(bucket.secret_access_key),
        **changed,
    }
    return Settings(**given)  # type: ignore[arg-type]


def harness(given: Settings, **config: object) -> NodeHarness:
    return NodeHarness(S3Put, {"file": "payload", "name": "topic", **config}, services=[given])


async def test_any_file_of_the_file_area_is_uploaded_under_its_prefix(s3_bucket: Bucket, tmp_path: Path):
    """What the store answered is in the property `s3`."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "today.txt").write_bytes(b"hello")
    async with harness(settings(s3_bucket, tmp_path), prefix="site-7/") as node:
        await node.give({"payload": "today.txt", "topic": "report.txt"})
        await eventually(lambda: node.outputs)
        assert node.outputs[0].message.props["s3"] == {
            "bucket": s3_bucket.name,
            "key": "site-7/report.txt",
            "size_bytes": 5,
            "etag": hashlib.md5(b"hello").hexdigest(),
        }


@pytest.mark.parametrize("name", ["../secret.key", "/etc/passwd", "", 7])
async def test_file_outside_of_the_area_is_refused(s3_bucket: Bucket, tmp_path: Path, name: object):
    """A flow can't send the server's own files away."""
    async with harness(settings(s3_bucket, tmp_path)) as node:
        await node.give({"payload": name, "topic": "x"})
        await eventually(lambda: node.errors)


def test_large_file_goes_up_in_parts(s3_bucket: Bucket, tmp_path: Path):
    """Each part with its MD5; what a killed upload left is taken away; the object reads back the same."""
    content = os.urandom(12 * 1024 * 1024 + 17)
    path = tmp_path / "large"
    path.write_bytes(content)
    target = Target(settings(s3_bucket, tmp_path), part_bytes=5 * 1024 * 1024)
    target._client.create_multipart_upload(Bucket=s3_bucket.name, Key="large")
    with path.open("rb") as file:
        stored = target.put(file, "large")
    assert stored.size_bytes == len(content)
    assert stored.etag.endswith("-3")
    assert target.read_md5("large") == (len(content), hashlib.md5(content).hexdigest())
    assert target._client.list_multipart_uploads(Bucket=s3_bucket.name).get("Uploads", []) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"s3_bucket": "not-there"}, "make the bucket"),
        ({"s3_secret_access_key": Secret("wrong")}, "correct MCS_S3_SECRET_ACCESS_KEY"),
        ({"s3_access_key_id": "nobody"}, "correct MCS_S3_ACCESS_KEY_ID"),
        ({"s3_endpoint": f"http://127.0.0.1:{free_port()}"}, "it is tried again"),
        ({"s3_bucket": None}, "set MCS_S3_BUCKET"),
    ],
)
async def test_store_that_refuses_or_is_away_is_waited_for(
    s3_bucket: Bucket, tmp_path: Path, changed: dict[str, object], words: str
):
    """The status says what to do, never the secret; the message stays."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "f").write_bytes(b"1")
    async with harness(settings(s3_bucket, tmp_path, **changed)) as node:
        await node.give({"payload": "f", "topic": "f"})
        running = node.run.nodes["node"]
        await eventually(lambda: running.queue is not None and running.queue.problem)
        assert running.queue is not None
        assert words in said(running.queue.problem)
        assert "wrong" not in said(running.queue.problem)
        assert node.outputs == []


async def test_bucket_that_is_taken_away_and_comes_back(site: ArchiveSite):
    """No row leaves the database meanwhile; the ledger and health say why; then the same run goes on."""
    await site.fill([6])
    rows = await site.rows()
    site.client.delete_bucket(Bucket=site.bucket.name)
    await site.begin()
    await eventually(lambda: site.archive.health()["stuck"])
    assert await site.rows() == rows
    assert [state for state in await site.states() if state not in ("selected", "filed")] == []
    assert "make the bucket" in said(site.archive.health()["problem"])
    site.client.create_bucket(Bucket=site.bucket.name)
    await site.clock.advance(10)
    await site.finished()
    assert site.archived() == rows
    assert await site.rows() == []

"""Nothing passes whose size or MD5 in the bucket is not that of the file."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.archive.s3_put import S3Put
from plant.archive import bucket
from plant.archive.bucket import StoredObject, same_checksum
from tests.nodes.archive.archive_site import ArchiveSite

NAME = "archive_GS001_2026-03-06.csv.gz"


async def spoil_after_upload(site: ArchiveSite, monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    """The first object is exchanged, or taken away, as soon as the store has taken it."""
    put = S3Put._put
    spoilt: list[str] = []

    def spoiling(self: S3Put, file: str, key: str) -> StoredObject:
        stored = put(self, file, key)
        if not spoilt:
            spoilt.append(key)
            if content is None:
                site.client.delete_object(Bucket=site.bucket.name, Key=key)
            else:
                site.client.put_object(Bucket=site.bucket.name, Key=key, Body=content)
        return stored

    monkeypatch.setattr(S3Put, "_put", spoiling)


@pytest.mark.parametrize("content", [b"something else", None], ids=["exchanged", "gone"])
async def test_object_that_is_not_the_file_keeps_its_rows(
    site: ArchiveSite, monkeypatch: pytest.MonkeyPatch, content: bytes | None
):
    """The others are archived; the next run files and uploads it anew."""
    await site.fill([6])
    rows = await site.rows()
    await spoil_after_upload(site, monkeypatch, content)
    await site.run()
    assert await site.states() == ["selected", "cleaned", "cleaned"]
    assert {row[0] for row in await site.rows()} == {"GS001"}
    (problem,) = [problem for _, _, problem in await site.ledger() if problem]
    assert "the next run files the rows anew" in problem
    assert [kept.reason for kept in site.site.quarantine.recent] == [problem]
    await site.run()
    assert site.archived() == rows
    assert await site.rows() == []
    assert [problem for _, _, problem in await site.ledger() if problem] == []


async def test_upload_in_parts_is_read_back(site: ArchiveSite, monkeypatch: pytest.MonkeyPatch):
    """Its ETag is no MD5 of the whole, so the object itself is."""
    read: list[str] = []
    real = bucket.Bucket.read_md5

    def counted(self: Any, key: str) -> tuple[int, str]:
        read.append(key)
        return real(self, key)

    monkeypatch.setattr(bucket.Bucket, "read_md5", counted)
    site.site.flows["archive"].nodes["upload"].instance.target._part_bytes = 5 << 20
    await site.fill([6], devices=1, rows=300)
    async with site.database.connection() as connection:  # what no compression makes small
        await connection.execute(
            "update readings set extra = to_jsonb(("
            "select string_agg(md5(random()::text || n || readings.seq), '') from generate_series(1, 1250) as n))"
        )
    rows = await site.rows()
    await site.run()
    ((etag,),) = await site.ledger("etag")
    assert "-" in etag
    assert read == [NAME]
    assert site.archived() == rows
    assert await site.states() == ["cleaned"]


@pytest.mark.parametrize(
    ("size", "etag", "same"),
    [(5, "a" * 32, True), (6, "a" * 32, False), (5, "b" * 32, False), (5, "a" * 32 + "-2", None), (5, "", None)],
)
def test_checksum_is_known_only_where_the_store_gives_one(size: int, etag: str, same: bool | None):
    """An ETag of parts or of an encrypted object says nothing."""
    assert same_checksum(StoredObject("b", "k", size, etag), 5, "a" * 32) is same

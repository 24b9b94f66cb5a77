"""The site of the archive's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.nodes.archive.archive_site import ArchiveSite, archive_site
from tests.servers.s3 import Bucket


@pytest.fixture
async def site(postgres_dsn: str, s3_bucket: Bucket, tmp_path: Path) -> AsyncIterator[ArchiveSite]:
    """A site at two in the morning of 11 March (Shanghai), with nothing in it."""
    async with archive_site(postgres_dsn, s3_bucket, tmp_path / "data") as made:
        yield made

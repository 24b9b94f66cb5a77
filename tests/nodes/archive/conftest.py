"""The site of the archive's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.nodes.archive.night import Night, night
from tests.servers.s3 import Bucket


@pytest.fixture
async def tonight(postgres_dsn: str, s3_bucket: Bucket, tmp_path: Path) -> AsyncIterator[Night]:
    """A site at two in the morning of 11 March (Shanghai), with nothing in it."""
    async with night(postgres_dsn, s3_bucket, tmp_path / "data") as made:
        yield made

"""What no waiting mends is told at the start, with its remedy; what may mend is waited for."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import pytest

from engine.core.errors import SetupError
from engine.db.preflight import refuse_unusable
from tests.servers.process import free_port


def changed(dsn: str, **parts: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(**parts))


async def test_a_database_that_is_not_there_is_named(postgres_dsn: str):
    with pytest.raises(SetupError, match=r"no such database.+createdb"):
        await refuse_unusable(changed(postgres_dsn, path="/nowhere"))


async def test_a_login_that_is_not_there_is_told_without_its_password(postgres_dsn: str):
    host = urlsplit(postgres_dsn).netloc.rpartition("@")[2]
    with pytest.raises(SetupError, match="MCS_DATABASE_URL") as refused:
        await refuse_unusable(changed(postgres_dsn, netloc=f"stranger:hunter2@{host}"))
    assert "hunter2" not in str(refused.value)


async def test_a_server_that_does_not_answer_yet_is_waited_for_by_others():
    await refuse_unusable(f"postgresql://mcs@127.0.0.1:{free_port()}/mcs")


async def test_a_sound_address_passes(postgres_dsn: str):
    await refuse_unusable(postgres_dsn)

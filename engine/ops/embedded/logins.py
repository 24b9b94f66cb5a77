"""The logins of the embedded PostgreSQL: the engine's is no superuser, and nobody connects without a password."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from engine.core.whole_file import write_whole

__all__ = ["ENGINE", "HBA", "SUPERUSER", "as_superuser", "make_engine_login", "read_or_make_passwords"]

SUPERUSER = "postgres"
"""Starts and stops the server, and makes the engine's login. Nothing else uses it."""
ENGINE = "mcs"

HBA = "local all all scram-sha-256\n"
"""The whole of pg_hba.conf: the unix socket, with a password, and nothing else."""


def read_or_make_passwords(file: Path) -> tuple[dict[str, str], bool]:
    """({login: password}, whether they were made just now). The file is readable for the engine's own account alone."""
    try:
        return json.loads(file.read_text(encoding="ascii")), False
    except (FileNotFoundError, ValueError):
        passwords = {login: secrets.token_urlsafe(24) for login in (SUPERUSER, ENGINE)}
    write_whole(file, json.dumps(passwords).encode("ascii"), 0o600)
    return passwords, True


def as_superuser(passwords: dict[str, str]) -> str:
    """For the single-user mode, before the server starts: gives the superuser its password."""
    return f"alter role {SUPERUSER} password '{passwords[SUPERUSER]}'\n"


def make_engine_login(passwords: dict[str, str]) -> str:
    """Makes the engine's login; harmless when it is done already. It may make other logins (that of `postgres-query`), and is no superuser."""
    return f"""
do $do$
begin
    if not exists (select from pg_roles where rolname = '{ENGINE}') then
        create role {ENGINE} login nosuperuser nocreatedb createrole noreplication nobypassrls;
    end if;
    alter role {ENGINE} password '{passwords[ENGINE]}';
end $do$
"""

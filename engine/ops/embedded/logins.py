"""The logins of the embedded PostgreSQL: the engine's is no superuser, and nobody connects without a password."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

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
    fresh = file.with_name(f"{file.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        json.dump(passwords, opened)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    return passwords, True


def as_superuser(passwords: dict[str, str]) -> str:
    """For the single-user mode, before the server starts: gives the superuser its password."""
    return f"alter role {SUPERUSER} password '{passwords[SUPERUSER]}'\n"


def make_engine_login(passwords: dict[str, str]) -> str:
    """Makes the engine's login, and hands it what an older version made as superuser; harmless when it is done already.

    It may make other logins (that of `postgres-query`), and owns the database and everything in it.
    """
    return f"""
do $do$
declare thing record;
begin
    if not exists (select from pg_roles where rolname = '{ENGINE}') then
        create role {ENGINE} login nosuperuser nocreatedb createrole noreplication nobypassrls;
    end if;
    alter role {ENGINE} password '{passwords[ENGINE]}';
    if (select pg_get_userbyid(datdba) from pg_database where datname = current_database()) <> '{ENGINE}' then
        execute format('alter database %I owner to {ENGINE}', current_database());
        alter schema public owner to {ENGINE};
        for thing in
            select format('alter %s %s owner to {ENGINE}', case relkind when 'S' then 'sequence' when 'v' then 'view'
                when 'm' then 'materialized view' else 'table' end, pg_class.oid::regclass) as change
            from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
            or (relnamespace = 'public'::regnamespace and relkind = 'S'
                and not exists (select from pg_depend where objid = pg_class.oid and deptype in ('a', 'i')))
        loop
            execute thing.change;
        end loop;
        for thing in
            select format('alter routine %s owner to {ENGINE}', pg_proc.oid::regprocedure) as change
            from pg_proc where pronamespace = 'public'::regnamespace
        loop
            execute thing.change;
        end loop;
    end if;
end $do$
"""

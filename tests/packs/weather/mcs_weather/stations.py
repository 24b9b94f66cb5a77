"""The weather stations: a table, and a copy of it in memory that nodes ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from engine.api import Database, SiteView


class Stations:
    """Names by id. A service of the pack: `ctx.service(Stations)` in a node, `call.service(Stations)` in a route."""

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._names: dict[str, str] = {}

    @classmethod
    def of_site(cls, site: SiteView) -> Self:
        """On the site's database."""
        return cls(site.service(Database))

    @classmethod
    def holding(cls, names: Mapping[str, str]) -> Self:
        """For tests: without a database."""
        made = cls(None)
        made._names.update(names)
        return made

    async def start(self) -> None:
        """Reads the table."""
        if self._database is not None:
            async with self._database.connection(10) as connection:
                rows = await connection.fetch("select id, name from weather_stations")
            self._names = {row["id"]: row["name"] for row in rows}

    async def stop(self) -> None:
        """Holds nothing open."""

    def health(self) -> Mapping[str, Any]:
        """How many there are."""
        return {"status": "ok", "stations": len(self._names)}

    def name(self, id: str) -> str:
        """The name of a station, "" when there is none of that id."""
        return self._names.get(id, "")

    def all(self) -> dict[str, str]:
        """{id: name}"""
        return dict(self._names)

    async def save(self, id: str, name: str) -> None:
        """Adds a station, or gives it another name."""
        if self._database is not None:
            async with self._database.connection(10) as connection:
                await connection.execute(
                    "insert into weather_stations (id, name) values ($1, $2) on conflict (id) do update set name = excluded.name",
                    id,
                    name,
                )
        self._names[id] = name

"""Floor plans in the database: pictures with a name, on which devices have their places."""

from __future__ import annotations

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from plant.devices.table import PlanNotFound
from plant.plans.plan_image import PlanImage

__all__ = ["Plan", "PlanTable"]

_COLUMNS = "id, name, width, height, digest"


class Plan(msgspec.Struct, frozen=True):
    """A plan without its picture, which is at /api/plans/ID/image. Width and height are in pixels."""

    id: int
    name: str
    width: int
    height: int
    digest: str


class PlanTable:
    """The table over one connection."""

    def __init__(self, connection: PoolConnectionProxy) -> None:
        self._connection = connection

    async def all(self) -> list[Plan]:
        """Every plan, the oldest first."""
        return [_plan(row) for row in await self._connection.fetch(f"select {_COLUMNS} from plans order by id")]

    async def image(self, id: int) -> tuple[str, str, bytes]:
        """(media type, digest, content). Raises PlanNotFound."""
        row = await self._connection.fetchrow("select media, digest, image from plans where id = $1", id)
        if row is None:
            raise PlanNotFound(str(id))
        return row["media"], row["digest"], row["image"]

    async def add(self, name: str, image: PlanImage, by: str) -> Plan:
        """A new plan."""
        row = await self._connection.fetchrow(
            f"insert into plans (name, media, width, height, digest, image, changed_by) values ($1, $2, $3, $4, $5, $6, $7) returning {_COLUMNS}",
            name,
            image.media,
            image.width,
            image.height,
            image.digest,
            image.data,
            by,
        )
        assert row is not None
        return _plan(row)

    async def rename(self, id: int, name: str, by: str) -> Plan:
        """Raises PlanNotFound."""
        return _found(
            await self._connection.fetchrow(
                f"update plans set name = $2, changed_by = $3, changed_at = now() where id = $1 returning {_COLUMNS}",
                id,
                name,
                by,
            ),
            id,
        )

    async def replace(self, id: int, image: PlanImage, by: str) -> Plan:
        """Another picture; the devices keep their places in percent. Raises PlanNotFound."""
        return _found(
            await self._connection.fetchrow(
                "update plans set media = $2, width = $3, height = $4, digest = $5, image = $6, changed_by = $7, changed_at = now() "
                f"where id = $1 returning {_COLUMNS}",
                id,
                image.media,
                image.width,
                image.height,
                image.digest,
                image.data,
                by,
            ),
            id,
        )

    async def remove(self, id: int) -> None:
        """Its devices are on no plan then. Raises PlanNotFound."""
        if await self._connection.execute("delete from plans where id = $1", id) == "DELETE 0":
            raise PlanNotFound(str(id))


def _plan(row: asyncpg.Record) -> Plan:
    return Plan(row["id"], row["name"], row["width"], row["height"], row["digest"])


def _found(row: asyncpg.Record | None, id: int) -> Plan:
    if row is None:
        raise PlanNotFound(str(id))
    return _plan(row)

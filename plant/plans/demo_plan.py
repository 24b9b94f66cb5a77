"""The floor plan of the demo: a small chemical works, drawn in code, and where its twenty detectors hang."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Final

import msgspec

from engine.api import Database, connection_or_retry

if TYPE_CHECKING:
    from PIL import ImageDraw

# Pillow is imported where it draws: every `mcs` command imports this module.

__all__ = ["SPOTS", "Spot", "demo_plan", "drawn_plan"]

NAME = "一号厂区 Plant 1"
WIDTH, HEIGHT = 2000, 1200
SMOOTH = 2
_PAPER, _FLOOR, _WALL, _LINE, _PALE = "#eef1f3", "#fafbfb", "#47545f", "#8a98a3", "#c3ccd3"
_TANK, _PIPE, _YARD, _TEXT = "#dfe7ec", "#9fb6c4", "#e2e8e4", "#5b6a76"


class Spot(msgspec.Struct, frozen=True):
    """Where a detector of the demo hangs, in percent of the plan."""

    name: str
    location: str
    left_pct: float
    top_pct: float


SPOTS: Final = (
    Spot("R-101 反应釜", "反应车间", 13.5, 21.0),
    Spot("R-102 反应釜", "反应车间", 24.5, 21.0),
    Spot("R-103 反应釜", "反应车间", 35.5, 21.0),
    Spot("R-104 反应釜", "反应车间", 46.5, 21.0),
    Spot("反应车间西门", "反应车间", 7.5, 38.0),
    Spot("反应车间东门", "反应车间", 51.5, 38.0),
    Spot("P-201 泵组", "泵房", 12.0, 59.0),
    Spot("P-202 泵组", "泵房", 22.0, 59.0),
    Spot("B-301 锅炉", "锅炉房", 37.5, 57.5),
    Spot("锅炉房气阀", "锅炉房", 47.5, 69.5),
    Spot("T-401 储罐", "罐区", 66.5, 17.5),
    Spot("T-402 储罐", "罐区", 77.5, 17.5),
    Spot("T-403 储罐", "罐区", 88.5, 17.5),
    Spot("T-404 储罐", "罐区", 66.5, 36.0),
    Spot("T-405 储罐", "罐区", 77.5, 36.0),
    Spot("T-406 储罐", "罐区", 88.5, 36.0),
    Spot("1 号装车位", "装卸区", 70.0, 62.0),
    Spot("2 号装车位", "装卸区", 86.0, 62.0),
    Spot("气瓶间", "气瓶间", 13.0, 85.5),
    Spot("化验室", "化验室", 32.5, 85.5),
)


async def demo_plan(database: Database) -> tuple[int, tuple[Spot, ...]]:
    """(id of the site's first plan, places on it); it is drawn when the site has none. Raises RetryableError while the database is away."""
    from plant.plans.plan_image import checked
    from plant.plans.plans import PlanTable

    async with connection_or_retry(database) as connection:
        table = PlanTable(connection)
        plans = await table.all()
        if plans:
            return plans[0].id, SPOTS if plans[0].name == NAME else ()
        image = await asyncio.to_thread(lambda: checked(drawn_plan()))
        return (await table.add(NAME, image, "demo")).id, SPOTS


def drawn_plan() -> bytes:
    """The plan as PNG. It is drawn twice as large and made smaller, for smooth lines."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH * SMOOTH, HEIGHT * SMOOTH), _PAPER)
    pen = _Pen(ImageDraw.Draw(picture))
    _grounds(pen)
    _hall(pen)
    _rooms(pen)
    _tank_farm(pen)
    _loading(pen)
    _frame(pen)
    kept = io.BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(kept, "PNG")
    return kept.getvalue()


class _Pen:
    """Draws in the plan's own pixels."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def box(
        self, x: float, y: float, w: float, h: float, fill: str | None, line: str = _LINE, width: float = 2
    ) -> None:
        at = [value * SMOOTH for value in (x, y, x + w, y + h)]
        self._draw.rectangle(at, fill=fill, outline=line, width=round(width * SMOOTH))

    def disc(self, x: float, y: float, r: float, fill: str | None, line: str = _LINE, width: float = 2) -> None:
        at = [value * SMOOTH for value in (x - r, y - r, x + r, y + r)]
        self._draw.ellipse(at, fill=fill, outline=line, width=round(width * SMOOTH))

    def way(self, *points: float, line: str = _LINE, width: float = 2) -> None:
        self._draw.line([value * SMOOTH for value in points], fill=line, width=round(width * SMOOTH), joint="curve")

    def arc(self, x: float, y: float, r: float, begin: int, end: int) -> None:
        at = [value * SMOOTH for value in (x - r, y - r, x + r, y + r)]
        self._draw.arc(at, begin, end, fill=_LINE, width=2 * SMOOTH)

    def text(self, x: float, y: float, text: str, size: float = 20, fill: str = _TEXT) -> None:
        from PIL import ImageFont

        font = ImageFont.load_default(size * SMOOTH)
        self._draw.text((x * SMOOTH, y * SMOOTH), text, fill=fill, font=font, anchor="mm")


def _grounds(pen: _Pen) -> None:
    pen.box(40, 40, WIDTH - 80, HEIGHT - 80, "#e9edef", _PALE, 3)
    pen.box(1120, 40, 70, HEIGHT - 80, "#dde3e6", "#dde3e6")
    pen.box(1120, 560, WIDTH - 1160, 60, "#dde3e6", "#dde3e6")
    for y in range(70, HEIGHT - 80, 60):
        pen.way(1155, y, 1155, y + 28, line="#ffffff", width=4)
    for x in range(1215, WIDTH - 80, 60):
        pen.way(x, 590, x + 28, 590, line="#ffffff", width=4)
    for x, y in ((1090, 1120), (1060, 1090), (1085, 1060), (560, 1125), (610, 1125)):
        pen.disc(x, y, 16, _YARD, "#c5d3c8")


def _door(pen: _Pen, x: float, y: float, size: float, along_x: bool) -> None:
    if along_x:
        pen.box(x, y - 7, size, 14, _FLOOR, _FLOOR)
        pen.way(x, y, x, y + size)
        pen.arc(x, y, size, 0, 90)
    else:
        pen.box(x - 7, y, 14, size, _FLOOR, _FLOOR)
        pen.way(x, y, x + size, y)
        pen.arc(x, y, size, 0, 90)


def _hall(pen: _Pen) -> None:
    """The reaction hall with its four reactors under a pipe rack."""
    pen.box(90, 90, 1000, 430, _FLOOR, _WALL, 9)
    for x in range(190, 1090, 200):
        for y in (96, 504):
            pen.box(x - 8, y - 2, 16, 16, _WALL, _WALL)
    for offset in (0, 12, 24):
        pen.way(110, 372 + offset, 1070, 372 + offset, line=_PIPE, width=4)
    for number, x in enumerate((270, 490, 710, 930), start=101):
        pen.disc(x, 250, 74, _TANK, _LINE, 3)
        pen.disc(x, 250, 52, None, _PALE)
        pen.disc(x, 250, 9, _LINE)
        pen.way(x - 38, 250, x + 38, 250, line=_PALE)
        pen.way(x, 212, x, 288, line=_PALE)
        pen.way(x, 324, x, 372, line=_PIPE, width=5)
        pen.text(x, 146, f"R-{number}", 24)
    pen.text(560, 462, "REACTION HALL", 26, _LINE)
    _door(pen, 150, 520, 60, True)
    _door(pen, 980, 520, 60, True)


def _rooms(pen: _Pen) -> None:
    for x, y, w, h, name in (
        (90, 600, 500, 250, "PUMP ROOM"),
        (620, 600, 470, 250, "BOILER HOUSE"),
        (90, 920, 330, 190, "CYLINDERS"),
        (450, 920, 400, 190, "LABORATORY"),
    ):
        pen.box(x, y, w, h, _FLOOR, _WALL, 9)
        pen.text(x + w / 2, y + h - 34, name, 24, _LINE)
        _door(pen, x + w - 72, y, 50, True)
    for number, x in enumerate((240, 440), start=201):
        for offset in (-60, 20):
            pen.box(x + offset - 16, 690, 56, 34, _TANK)
            pen.disc(x + offset + 12, 707, 22, _TANK)
        pen.text(x, 655, f"P-{number}", 22)
        pen.way(x - 80, 752, x + 80, 752, line=_PIPE, width=5)
    pen.box(680, 660, 150, 76, _TANK, _LINE, 3)
    pen.disc(700, 698, 22, None)
    pen.text(768, 698, "B-301", 22)
    pen.box(860, 660, 150, 76, _TANK, _LINE, 3)
    pen.text(935, 698, "B-302", 22)
    pen.way(830, 680, 860, 680, line=_PIPE, width=5)
    for x in range(130, 390, 34):
        pen.disc(x, 985, 12, _TANK)
    for x, y in ((490, 960), (610, 960), (730, 960)):
        pen.box(x, y, 90, 30, _TANK)


def _tank_farm(pen: _Pen) -> None:
    pen.box(1230, 90, 680, 430, "#f3f5f3", _LINE, 3)
    pen.box(1244, 104, 652, 402, None, _PALE, 2)
    for row, y in enumerate((210, 432)):
        for column, x in enumerate((1330, 1550, 1770)):
            if row == 0:
                pen.disc(x, y, 88, _TANK, _LINE, 3)
                pen.disc(x, y, 66, None, _PALE)
                pen.text(x, y + 42, f"T-40{column + 1}", 22)
            else:
                pen.disc(x, y, 66, _TANK, _LINE, 3)
                pen.disc(x, y, 46, None, _PALE)
                pen.text(x, y + 30, f"T-40{column + 4}", 22)
            pen.way(x, y + (88 if row == 0 else -66), x, 332, line=_PIPE, width=5)
    pen.way(1090, 332, 1860, 332, line=_PIPE, width=5)
    pen.text(1440, 332 - 22, "TANK FARM", 22, _LINE)


def _loading(pen: _Pen) -> None:
    pen.box(1230, 660, 680, 300, _FLOOR, _PALE, 3)
    for number, x in ((1, 1400), (2, 1720)):
        pen.box(x - 100, 720, 150, 60, _TANK, _LINE, 3)
        pen.box(x + 56, 726, 46, 48, _TANK, _LINE, 3)
        pen.way(x - 25, 720, x - 25, 660, line=_PIPE, width=5)
        pen.box(x - 140, 700, 290, 190, None, _PALE, 2)
        pen.text(x, 846, f"BAY {number}", 24)
    pen.text(1570, 930, "LOADING", 26, _LINE)
    pen.box(1230, 1010, 330, 120, _FLOOR, _WALL, 7)
    pen.text(1395, 1070, "CONTROL ROOM", 24)
    pen.box(1590, 1010, 320, 120, _FLOOR, _WALL, 7)
    pen.text(1750, 1070, "OFFICES", 24)


def _frame(pen: _Pen) -> None:
    pen.text(950, 1010, "N", 26)
    pen.way(950, 1030, 950, 1110, width=3)
    pen.way(936, 1050, 950, 1028, 964, 1050, width=3)
    for x in range(3):
        pen.box(910 + x * 60, 1128, 60, 8, _WALL if x % 2 == 0 else _FLOOR, _WALL, 1)

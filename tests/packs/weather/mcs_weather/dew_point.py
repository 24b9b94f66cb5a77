"""`dew-point`: at which temperature water begins to condense, from temperature and humidity."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

from engine.api import Context, Example, Help, Message, Meta, Node, Path, PermanentError, node
from mcs_weather.stations import Stations

A, B = 17.625, 243.04
"""Magnus coefficients over water, −40 to 50 °C: Alduchov and Eskridge, J. Appl. Meteor. 35 (1996), 601."""


@node(category="weather", icon="droplets", title="Dew point")
class DewPoint(Node):
    """Write the dew point (°C) beside temperature (°C) and relative humidity (%).

    The message goes on with the name of its station as the property `station`, when its key is the id of one. A
    humidity of 0 or below, or above 100 %, is refused: it is no reading.
    """

    temperature: Annotated[str, Meta(min_length=1, description="Path of the temperature, °C.")] = "payload.temp"
    humidity: Annotated[str, Meta(min_length=1, description="Path of the relative humidity, %.")] = "payload.humi"
    result: Annotated[str, Meta(min_length=1, description="Path that the dew point is written to.")] = "payload.dew"

    examples: ClassVar = [
        Example(
            "a summer day, at a station that is known",
            {},
            given=[{"payload": {"temp": 25, "humi": 60}, "key": "S1"}],
            expect=[{"payload": {"temp": 25, "humi": 60, "dew": 16.7}, "station": "North gate"}],
            title_zh="夏日，已登记的站点",
            state={"stations": {"S1": "North gate"}},
        )
    ]
    zh: ClassVar = Help(
        title="露点",
        text="由温度（°C）和相对湿度（%）计算露点（°C），写在旁边。消息的键是已登记的站点时，附上站名。湿度不在 0 到 100 之间则拒绝。",
        fields={"temperature": "温度的路径，°C。", "humidity": "相对湿度的路径，%。", "result": "露点写到的路径。"},
    )

    def start(self, ctx: Context) -> None:
        self.stations = ctx.service(Stations)
        self.temperature_at, self.humidity_at, self.result_at = map(
            Path, (self.temperature, self.humidity, self.result)
        )

    def process(self, msg: Message) -> Message:
        temperature_c, humidity_pct = _number(self.temperature_at, msg), _number(self.humidity_at, msg)
        if not 0 < humidity_pct <= 100 or temperature_c <= -B:
            raise PermanentError(f"{temperature_c:g} °C and {humidity_pct:g} % are no air; check the sensor")
        gamma = math.log(humidity_pct / 100) + A * temperature_c / (B + temperature_c)
        name = self.stations.name(msg.key)
        out = self.result_at.set(msg, round(B * gamma / (A - gamma), 1))
        return out.with_props(station=name) if name else out


def _number(path: Path, msg: Message) -> float:
    value: Any = path.get(msg)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise PermanentError(f"{path.text} is no number; send one, or convert it before")
    return value

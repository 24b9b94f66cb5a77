"""`unit-convert`: turns a gas concentration from one unit into another."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    Path,
    PathText,
    PermanentError,
    Port,
    Text,
    choices,
    node,
)
from nodes.gas.gases import GASES
from nodes.support.numeric import as_number
from nodes.support.value_ref import ValueRef

Unit = Literal["ppm", "ppb", "%vol", "%LEL", "mg/m³", "µg/m³"]
PPM = {"ppm": 1.0, "ppb": 1e-3, "%vol": 1e4}
MASS = {"mg/m³": 1.0, "µg/m³": 1e-3}
GAS_CONSTANT = 8.314462618
"""J/(mol K), CODATA 2018."""
ZERO_C_K = 273.15


@node(category="gas", secrets=False, icon="arrow-left-right", title="Unit convert")
class UnitConvert(Node):
    """Turn a concentration from one unit into another: ppm, ppb, %vol, %LEL, mg/m³, µg/m³.

    Shares of the volume (ppm, ppb, %vol) differ by powers of ten. %LEL is the share of the lower explosive limit of the gas. A mass in a
    volume goes by the ideal gas: mg/m³ = ppm * M * p / (R * T), at the temperature and pressure given, or those in the message; 25 °C and
    1013.25 hPa unless told otherwise. `gas` brings molar mass and limit (IEC 60079-20-1); your own values go before them: GB/T 50493 takes
    5.0 %vol for methane where the IEC takes 4.4, so the same 1 %vol is 20 %LEL or 22.7.

    A message without the value, and null (a reading with a fault), pass unchanged. What is no number is refused, a temperature or
    pressure that is missing in the message too: none is assumed. Ports have the two units, so the checks refuse a wire into another.
    """

    from_unit: Annotated[Unit, Meta(title="From", description="Unit of what comes in.")]
    to_unit: Annotated[Unit, Meta(title="To", description="Unit of what goes on.")]
    gas: Annotated[
        Annotated[
            Literal[tuple(GASES)],  # type: ignore[valid-type]
            choices({formula: (f"{formula} ({gas.en})", f"{formula}（{gas.zh}）") for formula, gas in GASES.items()}),
        ]
        | None,
        Meta(description="Gas; not needed between ppm, ppb and %vol, nor with values of your own."),
    ] = None
    molar_mass_g_mol: Annotated[
        Annotated[float, Meta(gt=0, le=1000)] | None,
        Meta(title="Molar mass", description="Molar mass instead of the gas's.", extra_json_schema={"x-unit": "g/mol"}),
    ] = None
    lel_vol_pct: Annotated[
        Annotated[float, Meta(gt=0, le=100)] | None,
        Meta(
            title="Lower explosive limit",
            description="Lower explosive limit instead of the gas's.",
            extra_json_schema={"x-unit": "%vol"},
        ),
    ] = None
    temperature_c: Annotated[
        float, Meta(gt=-273.15, le=1000, description="Temperature of the gas.", extra_json_schema={"x-unit": "°C"})
    ] = 25.0
    pressure_hpa: Annotated[
        float,
        Meta(gt=0, le=100_000, description="Pressure of the gas.", extra_json_schema={"x-unit": "hPa"}),
    ] = 1013.25
    temperature_from: Annotated[
        PathText,
        Meta(description="Path of a temperature (°C) in the message, e.g. payload.temp; empty: temperature_c."),
    ] = ""
    pressure_from: Annotated[
        PathText, Meta(description="Path of a pressure (hPa) in the message; empty: pressure_hpa.")
    ] = ""
    property: Annotated[PathText, Meta(min_length=1, description="Path of the number.")] = "payload"
    result: Annotated[
        PathText,
        Meta(title="Result to", description="Path that the result is written to; empty: the place of the number."),
    ] = ""

    examples: ClassVar = [
        Example(
            "carbon monoxide as a mass, at 25 °C",
            {"from_unit": "ppm", "to_unit": "mg/m³", "gas": "CO"},
            given=[100],
            expect=[114.4881987126],
            title_zh="一氧化碳换算为质量浓度（25 °C）",
        ),
        Example(
            "methane as a share of its explosive limit, by the Chinese standard",
            {"from_unit": "%vol", "to_unit": "%LEL", "gas": "CH4", "lel_vol_pct": 5.0},
            given=[1.0, None],
            expect=[20.0, None],
            title_zh="甲烷换算为 %LEL（按国标 5.0%vol）",
        ),
        Example(
            "at the temperature of the reading, beside the number",
            {
                "from_unit": "mg/m³", "to_unit": "ppm", "gas": "H2S", "property": "payload.conc", "result": "payload.ppm",
                "temperature_from": "payload.temp",
            },
            given=[{"conc": 10, "temp": 0}],
            expect=[{"conc": 10, "temp": 0, "ppm": 6.576868997828}],
            title_zh="按读数的温度换算，写在旁边",
        ),
    ]  # fmt: skip
    zh: ClassVar = Help(
        "单位换算",
        "换算气体浓度：ppm、ppb、%vol、%LEL、mg/m³、µg/m³。质量浓度按理想气体，用填写的或消息中的温度和压力（默认 25 °C、1013.25 hPa）。"
        "“气体”提供摩尔质量和爆炸下限（IEC 60079-20-1），另填的值优先：甲烷的爆炸下限 GB/T 50493 取 5.0%vol，IEC 取 4.4%vol。"
        "没有该值或为空值（故障）的消息原样通过；不是数字、消息中缺少温度或压力的处理失败。端口带有单位，其他单位的连线会被拒绝。",
        fields={
            "from_unit": ("输入单位", "收到的浓度的单位。"),
            "to_unit": ("输出单位", "送出的浓度的单位。"),
            "gas": ("气体", "哪种气体；ppm、ppb、%vol 之间换算，或另填了值时不需要。"),
            "molar_mass_g_mol": ("摩尔质量", "代替该气体的值。"),
            "lel_vol_pct": ("爆炸下限", "代替该气体的值。"),
            "temperature_c": ("温度", "气体的温度。"),
            "pressure_hpa": ("压力", "气体的压力。"),
            "temperature_from": ("温度来自", "温度（°C）在消息中的路径，如 `payload.temp`；不填则用温度。"),
            "pressure_from": ("压力来自", "压力（hPa）在消息中的路径；不填则用压力。"),
            "property": ("属性", "浓度在消息中的路径。"),
            "result": ("结果写到", "结果写到哪个路径；不填则写回原处。"),
        },
    )

    def __post_init__(self) -> None:
        if self.from_unit == self.to_unit:
            raise ValueError(Text("gas.same-unit", unit=self.to_unit))
        if "%LEL" in (self.from_unit, self.to_unit) and self._lel() is None:
            raise ValueError(Text("gas.no-limit"))
        if self._needs_mass() and self._molar_mass() is None:
            raise ValueError(Text("gas.no-mass"))

    def input_ports(self) -> tuple[Port, ...]:
        """The input takes from_unit."""
        return (Port("in", unit=self.from_unit),)

    def output_ports(self) -> tuple[Port, ...]:
        """The output is in to_unit."""
        return (Port("out", unit=self.to_unit),)

    def start(self, ctx: Context) -> None:
        self.place = ValueRef(self.property, ctx)
        self.target = ValueRef(self.result, ctx) if self.result else self.place
        self.temperature = Path(self.temperature_from) if self.temperature_from else None
        self.pressure = Path(self.pressure_from) if self.pressure_from else None

    def process(self, msg: Message) -> Message:
        found = self.place.get(msg)
        if found is UNSET or found is None:
            return msg
        value = as_number(found, self.property) * self._in_own_kind(self.from_unit) / self._in_own_kind(self.to_unit)
        if self._needs_mass():
            per_ppm = self._mg_m3_per_ppm(msg)
            value = value * per_ppm if self.to_unit in MASS else value / per_ppm
        return self.target.set(msg, as_number(value, f"{self.property}, converted,"))

    def _in_own_kind(self, unit: str) -> float:
        """How many ppm one of it is, or how many mg/m³ where it is a mass."""
        if unit == "%LEL":
            return (self._lel() or 0.0) / 100 * 1e4
        return MASS[unit] if unit in MASS else PPM[unit]

    def _needs_mass(self) -> bool:
        return (self.from_unit in MASS) is not (self.to_unit in MASS)

    def _mg_m3_per_ppm(self, msg: Message) -> float:
        temperature_k = self._there(msg, self.temperature, self.temperature_c, -ZERO_C_K) + ZERO_C_K
        pressure_pa = self._there(msg, self.pressure, self.pressure_hpa, 0.0) * 100
        # one ppm of p/(R T) mol/m³, times g/mol: 1e-6 and the 1e3 of mg leave 1e-3
        return (self._molar_mass() or 0.0) * pressure_pa / (GAS_CONSTANT * temperature_k) * 1e-3

    def _there(self, msg: Message, path: Path | None, given: float, above: float) -> float:
        if path is None:
            return given
        number = as_number(path.get(msg), path.text)
        if number <= above:
            raise PermanentError(Text("gas.above", path=path.text, value=number, least=above))
        return number

    def _molar_mass(self) -> float | None:
        known = GASES[self.gas].molar_mass_g_mol if self.gas else None
        return self.molar_mass_g_mol if self.molar_mass_g_mol is not None else known

    def _lel(self) -> float | None:
        known = GASES[self.gas].lel_vol_pct if self.gas else None
        return self.lel_vol_pct if self.lel_vol_pct is not None else known

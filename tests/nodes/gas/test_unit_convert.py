"""Concentrations in other units: against figures of handbooks, there and back, and nothing assumed."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import Message
from engine.catalogue.node_types import NodeType
from engine.testing import run_node
from nodes.gas.gases import GASES
from nodes.gas.unit_convert import UnitConvert
from tests.said import said

UNITS = ["ppm", "ppb", "%vol", "%LEL", "mg/m³", "µg/m³"]


def converted(value: Any, **config: Any) -> Any:
    node = NodeType(UnitConvert).make(config)
    node.start(None)  # type: ignore[arg-type]
    return node.process(Message(value)).payload


@pytest.mark.parametrize(
    ("value", "config", "expected"),
    [
        # NIOSH Pocket Guide, conversion factors at 25 °C and 1 atm: 1 ppm is 1.15, 1.40, 0.70, 2.62, 2.90 mg/m³
        (1, {"from_unit": "ppm", "to_unit": "mg/m³", "gas": "CO"}, 1.15),
        (1, {"from_unit": "ppm", "to_unit": "mg/m³", "gas": "H2S"}, 1.40),
        (1, {"from_unit": "ppm", "to_unit": "mg/m³", "gas": "NH3"}, 0.70),
        (1, {"from_unit": "ppm", "to_unit": "mg/m³", "gas": "SO2"}, 2.62),
        (1, {"from_unit": "ppm", "to_unit": "mg/m³", "gas": "Cl2"}, 2.90),
        (44_000, {"from_unit": "ppm", "to_unit": "%LEL", "gas": "CH4"}, 100),
        (1, {"from_unit": "%vol", "to_unit": "%LEL", "gas": "CH4", "lel_vol_pct": 5.0}, 20),
        (20.9, {"from_unit": "%vol", "to_unit": "ppm"}, 209_000),
        (5, {"from_unit": "ppb", "to_unit": "ppm"}, 0.005),
        (-3, {"from_unit": "ppm", "to_unit": "ppb"}, -3000),
        (22.414, {"from_unit": "ppm", "to_unit": "µg/m³", "molar_mass_g_mol": 1, "temperature_c": 0}, 1000),
        (10, {"from_unit": "mg/m³", "to_unit": "%LEL", "gas": "H2"}, 0.3034),
    ],
)
def test_figures_of_handbooks(value: float, config: dict[str, Any], expected: float) -> None:
    assert converted(value, **config) == pytest.approx(expected, rel=6e-3)


@given(
    value=st.floats(-1e6, 1e6),
    there=st.sampled_from(UNITS),
    back=st.sampled_from(UNITS),
    gas=st.sampled_from([name for name, gas in GASES.items() if gas.lel_vol_pct]),
    temperature=st.floats(-100, 500),
    pressure=st.floats(1, 10_000),
)
def test_there_and_back_is_the_same(
    value: float, there: str, back: str, gas: str, temperature: float, pressure: float
) -> None:
    if there == back:
        return
    more = {"gas": gas, "temperature_c": temperature, "pressure_hpa": pressure}
    once = converted(value, from_unit=there, to_unit=back, **more)
    assert converted(once, from_unit=back, to_unit=there, **more) == pytest.approx(value, rel=1e-9, abs=1e-12)


async def test_null_and_a_missing_value_pass_and_what_is_no_number_is_refused() -> None:
    config = {"from_unit": "ppm", "to_unit": "ppb", "property": "payload.conc"}
    given = [{"conc": None}, {"other": 1}, {"conc": "5"}, {"conc": True}, {"conc": math.nan}, {"conc": 1e308}]
    outputs = await run_node(UnitConvert, config, given)
    assert [output.payload for output in outputs if output.port == "out"] == [{"conc": None}, {"other": 1}]
    assert [output.payload["conc"] for output in outputs if output.port == "error"][:2] == ["5", True]
    assert len(outputs) == 6


@pytest.mark.parametrize("temp", [None, "20", -273.15, math.inf])
async def test_temperature_that_is_none_is_not_assumed(temp: Any) -> None:
    config = {
        "from_unit": "ppm",
        "to_unit": "mg/m³",
        "gas": "CO",
        "property": "payload.v",
        "temperature_from": "payload.t",
    }
    (output,) = await run_node(UnitConvert, config, [{"v": 1, "t": temp}])
    assert output.port == "error"
    assert "payload.t" in output.message.props["error"]["reason"]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"from_unit": "ppm", "to_unit": "ppm"}, "it is ppm already"),
        ({"from_unit": "ppm", "to_unit": "%LEL"}, "give its lower explosive limit"),
        ({"from_unit": "ppm", "to_unit": "%LEL", "gas": "O2"}, "give its lower explosive limit"),
        ({"from_unit": "ppm", "to_unit": "mg/m³"}, "give its molar mass"),
        ({"from_unit": "ppm", "to_unit": "mg"}, "mg"),
        ({"from_unit": "ppm", "to_unit": "mg/m³", "gas": "methane"}, "methane"),
    ],
)
def test_config_that_leaves_something_open_is_refused(config: dict[str, Any], reason: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        NodeType(UnitConvert).make(config)
    assert reason in said(refused.value.__cause__ or refused.value)


def test_mass_to_mass_needs_no_gas() -> None:
    assert converted(1, from_unit="mg/m³", to_unit="µg/m³") == 1000

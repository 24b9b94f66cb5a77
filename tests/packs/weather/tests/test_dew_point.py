"""The pack's own tests, on the harness that the engine's nodes are tested with."""

import pytest
from mcs_weather import pack
from mcs_weather.dew_point import DewPoint
from mcs_weather.stations import Stations

from engine.catalogue.node_types import NodeType
from engine.testing import check_example, run_node


@pytest.mark.parametrize("example", DewPoint.examples, ids=lambda example: example.title)
async def test_documented_example(example):
    await check_example(NodeType(DewPoint), example, services=pack.testing(example.state))


@pytest.mark.parametrize(("temp", "humi", "dew"), [(20, 100, 20.0), (25, 60, 16.7), (0, 50, -9.2)])
async def test_dew_point_of_tables(temp, humi, dew):
    """Figures of the usual psychrometric tables."""
    (output,) = await run_node(DewPoint, {}, [{"temp": temp, "humi": humi}], services=[Stations.holding({})])
    assert output.payload["dew"] == pytest.approx(dew, abs=0.1)


@pytest.mark.parametrize(
    "payload", [{"temp": 20, "humi": 0}, {"temp": 20, "humi": 101}, {"temp": "20", "humi": 50}, {}]
)
async def test_what_is_no_reading_is_refused(payload):
    (output,) = await run_node(DewPoint, {}, [payload], services=[Stations.holding({})])
    assert output.port == "error"

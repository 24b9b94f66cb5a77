"""A pack of its own: one node type, a service with a table, and routes."""

from pathlib import Path

from engine.api import Pack
from mcs_weather.dew_point import DewPoint
from mcs_weather.routes import ROUTES
from mcs_weather.stations import Stations

pack = Pack(
    name="weather",
    nodes=[DewPoint],
    services=[Stations.of_site],
    api=ROUTES,
    migrations=Path(__file__).parent / "sql",
    testing=lambda site: [Stations.holding(site.get("stations", {}))],
)

"""What every test can ask for: real servers on free loopback ports, started when the first test needs them."""

import os

from hypothesis import settings

from engine.pack import discover_packs

pytest_plugins = [
    f"tests.servers.{name}" for name in ("chromium", "mosquitto", "postgres", "redis", "s3", "smtp", "timescaledb")
]

# Commands speak the language of the terminal; what tests expect of them is English, whoever runs them.
os.environ["LC_ALL"] = "C.UTF-8"

# What nodes say stands in the catalogues of their packs, whichever of them a test imports.
discover_packs()

# A shared machine pauses at any moment: an example that took long is not a failure.
settings.register_profile("mcs", deadline=None, print_blob=True)
settings.load_profile("mcs")

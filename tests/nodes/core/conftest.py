"""What the tests of core nodes share: a bench from YAML config, and one that keeps its state over a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.catalogue.node_types import Catalogue
from engine.testing import NodeHarness
from nodes import pack

Bench = Callable[..., NodeHarness]


@pytest.fixture
def bench() -> Bench:
    """`bench(type, yaml_text)`; `site=…, clock=…` of another bench continue it after a restart of the flow."""
    catalogue = Catalogue([pack])

    def make(type: str, config: str = "", **options: Any) -> NodeHarness:
        return NodeHarness(type, config, catalogue=catalogue, **options)

    return make


@pytest.fixture
def again(bench: Bench) -> Bench:
    """The same node after the flow was stopped and started: same site (its memory), same clock."""
    return lambda before, type, config="": bench(type, config, site=before.site, clock=before.clock)

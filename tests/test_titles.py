"""What has a name in tables, files and answers has a title in both languages."""

from __future__ import annotations

from typing import Any

from engine.catalogue.node_types import Catalogue
from engine.core.route import Route
from engine.flow.check.compatibility import kinds_of
from engine.pack import discover_packs
from engine.texts.titles import TITLED, titles
from engine.web.app import ROUTES

PACKS = discover_packs()
CATALOGUE = Catalogue(PACKS)
ALL_ROUTES: list[Route[Any, Any]] = [*ROUTES, *(route for pack in PACKS for route in pack.api)]


def untitled(kind: str, names: set[str]) -> set[str]:
    assert kind in TITLED
    return {name for name in names if f"{kind}.{name}" not in titles()}


def test_every_action_of_the_audit_log():
    named = {route.action for route in ALL_ROUTES if route.action} | {"session.begin", "session.refused"}
    assert untitled("action", named) == set()


def test_every_category_of_node_types():
    assert untitled("category", {kind.about.category for kind in CATALOGUE.types.values()}) == set()


def test_every_type_of_payload():
    ports = [port for kind in CATALOGUE.types.values() for port in (*kind.inputs, *kind.outputs)]
    assert untitled("payload", {one.name for port in ports for one in kinds_of(port.payload)}) == set()


def test_every_title_stands_in_both_languages():
    assert {code for code, both in titles().items() if len(both) != 2} == set()

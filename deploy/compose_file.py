"""Reads compose.yaml as the stack needs it: services with their variables filled in, and where each path of a container is here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

__all__ = ["Service", "interpolated", "read_services"]

_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<word>[^}]*))?\})")


@dataclass(frozen=True)
class Service:
    """One service. `volumes` are (source, path in the container): a name, or a path beside the compose file or of the host."""

    name: str
    command: list[str]
    environment: dict[str, str]
    volumes: list[tuple[str, str]]
    ports: list[str]
    memory_bytes: int
    capabilities: tuple[str, ...]
    """What `cap_add` leaves of the capabilities of Linux after `cap_drop: [ALL]`, in small letters."""


def read_services(file: Path, variables: Mapping[str, str]) -> dict[str, Service]:
    """ValueError when a variable that has no default is missing."""
    document = interpolated(yaml.safe_load(file.read_text(encoding="utf-8")), variables)
    services: dict[str, Service] = {}
    for name, said in document["services"].items():
        environment = said.get("environment") or {}
        services[name] = Service(
            name=name,
            command=[str(word) for word in said.get("command", [])],
            environment={key: str(value) for key, value in environment.items()},
            volumes=[tuple(volume.split(":")[:2]) for volume in said.get("volumes", [])],
            ports=[str(port) for port in said.get("ports", [])],
            memory_bytes=_bytes(said["mem_limit"]),
            capabilities=tuple(str(one).lower() for one in said.get("cap_add", [])),
        )
    return services


def interpolated(value: Any, variables: Mapping[str, str]) -> Any:
    """`${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`, as docker compose reads them."""
    if isinstance(value, dict):
        return {key: interpolated(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [interpolated(one, variables) for one in value]
    if not isinstance(value, str):
        return value

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return "$"
        given = variables.get(name, "")
        if given:
            return given
        if match["kind"] == ":?":
            raise ValueError(f"{name} is not set: {match['word']}")
        return match["word"] or ""

    return _VARIABLE.sub(fill, value)


def _bytes(text: str) -> int:
    return int(text.removesuffix("m")) * 1024 * 1024

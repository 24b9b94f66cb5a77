"""What a running flow needs from the site it is in."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from engine.catalogue.node_types import NodeType
from engine.core.background_task import Supervisor
from engine.core.clock import Clock
from engine.runtime.quarantine import Quarantine
from engine.runtime.services.shared_connections import Connections
from engine.runtime.services.suspension import Suspension
from engine.runtime.state.journal import Journal
from engine.runtime.state.memory import Memories

__all__ = ["FlowSite"]

_T = TypeVar("_T")


class FlowSite(Protocol):
    """What a running flow needs from the site."""

    clock: Clock
    supervisor: Supervisor
    journal: Journal
    memories: Memories
    connections: Connections
    quarantine: Quarantine
    suspension: Suspension

    def message_id(self) -> int: ...

    def secret(self, name: str) -> str: ...

    def service(self, kind: type[_T]) -> _T: ...

    def resolve(self, config: dict[str, Any], kind: NodeType) -> dict[str, Any]:
        """The config with its references filled in. LookupError names a reference that leads nowhere."""

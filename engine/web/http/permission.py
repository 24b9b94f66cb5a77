"""What the web may not do on its own: put in nodes that need a higher role, or let a test decide what the site has switched off."""

from __future__ import annotations

import asyncio

from engine.catalogue.node_types import Catalogue, NodeType
from engine.core.roles import ROLE_TEXTS, ROLES, Identity, Role, at_least
from engine.flow.check.expand import expand_subflows
from engine.flow.model import Flow
from engine.flow.yaml.read import read_flow
from engine.texts.text import Text
from engine.web.http.errors import ApiError
from engine.web.http.server_context import ServerContext

__all__ = ["check_text", "check_type", "check_types", "deciding", "locked_types"]


def locked_types(catalogue: Catalogue, role: Role) -> set[str]:
    """The node types that somebody of this role may not put into a flow."""
    return {type for type, kind in catalogue.types.items() if not _may(kind, role)}


def check_type(who: Identity, kind: NodeType) -> None:
    """ApiError (403) when the role is not enough for this node type."""
    if not _may(kind, who.role):
        raise _refusal(kind)


def check_types(who: Identity, catalogue: Catalogue, before: Flow | None, after: Flow) -> None:
    """ApiError (403) when a node that is new, or not as it was, is of a type that needs a higher role. What stays as it was may stay."""
    known = expand_subflows(before).nodes if before is not None else {}
    for id, node in expand_subflows(after).nodes.items():
        kind = catalogue.types.get(node.type)
        if kind is None or _may(kind, who.role):
            continue
        old = known.get(id)
        if old is None or old.type != node.type or old.with_ != node.with_:
            raise _refusal(kind, id)


async def check_text(who: Identity, catalogue: Catalogue, before: Flow | None, text: str) -> None:
    """`check_types` of a flow's text; what is wrong with the text itself is told elsewhere."""
    if any(type in text for type in locked_types(catalogue, who.role)):
        flow, _ = await asyncio.to_thread(read_flow, text)
        if flow is not None:
            check_types(who, catalogue, before, flow)


def deciding(server: ServerContext) -> list[object]:
    """The services of the running site that a test may not replace: those whose class has `site_decides`."""
    found: list[object] = []
    for pack in server.site.catalogue.packs.values():
        for service in pack.testing({}) if pack.testing is not None else ():
            if getattr(type(service), "site_decides", False):
                try:
                    found.append(server.service(type(service)))
                except LookupError:
                    found.append(service)  # not started yet: as a test has it that says nothing
    return found


def _may(kind: NodeType, role: Role) -> bool:
    return kind.about.role not in ROLES or at_least(role, kind.about.role)


def _refusal(kind: NodeType, id: str = "") -> ApiError:
    role = next((text for role, text in ROLE_TEXTS.items() if role == kind.about.role), kind.about.role)
    if id:
        return ApiError(403, "role", Text("api.node-needs-role", node=id, type=kind.type, role=role))
    return ApiError(403, "role", Text("api.type-needs-role", type=kind.type, role=role))

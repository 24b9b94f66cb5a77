"""The OpenAPI 3.1 document, made from what the routes really check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from aiohttp import web

from engine.core.roles import ANYONE, needed_role
from engine.core.route import Nothing, Route
from engine.texts.text import Text
from engine.web.http.errors import ErrorAnswer
from engine.web.live.topics import TOPICS

__all__ = ["openapi", "routes_of"]

_REFUSED = {
    400: "The request is not understood.",
    401: "Nobody is signed in, or the password is wrong.",
    403: "The role does not suffice, or the request comes from another site.",
    404: "There is no such thing.",
    409: "Somebody else was quicker, or the name is taken.",
    413: "The request is too large.",
    415: "The body is not declared as JSON.",
    422: "Understood, and it won't do.",
    424: "A node refused to start; the version that ran goes on.",
    426: "This is a WebSocket.",
    429: "Too many tries; Retry-After says when.",
    503: "What it needs is away; it can be tried again.",
}


def openapi(app: web.Application, version: str) -> dict[str, Any]:
    """Every route of ours with its schemas, and every route of a pack with its role."""
    ours = list(routes_of(app))
    types = [kind for route in ours for kind in (route.given, route.answer) if kind not in (Nothing, None, bytes)]
    schemas, components = msgspec.json.schema_components(
        [*types, ErrorAnswer], schema_hook=_schema_of_text, ref_template="#/components/schemas/{name}"
    )
    of_type = {repr(kind): schema for kind, schema in zip([*types, ErrorAnswer], schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in ours:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, of_type, components)
    for method, path, role, summary in _of_packs(app):
        paths.setdefault(path, {})[method.lower()] = {
            "summary": summary,
            "x-role": role,
            "parameters": _path_parameters(path),
            "responses": {"default": {"description": "See the pack's own documentation."}},
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "MCS-IoT", "version": version, "description": _description()},
        "security": [{"session": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "mcs_session"},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _schema_of_text(kind: type) -> dict[str, Any]:
    """A text of ours is answered as a string in the language of who asks."""
    if kind is Text:
        return {"type": "string"}
    raise NotImplementedError


def routes_of(app: web.Application) -> Iterator[Route]:
    """The routes of the engine, as they were mounted."""
    for mounted in app.router.routes():
        route = getattr(mounted.handler, "__mcs_route__", None)
        if route is not None and mounted.method == route.method:
            yield route


def _of_packs(app: web.Application) -> Iterator[tuple[str, str, str, str]]:
    for mounted in app.router.routes():
        path = mounted.resource.canonical if mounted.resource is not None else ""
        own = hasattr(mounted.handler, "__mcs_route__")
        if own or mounted.method in ("HEAD", "*") or not path.startswith("/api/"):
            continue
        summary = " ".join((mounted.handler.__doc__ or "").split("\n\n")[0].split())
        yield mounted.method, path, needed_role(mounted.handler, mounted.method), summary


def _operation(route: Route, of_type: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.handler.__name__ + ("_moved" if route.moved_to else ""),
        "tags": [route.path.split("/")[2] if route.path.startswith("/api/") else "metrics"],
        "x-role": route.role,
        "parameters": _path_parameters(route.path),
        "responses": {str(route.status): _answer(route, of_type)},
    }
    if route.role == ANYONE:
        operation["security"] = []
    if route.moved_to:
        operation["deprecated"] = True
    statuses = {400, 503, *route.refusals}
    if route.role != ANYONE:
        statuses |= {401, 403}
    if "{" in route.path:
        statuses.add(404)
    if route.method in ("GET", "HEAD"):
        if route.given is not Nothing:
            operation["parameters"] += _query_parameters(_resolved(of_type[repr(route.given)], components))
    else:
        statuses |= {403, 413, 415}
        if route.given is bytes:
            operation["requestBody"] = {
                "required": True,
                "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in route.media},
            }
        elif route.given is not Nothing:
            operation["requestBody"] = {
                "required": True,
                "content": {"application/json": {"schema": of_type[repr(route.given)]}},
            }
    error = {"application/json": {"schema": of_type[repr(ErrorAnswer)]}}
    for status in sorted(statuses):
        operation["responses"][str(status)] = {"description": _REFUSED[status], "content": error}
    return operation


def _answer(route: Route, of_type: dict[str, Any]) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done." if route.status != 101 else "The WebSocket is open."}
    if route.answer is str:
        return {"description": "Done.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    if route.answer is bytes:
        return {"description": "Done.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    return {"description": "Done.", "content": {"application/json": {"schema": of_type[repr(route.answer)]}}}


def _resolved(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Two types of one name are told apart in the components, so the name is read off the reference."""
    named: dict[str, Any] = components[schema["$ref"].rpartition("/")[2]]
    return named


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)", path)
    ]


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema["properties"].items()
    ]


def _description() -> str:
    topics = "\n".join(
        f"- `{topic.name}{':' + topic.argument if topic.argument else ''}` ({topic.role}): {topic.summary}"
        for topic in TOPICS
    )
    return (
        "Writes by cookie need the header `X-MCS: 1` and the origin of this server. `x-role` is the role that a route needs.\n\n"
        f"Topics of the WebSocket `/api/ws`:\n{topics}\n\n"
        'A client that does not keep up gets the latest of every key, and `"skipped"`: the number of items it has missed.'
    )

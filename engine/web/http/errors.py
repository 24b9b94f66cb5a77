"""Every way in which the API says no, as one JSON shape: a stable code, what and where, and what to do next."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec
from aiohttp import web

from engine.access.accounts import AccountRefused
from engine.core.failure import RetryableError
from engine.db.database import Unavailable, is_transient
from engine.deploy.deploys import NotRecorded
from engine.flow.problem import FlowError, Problem, ProblemAnswer, answers
from engine.runtime.flow_runner import DeployFailed
from engine.texts.language import Language, language_of
from engine.texts.text import Readable, Text, hint_of, render
from engine.texts.told import told

__all__ = [
    "ApiError",
    "ErrorAnswer",
    "ErrorBody",
    "errors_as_json",
    "json_answer",
    "not_found",
    "reader_language",
    "starting",
]

log = logging.getLogger("mcs.web")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

COMPRESS_ABOVE_BYTES = 4096


class ErrorBody(msgspec.Struct, omit_defaults=True):
    """`code` is stable; `message` and `hint` are in the language of who asks; `problems` are those of a flow."""

    code: str
    message: str
    hint: str
    problems: list[ProblemAnswer] | None = None
    node: str | None = None


class ErrorAnswer(msgspec.Struct):
    """What every refusal looks like."""

    error: ErrorBody


class ApiError(Exception):
    """A refusal. `more` stands beside "error" in the answer. A text of the catalogues brings its own hint."""

    def __init__(
        self,
        status: int,
        code: str,
        message: Readable,
        hint: Readable = "",
        *,
        problems: list[Problem] | None = None,
        node: str | None = None,
        more: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.problems = problems
        self.node = node
        self.more = more or {}
        self.headers = headers or {}

    def body(self, language: Language) -> ErrorBody:
        """What is answered to a reader of a language."""
        problems = None if self.problems is None else answers(self.problems, language)
        hint = self.hint or hint_of(self.message, language)
        return ErrorBody(self.code, _in(self.message, language), _in(hint, language), problems, self.node)


def not_found(what: str, hint: str = "look at the list of what there is") -> ApiError:
    """404: `what` is the thing that is not there, as in "flow gas"."""
    return ApiError(404, "not_found", f"there is no {what}", hint)


def starting(what: str) -> ApiError:
    """503 with when to ask again, of what the server has not started yet."""
    return ApiError(503, "starting", what, "try again", headers={"Retry-After": "2"})


def json_answer(
    value: Any, status: int = 200, headers: dict[str, str] | None = None, language: Language = "en"
) -> web.Response:
    """A value as JSON, compressed when it is large. The texts in it are answered in the language."""
    body = msgspec.json.encode(value, enc_hook=lambda one: render(one, language) if isinstance(one, Text) else str(one))
    answer = web.Response(body=body, status=status, content_type="application/json", headers=headers)
    answer.headers["Cache-Control"] = "no-store"
    if len(body) > COMPRESS_ABOVE_BYTES:
        answer.enable_compression()
    return answer


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns whatever a handler raises into the answer for it; what nobody expected is logged under a number and is a 500."""
    try:
        return await handler(request)
    except web.HTTPException as thrown:
        if thrown.status < 400:
            raise
        refused = _of_http(request, thrown)
    except Exception as error:  # noqa: BLE001 - a fault of ours must still be an answer
        refused = _of(request, error)
    language = reader_language(request)
    answer = {"error": refused.body(language), **refused.more}
    return json_answer(answer, refused.status, refused.headers, language)


def reader_language(request: web.Request) -> Language:
    """The language in which the answer is read; a script that names none reads English."""
    return language_of(request.headers.get("Accept-Language", ""))


def _in(text: Readable, language: Language) -> str:
    return told(text, language) if isinstance(text, str) else render(text, language)


def _of(request: web.Request, error: Exception) -> ApiError:
    match error:
        case ApiError():
            return error
        case FlowError():
            first = str(error.problems[0]) if error.problems else "it can't be read"
            return ApiError(
                422, "problems", f"the flow has problems, the first: {first}", "correct them", problems=error.problems
            )
        case DeployFailed():
            return ApiError(
                424,
                "refused",
                f"node {error.node} refused to start: {error.reason}",
                "the version that ran goes on; correct the node and deploy again",
                node=error.node,
            )
        case AccountRefused():
            return ApiError(404 if error.code == "not_found" else 409, error.code, str(error), "look at the list")
        case NotRecorded():
            return ApiError(
                503, "not_recorded", str(error), "it runs; the revision is written when the database is back"
            )
        case RetryableError():
            return ApiError(503, "away", str(error), "try again in a moment", headers={"Retry-After": "2"})
        case asyncpg.DataError() | UnicodeEncodeError():
            return ApiError(400, "bad_value", "a value can't be stored", "leave out control characters and odd symbols")
    if isinstance(error, Unavailable) or (is_transient(error) and not isinstance(error, OSError)):
        return database_away(error)
    number = os.urandom(4).hex()
    log.error("%s %s failed, number %s", request.method, request.path, number, exc_info=error)
    return ApiError(
        500, "fault", f"the server made a mistake (number {number})", "tell the integrator; the log has the number"
    )


def database_away(error: Exception) -> ApiError:
    """503: what needs the database has to wait; everything else goes on."""
    return ApiError(
        503,
        "database_away",
        f"the database is away: {error}",
        "flows, live values and health go on; try again when it is back, it is reconnected by itself",
        headers={"Retry-After": "2"},
    )


def _of_http(request: web.Request, answer: web.HTTPException) -> ApiError:
    headers = {name: answer.headers[name] for name in ("Allow",) if name in answer.headers}
    match answer.status:
        case 404:
            refused = ApiError(404, "not_found", f"there is nothing at {request.path}", "see /api/openapi.json")
        case 405:
            refused = ApiError(
                405, "wrong_method", f"{request.method} is not possible at {request.path}", "see /api/openapi.json"
            )
        case 413:
            refused = ApiError(413, "too_large", "the request is larger than the server takes", "send less at once")
        case _:
            refused = ApiError(answer.status, "refused", answer.reason or "refused", "see /api/openapi.json")
    refused.headers |= headers
    return refused

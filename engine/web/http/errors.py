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
from engine.runtime.deploy_report import DeployFailed
from engine.texts.encode import encode
from engine.texts.language import Language, language_of
from engine.texts.text import Readable, Text, hint_of, reason_of, render

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
        return ErrorBody(self.code, render(self.message, language), render(hint, language), problems, self.node)


def not_found(what: Readable, hint: Readable = "") -> ApiError:
    """404: a text that says what is not there, or plain words for it, as in "flow gas"."""
    return ApiError(404, "not_found", what if isinstance(what, Text) else Text("api.not-there", what=what), hint)


def starting(what: Readable) -> ApiError:
    """503 with when to ask again, of what the server has not started yet."""
    return ApiError(503, "starting", what, Text("api.try-again"), headers={"Retry-After": "2"})


def json_answer(
    value: Any, status: int = 200, headers: dict[str, str] | None = None, language: Language = "en"
) -> web.Response:
    """A value as JSON, compressed when it is large. The texts in it are answered in the language."""
    body = encode(value, language)
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
    """The language in which the answer is read: `?lang=`, which a WebSocket has no header for, else that of the header; a script
    that names none reads English."""
    return language_of(request.query.get("lang", "") or request.headers.get("Accept-Language", ""))


def _of(request: web.Request, error: Exception) -> ApiError:
    match error:
        case ApiError():
            return error
        case FlowError():
            first = error.problems[0].on_one_line if error.problems else Text("flow.file-empty")
            return ApiError(422, "problems", Text("api.problems", first=first), problems=error.problems)
        case DeployFailed():
            return ApiError(
                424, "refused", Text("api.node-refused", node=error.node, reason=error.reason), node=error.node
            )
        case AccountRefused():
            return ApiError(404 if error.code == "not_found" else 409, error.code, error.text)
        case NotRecorded():
            return ApiError(503, "not_recorded", reason_of(error))
        case RetryableError():
            again = Text("api.try-again-soon")
            return ApiError(503, "away", reason_of(error), again, headers={"Retry-After": "2"})
        case asyncpg.DataError() | UnicodeEncodeError():
            return ApiError(400, "bad_value", Text("api.bad-value"))
    if isinstance(error, Unavailable) or (is_transient(error) and not isinstance(error, OSError)):
        return database_away(error)
    number = os.urandom(4).hex()
    log.error("%s %s failed, number %s", request.method, request.path, number, exc_info=error)
    return ApiError(500, "fault", Text("api.fault", number=number))


def database_away(error: Exception) -> ApiError:
    """503: what needs the database has to wait; everything else goes on."""
    return ApiError(
        503,
        "database_away",
        Text("api.database-away", reason=reason_of(error)),
        headers={"Retry-After": "2"},
    )


def _of_http(request: web.Request, answer: web.HTTPException) -> ApiError:
    headers = {name: answer.headers[name] for name in ("Allow",) if name in answer.headers}
    match answer.status:
        case 404:
            refused = ApiError(404, "not_found", Text("api.nothing-at", path=request.path))
        case 405:
            text = Text("api.wrong-method", method=request.method, path=request.path)
            refused = ApiError(405, "wrong_method", text)
        case 413:
            refused = ApiError(413, "too_large", Text("api.too-large"))
        case _:
            refused = ApiError(answer.status, "refused", Text("api.http-refused", reason=answer.reason or ""))
    refused.headers |= headers
    return refused

"""The built editor: its files, cached for ever where their name holds a hash, and its one page for every other address."""

from __future__ import annotations

import secrets
from pathlib import Path

from aiohttp import web

from engine.core.roles import ANYONE, requires
from engine.web.http.errors import Handler
from engine.web.http.origin import is_https

__all__ = ["add_editor", "built_editor", "security_headers"]

NONCE = web.RequestKey("nonce", str)
NONCE_MARK = "__CSP_NONCE__"
HASHED = "/assets/"

MISSING = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>MCS-IoT</title>
<style nonce="__CSP_NONCE__">body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}
code{background:#8882;padding:.1em .3em;border-radius:3px}</style>
<h1>The editor has not been built</h1>
<p>The engine runs, and so does its API: see <a href="/api/health">/api/health</a>.</p>
<p>To build the editor, run <code>make editor</code> in the project's folder and load this page again.</p>
<p lang="zh-CN">编辑器尚未构建。请在项目目录运行 <code>make editor</code>，然后刷新本页；引擎和接口已在运行。</p>
</html>
"""


def built_editor() -> Path | None:
    """The folder of the built editor: in the installed package, else in the project; None when it was not built."""
    web = Path(__file__).resolve().parents[1]
    for folder in (web / "static", web.parents[1] / "editor" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None


def add_editor(app: web.Application, folder: Path | None) -> None:
    """Serves it at every address that is no route and not under /api. `folder` is asked for anew while it is None."""
    known = folder.resolve() if folder is not None else None

    @requires(ANYONE)
    async def serve(request: web.Request) -> web.StreamResponse:
        path = request.path
        if path == "/api" or path.startswith("/api/"):
            raise web.HTTPNotFound
        at = known or built_editor()
        if at is None:
            return _page(request, MISSING)
        if "." in path.rpartition("/")[2]:
            return _file(at, path)
        return _page(request, (at / "index.html").read_text(encoding="utf-8"))

    app.router.add_get("/{path:.*}", serve)


@web.middleware
async def security_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a browser may do with an answer of ours: run our own scripts, be framed by nobody, guess no content types."""
    request[NONCE] = secrets.token_urlsafe(16)
    answer = await handler(request)
    if not answer.prepared:
        _protect(request, answer)
    return answer


def _protect(request: web.Request, answer: web.StreamResponse) -> None:
    headers = answer.headers
    if is_https(request):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{request[NONCE]}'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )


def _page(request: web.Request, html: str) -> web.Response:
    """CodeMirror and the page itself find the nonce in the HTML."""
    answer = web.Response(text=html.replace(NONCE_MARK, request[NONCE]), content_type="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _file(folder: Path, path: str) -> web.StreamResponse:
    if "\x00" in path or "\\" in path:
        raise web.HTTPNotFound
    try:
        file = (folder / path.lstrip("/")).resolve()
        found = file.is_relative_to(folder) and file.is_file() and file.name != "index.html"
    except OSError:
        found = False
    if not found:
        raise web.HTTPNotFound
    # FileResponse sends FILE.br or FILE.gz where the browser takes it and it lies beside the file.
    answer = web.FileResponse(file)
    answer.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if path.startswith(HASHED) else "public, no-cache"
    )
    return answer

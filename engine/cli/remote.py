"""`mcs deploy` and `mcs flows pull`: flow files to a site that runs somewhere, and back, by its API; for CI."""

from __future__ import annotations

import argparse
import asyncio
import os
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from engine.cli.site import AddCommand
from engine.core.errors import SetupError
from engine.texts.terminal import say, shown, terminal_language
from engine.texts.text import Text

__all__ = ["add_commands"]

REFUSED, AWAY, NOT_RUNNING = 1, 3, 4
"""Exit codes beside 0: the site refuses what it was given; it does not answer, or not to this token; the flow was deployed and does not run well."""
ANSWER_S = 90.0
RUNS_WITHIN_S = 60.0


def add_commands(command: AddCommand) -> None:
    """Adds them to `mcs`."""
    deploy = command("deploy", Text("cli.deploy"), _deploy)
    deploy.add_argument("files", nargs="*", type=Path, metavar="FLOW.yaml")
    deploy.add_argument("--dry-run", action="store_true", help=shown(Text("cli.deploy-dry-run")))
    deploy.add_argument("--wait", action="store_true", help=shown(Text("cli.deploy-wait")))
    deploy.add_argument("--note", default="", help=shown(Text("cli.deploy-note")))
    deploy.add_argument("--reason", default="", help=shown(Text("cli.deploy-reason")))
    deploy.add_argument("--stop", metavar="NAME", help=shown(Text("cli.deploy-stop")))
    flows = command("flows", Text("cli.flows"), _flows)
    flows.add_argument("action", choices=("pull",), help=shown(Text("cli.flows-pull")))
    flows.add_argument("names", nargs="*", metavar="NAME")
    flows.add_argument("--into", type=Path, default=Path(), metavar="FOLDER", help=shown(Text("cli.flows-into")))
    for one in (deploy, flows):
        one.add_argument(
            "--site", default=os.environ.get("MCS_SITE", ""), metavar="URL", help=shown(Text("cli.site-url"))
        )
        one.add_argument("--token", default=os.environ.get("MCS_TOKEN", ""), help=shown(Text("cli.site-token")))
        one.add_argument("--ca-file", type=Path, metavar="FILE.pem", help=shown(Text("cli.site-ca")))


class Away(Exception):
    """The site does not answer, or does not let this token in."""


class Refused(Exception):
    """The site says no, and why. `answer` is all that it said."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        error = answer.get("error", {})
        super().__init__("; ".join(filter(None, [error.get("message", f"HTTP {status}"), error.get("hint", "")])))
        self.status = status
        self.answer = answer


class SiteClient:
    """The API of a site. Every call raises Away or Refused."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url.rstrip("/")

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded answer; None without one."""
        try:
            async with self._session.request(method, f"{self._url}/api{path}", json=body) as answer:
                found = await answer.json() if answer.content_type == "application/json" else {}
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as failure:
            raise Away(f"{self._url}: {str(failure) or type(failure).__name__}") from failure
        if status in (401, 403) or status >= 500:
            raise Away(f"{self._url}: {Refused(status, found)}")
        if status >= 400:
            raise Refused(status, found)
        return found


def _deploy(options: argparse.Namespace) -> int:
    if bool(options.stop) == bool(options.files):
        raise SetupError(Text("cli.deploy-what"))
    if options.stop and not options.reason:
        raise SetupError(Text("cli.stop-needs-reason"))
    return _run(options, _stop if options.stop else _deploy_files)


def _flows(options: argparse.Namespace) -> int:
    return _run(options, _pull)


def _run(options: argparse.Namespace, work: Any) -> int:
    if not options.site or not options.token:
        raise SetupError(Text("cli.site-and-token"))

    async def run() -> int:
        tls = ssl.create_default_context(cafile=options.ca_file) if options.ca_file else True
        headers = {"Authorization": f"Bearer {options.token}", "Accept-Language": terminal_language()}
        connector = aiohttp.TCPConnector(ssl=tls)
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(headers=headers, connector=connector, timeout=timeout) as session:
            code: int = await work(SiteClient(session, options.site), options)
            return code

    try:
        return asyncio.run(run())
    except Away as away:
        say(Text("cli.site-away", reason=str(away)), error=True)
        return AWAY
    except Refused as refused:
        say(Text("cli.site-refuses", reason=str(refused)), error=True)
        return REFUSED


async def _deploy_files(site: SiteClient, options: argparse.Namespace) -> int:
    """One after the other; the first that is refused ends it, and what is deployed by then stays."""
    for file in options.files:
        code = await _deploy_file(site, file, options)
        if code:
            return code
    return 0


async def _deploy_file(site: SiteClient, file: Path, options: argparse.Namespace) -> int:
    name, text = _read(file)
    path = f"/flows/{quote(name, safe='')}"
    there = await _view(site, path)
    preview = await site.call("POST", f"{path}/preview", {"text": text})
    for problem in preview["problems"]:
        place = ":".join(str(part) for part in (file, problem.get("line")) if part)
        print(f"  {problem['severity']}: {place}: {problem['message']}")
    if any(problem["severity"] == "error" for problem in preview["problems"]):
        return REFUSED
    if there is not None and there["revision"] == preview["revision"] and not there["changed_on_disk"]:
        say(Text("cli.deploy-same", flow=name))
        return await _wait(site, name, preview["revision"]) if options.wait else 0
    _print_diff(preview)
    failing = [] if there is None else await _failing(site, path, text)
    if failing and not options.reason:
        say(Text("cli.deploy-tests", flow=name, cases=failing), error=True)
        return REFUSED
    if options.dry_run:
        say(Text("cli.deploy-would", flow=name))
        return 0
    if there is None:
        done = await site.call("POST", "/flows", {"name": name, "text": text})
        number = (done["deployed"] or {}).get("number")
    else:
        change = {"base": there["revision"], "text": text, "note": options.note, "require_tests": True}
        done = await site.call("POST", f"{path}/deploy", {**change, "override_reason": options.reason})
        number = done["number"]
    say(Text("cli.deployed", flow=name, number=number or 0))
    return await _wait(site, name, preview["revision"]) if options.wait else 0


async def _stop(site: SiteClient, options: argparse.Namespace) -> int:
    path = f"/flows/{quote(options.stop, safe='')}"
    view = await site.call("GET", path)
    await site.call("DELETE", path, {"base": view["revision"], "reason": options.reason})
    say(Text("cli.stopped", flow=options.stop))
    return 0


async def _pull(site: SiteClient, options: argparse.Namespace) -> int:
    from engine.core.whole_file import write_whole

    names = options.names or [row["name"] for row in await site.call("GET", "/flows")]
    for name in names:
        path = f"/flows/{quote(name, safe='')}"
        texts = {f"{name}.yaml": (await site.call("GET", path))["text"]}
        texts[f"{name}_test.yaml"] = (await site.call("GET", f"{path}/tests"))["text"]
        for file, text in texts.items():
            target = options.into / file
            if text and (not target.exists() or target.read_bytes() != text.encode()):
                try:
                    write_whole(target, text.encode())
                except OSError as failure:
                    raise SetupError(
                        Text("setup.file-unwritable", file=str(target), reason=failure.strerror or str(failure))
                    ) from failure
                say(Text("cli.pulled", file=str(target)))
    return 0


def _read(file: Path) -> tuple[str, str]:
    from engine.flow.yaml.read import read_flow

    try:
        text = file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(Text("cli.unreadable", file=str(file), reason=str(error))) from error
    flow, problems = read_flow(text, str(file))
    if flow is None:
        raise SetupError(problems[0].on_one_line)
    return flow.flow, text


async def _view(site: SiteClient, path: str) -> Any:
    try:
        return await site.call("GET", path)
    except Refused as refused:
        if refused.status == 404:
            return None
        raise


async def _failing(site: SiteClient, path: str, text: str) -> list[str]:
    """The cases beside the site's file that fail with this text."""
    found: list[str] = []
    for result in await site.call("POST", f"{path}/tests/run", {"text": text}):
        for case in result["cases"]:
            print(f"  {'✓' if case['passed'] else '✗'} {case['name']}")
            if not case["passed"]:
                found.append(case["name"])
                for difference in case["differences"]:
                    print(f"      {difference}")
        if result["problem"]:
            found.append(result["problem"])
    return found


def _print_diff(preview: Mapping[str, Any]) -> None:
    diff = preview["diff"]
    lines = [*(f"+ {node}" for node in diff["added"]), *(f"- {node}" for node in diff["removed"])]
    for kind in ("changed", "rewired"):
        for node, changes in diff[kind].items():
            lines += [f"~ {node} {_change(change)}" for change in changes]
    lines += [f"~ {_change(change)}" for change in diff["flow"]]
    for line in lines:
        print(f"  {line}")
    if preview["restarts"]:
        say(Text("cli.deploy-restarts", nodes=preview["restarts"]))


def _change(change: Mapping[str, Any]) -> str:
    return f"{change['field']}: {change.get('old', '–')} → {change.get('new', '–')}"


async def _wait(site: SiteClient, name: str, revision: str) -> int:
    """Until the flow runs well in this version."""
    end = time.monotonic() + RUNS_WITHIN_S
    row: Mapping[str, Any] = {}
    while time.monotonic() < end:
        row = next((row for row in await site.call("GET", "/flows") if row["name"] == name), {})
        if row.get("revision") == revision and (row["status"] == "running" or row["disabled"]):
            say(Text("cli.deploy-runs", flow=name))
            return 0
        await asyncio.sleep(1.0)
    say(
        Text("cli.deploy-runs-not", flow=name, status=str(row.get("status", "–")), note=row.get("file_note", "")),
        error=True,
    )
    return NOT_RUNNING

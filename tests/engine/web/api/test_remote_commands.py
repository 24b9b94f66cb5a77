"""`mcs deploy` and `mcs flows pull` against a running site: what they print, what becomes of the site, and the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.engine.web.running import FLOW, Browser, RunningServer

Mcs = Callable[..., Awaitable[tuple[int, str]]]

FAILING = """
cases:
  - name: comes to last
    given: [{node: tick, payload: 1}]
    expect: [{node: last, payload: 2}]
"""


@pytest.fixture
async def mcs(server: RunningServer, browser: Browser, tmp_path: Path, monkeypatch, capsys) -> Mcs:
    """Runs a command with an administrator's token; (exit code, all that it printed)."""
    status, made = await browser.call("POST", "/api/tokens", {"name": "ci", "role": "admin"})
    assert status == 201
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCS_SITE", str(server.url))
    monkeypatch.setenv("MCS_TOKEN", made["text"])

    async def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = await asyncio.to_thread(main, arguments)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


async def test_a_dry_run_shows_what_differs_and_a_deploy_does_it(mcs: Mcs, server: RunningServer, tmp_path: Path):
    file = tmp_path / "gas.yaml"
    file.write_text(FLOW.replace("factor: 2", "factor: 3"))
    code, said = await mcs("deploy", "--dry-run", str(file))
    assert (code, "~ scale with.factor: 2 → 3" in said, "gas would be deployed" in said) == (0, True, True)
    assert "factor: 2" in server.deploys.known["gas"].text
    code, said = await mcs("deploy", str(file), "--wait", "--note", "from CI")
    assert (code, "gas is deployed: version 2" in said, "gas runs" in said) == (0, True, True)
    assert "factor: 3" in server.deploys.known["gas"].text
    assert server.deploys.known["gas"].note == "from CI"
    code, said = await mcs("deploy", str(file))
    assert (code, said) == (0, "gas: the site runs this very text\n")


async def test_problems_and_failing_tests_are_refused_and_a_reason_goes_past_the_tests(
    mcs: Mcs, server: RunningServer, tmp_path: Path
):
    file = tmp_path / "gas.yaml"
    file.write_text(FLOW.replace("type: scale", "type: skale"))
    code, said = await mcs("deploy", str(file))
    assert (code, "skale" in said) == (1, True)
    (server.settings.flows / "gas_test.yaml").write_text(FAILING)
    file.write_text(FLOW.replace("factor: 2", "factor: 3"))
    code, said = await mcs("deploy", str(file))
    assert (code, "✗ comes to last" in said) == (1, True)
    assert "factor: 2" in server.deploys.known["gas"].text
    code, said = await mcs("deploy", str(file), "--reason", "the test is old")
    assert code == 0, said
    assert "the test is old" in str(server.deploys.known["gas"].note)


async def test_a_new_flow_is_added_and_pulled_and_stopped_with_a_reason(
    mcs: Mcs, server: RunningServer, tmp_path: Path
):
    file = tmp_path / "more.yaml"
    file.write_text(FLOW.replace("flow: gas", "flow: more"))
    assert (await mcs("deploy", str(file)))[0] == 0
    assert "more" in server.site.flows
    code, _ = await mcs("flows", "pull", "--into", "pulled")
    assert (code, sorted(path.name for path in (tmp_path / "pulled").iterdir())) == (0, ["gas.yaml", "more.yaml"])
    assert (tmp_path / "pulled" / "more.yaml").read_text() == file.read_text()
    assert await mcs("deploy", "--stop", "more") == (
        1,
        "mcs: a flow is not stopped without a reason; give one with --reason\n",
    )
    assert (await mcs("deploy", "--stop", "more", "--reason", "moved"))[0] == 0
    assert "more" not in server.site.flows
    assert str((await server.deploys.revisions.of("more"))[0].note) == "moved"


async def test_a_site_that_does_not_answer_and_a_token_that_does_not_count_are_told_apart_from_a_refusal(
    mcs: Mcs, server: RunningServer, tmp_path: Path
):
    file = tmp_path / "gas.yaml"
    file.write_text(FLOW)
    assert (await mcs("deploy", str(file), "--token", "wrong"))[0] == 3
    code, said = await mcs("deploy", str(file), "--site", "http://127.0.0.1:9")
    assert (code, "does not answer" in said) == (3, True)

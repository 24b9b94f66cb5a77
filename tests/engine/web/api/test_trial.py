"""Samples, expressions on the last message, drafts tried on a sample, and the flow's own tests, over HTTP."""

from pathlib import Path
from typing import Any

from tests.engine.web.running import FLOW, Browser, RunningServer
from tests.eventually import eventually

TESTS = """\
# The promise.
cases:
  - name: doubles
    given: [{node: tick, payload: 2}]
    expect: [{node: scale, payload: 4}]
"""


async def _passed(server: RunningServer, payload: Any, **fields: Any) -> None:
    """A message goes through the running flow, looked at."""
    run = server.site.flows["gas"]
    end = run.observer.tap("tick", "out", lambda message: None)
    await run.nodes["tick"].instance.emit(payload, **fields)  # type: ignore[attr-defined]
    await eventually(lambda: ("tick", "out") in run.observer.last)
    end()


async def test_expression_is_evaluated_on_the_last_message_of_the_wire(server: RunningServer, browser: Browser):
    """With the names it may use, and where each comes from."""
    await _passed(server, {"v_raw": 300, "temp": 30}, topic="t", props={"device": {"k": 0.5, "temp": 1}})
    status, told = await browser.call(
        "POST", "/api/flows/gas/evaluate", {"expression": "k * v_raw + temp", "node": "tick"}
    )
    assert status == 200
    assert told["result"] == 180
    assert [(name["name"], name["of"]) for name in told["names"]] == [
        ("v_raw", "payload"),
        ("temp", "payload"),
        ("k", "device"),
        ("topic", "message"),
        ("key", "message"),
    ]


async def test_mistakes_of_an_expression_have_their_column(server: RunningServer, browser: Browser):
    """Those of its text without any message, those of its values with one."""
    _, told = await browser.call("POST", "/api/flows/gas/evaluate", {"expression": "1 +"})
    assert told["result"] is None
    assert told["problems"][0]["column"] > 0
    await _passed(server, {"v_raw": 300})
    _, told = await browser.call("POST", "/api/flows/gas/evaluate", {"expression": "v_row * 2", "node": "tick"})
    assert "v_raw" in told["problems"][0]["hint"]


async def test_last_message_of_a_wire_is_a_sample(server: RunningServer, browser: Browser):
    """And before any there is none."""
    status, _ = await browser.call("GET", "/api/flows/gas/last?node=tick")
    assert status == 404
    await _passed(server, {"v": 1}, topic="a/b", key="k")
    told = await browser.get("/api/flows/gas/last?node=tick")
    assert (told["payload"], told["topic"], told["key"], told["whole"]) == ({"v": 1}, "a/b", "k", True)


async def test_large_sample_is_cut_with_its_size(server: RunningServer, browser: Browser):
    """5 MB do not travel to the browser."""
    await _passed(server, {"text": "x" * 5_000_000})
    told = await browser.get("/api/flows/gas/last?node=tick")
    assert told["size_bytes"] > 5_000_000
    assert len(told["payload"]) < 20_000
    assert told["whole"] is False


async def test_draft_is_tried_on_a_sample_and_nothing_is_acted_on(server: RunningServer, browser: Browser):
    """What would reach the node with side effects is told; the node that runs gets nothing."""
    draft = FLOW.replace("factor: 2", "factor: 5")
    case = {"name": "try", "given": [{"node": "scale", "payload": 3}], "expect": [{"node": "last", "payload": 14}]}
    status, told = await browser.call("POST", "/api/flows/gas/try", {"text": draft, "case": case})
    assert status == 200
    assert [one["payload"] for one in told["sent"]["scale.out"]] == [15]
    assert [one["payload"] for one in told["sent"]["last"]] == [15]
    assert told["differences"] == ["last, message 1: payload: expected 14, came 15.0"]
    assert server.kept == []


async def test_case_is_saved_beside_the_flow_and_a_red_one_blocks_the_deploy(
    server: RunningServer, browser: Browser, tmp_path: Path
):
    """Unless somebody says why it is to go out all the same."""
    file = server.settings.flows / "gas_test.yaml"
    file.write_text(TESTS, encoding="utf-8")
    told = await browser.get("/api/flows/gas/tests")
    case = {"name": "triples", "given": [{"node": "tick", "payload": 2}], "expect": [{"node": "scale", "payload": 6}]}
    status, saved = await browser.call("PUT", "/api/flows/gas/tests", {"base": told["revision"], "case": case})
    assert status == 200
    assert [one["name"] for one in saved["cases"]] == ["doubles", "triples"]
    assert file.read_text(encoding="utf-8").startswith(TESTS)
    status, _ = await browser.call("PUT", "/api/flows/gas/tests", {"base": told["revision"], "case": case})
    assert status == 409

    _, results = await browser.call("POST", "/api/flows/gas/tests/run", {})
    assert [one["passed"] for one in results[0]["cases"]] == [True, False]
    view = await browser.get("/api/flows/gas")
    change = {"base": view["revision"], "text": view["text"] + "# x\n", "require_tests": True, "note": "n"}
    status, refused = await browser.call("POST", "/api/flows/gas/deploy", change)
    assert (status, refused["error"]["code"]) == (422, "tests")
    status, done = await browser.call("POST", "/api/flows/gas/deploy", {**change, "override_reason": "known"})
    assert status == 200
    rows = await browser.get("/api/flows/gas/revisions")
    assert (rows[0]["number"], rows[0]["note"]) == (done["number"], "n [tests fail: known]")

    status, left = await browser.call("DELETE", "/api/flows/gas/tests", {"base": saved["revision"], "name": "triples"})
    assert status == 200
    assert left["text"] == TESTS


async def test_case_that_is_none_is_refused(browser: Browser):
    """With the field at fault."""
    status, told = await browser.call("PUT", "/api/flows/gas/tests", {"base": "", "case": {"name": "x", "gven": []}})
    assert (status, told["error"]["code"]) == (422, "bad_case")
    assert "gven" in told["error"]["message"]


async def test_references_are_names_only(server: RunningServer, browser: Browser):
    """No value of a secret is in the answer."""
    await server.secrets.set("mail", "hunter22hunter", "admin")
    told = await browser.get("/api/references")
    assert told["secret"] == ["mail"]
    assert "hunter22" not in str(told)


async def test_version_of_the_node_types_changes_with_a_custom_file(
    server: RunningServer, browser: Browser, tmp_path: Path
):
    """A palette that is open learns of it."""
    async with browser.session.ws_connect(server.url.with_path("/api/ws"), headers=browser.headers) as socket:
        await socket.send_json({"subscribe": "node-types"})
        first = (await socket.receive_json(timeout=60))["items"][-1]["version"]
        file = tmp_path / "broken_one.py"
        file.write_text("def", encoding="utf-8")
        server.site.catalogue.add_file(file)
        assert (await socket.receive_json(timeout=60))["items"][-1]["version"] != first


async def test_changes_of_two_people_are_brought_together(browser: Browser):
    """Disjoint ones by themselves; where both changed one thing the choice decides."""
    texts = {
        "base": FLOW,
        "mine": FLOW.replace("factor: 2", "factor: 3"),
        "theirs": FLOW.replace("en: Gas", "en: Plant"),
    }
    status, told = await browser.call("POST", "/api/flows/gas/merge", texts)
    assert (status, told["conflicts"]) == (200, [])
    assert "factor: 3" in told["text"]
    assert "en: Plant" in told["text"]
    texts["theirs"] = FLOW.replace("factor: 2", "factor: 4")
    _, told = await browser.call("POST", "/api/flows/gas/merge", texts)
    assert told["conflicts"] == [{"node": "scale", "field": "with.factor", "base": 2, "mine": 3, "theirs": 4}]
    choices = [{"node": "scale", "field": "with.factor", "side": "mine"}]
    _, told = await browser.call("POST", "/api/flows/gas/merge", {**texts, "choices": choices})
    assert told["conflicts"] == []
    assert "factor: 3" in told["text"]


async def test_trace_of_a_message_with_the_longest_id_is_found(server: RunningServer, browser: Browser):
    """Ids take 63 bits: nineteen digits."""
    server.site.flows["gas"].observer.traces[2**63 - 1] = []
    assert await browser.get(f"/api/flows/gas/traces/{2**63 - 1}") == {"id": str(2**63 - 1), "hops": []}
    status, _ = await browser.call("GET", f"/api/flows/gas/traces/{2**63}")
    assert status == 404


async def test_a_browser_in_chinese_is_told_in_chinese_and_a_script_in_english(server: RunningServer, browser: Browser):
    """Mistakes of a formula, problems of a flow and refusals alike."""
    chinese = {**browser.headers, "Accept-Language": "zh-CN"}
    wrong = {"text": "flow: gas\nnodes: {tick: {type: injekt, to: nobody}}\n"}

    _, formula = await browser.call("POST", "/api/flows/gas/evaluate", {"expression": "1 +"}, headers=chinese)
    _, flow = await browser.call("POST", "/api/flows/gas/preview", wrong, headers=chinese)
    _, refused = await browser.call("GET", "/api/flows/none", headers=chinese)
    _, plain = await browser.call("GET", "/api/flows/none")

    assert formula["problems"][0]["message"] == "+ 之后缺少值"
    assert [problem["message"] for problem in flow["problems"]] == [
        "没有节点类型 `injekt`",
        "连线通向 `nobody`，但它不存在",
    ]
    assert refused["error"] == {"code": "not_found", "message": "没有流程 none", "hint": "请参阅 /api/flows"}
    assert plain["error"]["message"] == "there is no flow none"

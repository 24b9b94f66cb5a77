"""What a preview foretells is what the deploy does, and what two versions differ in is asked of the server."""

import pytest

from tests.engine.web.running import FLOW, Browser

SUBFLOW = """\
flow: gas
nodes:
  tick: {type: tick, to: [one, two]}
  one: {type: subflow/twice, with: {by: 2}, to: last}
  two: {type: subflow/twice, with: {by: 3}, to: last}
  last: {type: last}
subflows:
  twice:
    inputs: {in: x}
    outputs: {out: x}
    fields: {by: {type: number}}
    nodes:
      x: {type: scale, with: {factor: "${field:by}"}}
"""
CHANGES = {
    "a field": (FLOW, FLOW.replace("factor: 2", "factor: 3"), [[], ["scale"], []]),
    "a wire": (FLOW, FLOW.replace("to: scale", "to: [scale, last]"), [[], [], []]),
    "a title, a comment and a place": (FLOW, FLOW.replace("40, 80", "0, 0").replace("gas\n", "gas # x\n"), [[], [], []]),
    "the type": (FLOW, FLOW.replace("type: scale ", "type: last ").replace("with: {factor: 2}", "").replace("to: last", ""), [[], ["scale"], []]),
    "a node more": (FLOW, FLOW.replace("  last:\n", "  more: {type: last}\n  last:\n"), [["more"], [], []]),
    "a node disabled": (FLOW, FLOW.replace("type: last", "type: last\n    disabled: true"), [[], [], ["last"]]),
    "inside a subflow": (SUBFLOW, SUBFLOW.replace('"${field:by}"', "7"), [[], ["one/x", "two/x"], []]),
    "a field of one use": (SUBFLOW, SUBFLOW.replace("by: 3", "by: 4"), [[], ["two/x"], []]),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "effect"), CHANGES.values(), ids=CHANGES)
async def test_what_a_preview_foretells_is_what_the_deploy_does(
    browser: Browser, before: str, after: str, effect: list[list[str]]
) -> None:
    """In nodes added, started anew and stopped."""
    revision = (await browser.get("/api/flows/gas"))["revision"]
    _, done = await browser.call("POST", "/api/flows/gas/deploy", {"base": revision, "text": before})
    _, told = await browser.call("POST", "/api/flows/gas/preview", {"text": after})
    assert [told["added"], told["restarts"], told["removed"]] == effect
    _, done = await browser.call("POST", "/api/flows/gas/deploy", {"base": done["revision"], "text": after})
    assert [done["report"][what] for what in ("added", "changed", "removed")] == effect


@pytest.mark.parametrize(
    ("renames", "renamed"),
    [({}, {"scale": "times"}), ({"scale": "times"}, {"scale": "times"}), ({"scale": ""}, {})],
    ids=["by content", "as said", "said to be none"],
)
async def test_renamed_node_is_foretold_and_carried(
    browser: Browser, renames: dict[str, str], renamed: dict[str, str]
) -> None:
    revision = (await browser.get("/api/flows/gas"))["revision"]
    text = FLOW.replace("  scale:", "  times:").replace("to: scale", "to: times")
    _, told = await browser.call("POST", "/api/flows/gas/preview", {"text": text, "renames": renames})
    assert told["renamed"] == renamed
    change = {"base": revision, "text": text, "renames": renames}
    _, done = await browser.call("POST", "/api/flows/gas/deploy", change)
    assert done["report"]["renamed"] == renamed


async def test_operation_that_renames_says_so_though_the_node_is_changed_as_well(browser: Browser) -> None:
    revision = (await browser.get("/api/flows/gas"))["revision"]
    edits = [
        {"op": "rename_node", "id": "scale", "to": "times"},
        {"op": "change_node", "id": "times", "set": {"factor": 7}},
    ]
    _, done = await browser.call("POST", "/api/flows/gas/deploy", {"base": revision, "operations": edits})
    assert done["report"]["renamed"] == {"scale": "times"}


async def test_text_is_held_against_a_deploy(browser: Browser) -> None:
    """The draft of somebody who looks at an old version."""
    revision = (await browser.get("/api/flows/gas"))["revision"]
    change = {"base": revision, "text": FLOW.replace("factor: 2", "factor: 3")}
    _, done = await browser.call("POST", "/api/flows/gas/deploy", change)
    draft = {"from": done["number"], "text": FLOW.replace("factor: 2", "factor: 4")}
    status, told = await browser.call("POST", "/api/flows/gas/diff", draft)
    assert (status, told["changed"]) == (200, {"scale": [{"field": "with.factor", "old": 3, "new": 4}]})
    status, told = await browser.call("POST", "/api/flows/gas/diff", {**draft, "text": "a: [b"})
    assert (status, len(told["error"]["problems"])) == (422, 1)
    status, _ = await browser.call("POST", "/api/flows/gas/diff", {**draft, "from": 10_000})
    assert status == 404

"""Parts of a flow: the clipboard, files, subflows, groups, notes, links; and the history that all of it goes into."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from playwright.async_api import Page, expect

from tests.browser.canvas import add_flow, bare_point, centre, drag, in_port, node, open_flow, out_port, select, wires
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite

FLOW = "parts"
LINKED = """\
flow: {name}
nodes:
  send:
    type: link-out
    with: {{to: [here, other/there]}}
  receive:
    type: link-in
    with: {{name: here}}
layout:
  send: [40, 100]
  receive: [400, 240]
"""


@pytest.fixture(scope="module")
def quiet(make_site: Callable[..., LiveSite]) -> LiveSite:
    """A site with a small flow, an empty one, and one with links."""
    site = make_site()
    add_flow(site, FLOW)
    add_flow(site, "empty", "flow: {name}\nnodes: {{}}\n")
    add_flow(site, "linked", LINKED)
    return site


async def opened(site: LiveSite, new_page: NewPage, name: str = FLOW) -> Page:
    page = await new_page(site)
    await open_flow(page, name)
    return page


async def test_nodes_are_copied_as_yaml_from_one_flow_to_another(quiet: LiveSite, new_page: NewPage) -> None:
    """What stands in the clipboard is read by any text editor; what is pasted keeps its wires."""
    page = await opened(quiet, new_page)
    await select(page, "tick", "shape")
    await page.keyboard.press("Control+c")
    text = await page.evaluate("navigator.clipboard.readText()")
    copied = yaml.safe_load(text)
    assert copied["nodes"]["tick"]["to"] == "shape"
    assert "to" not in copied["nodes"]["shape"]
    await page.keyboard.press("Control+v")
    await expect(node(page, "tick-2")).to_be_visible()

    other = await opened(quiet, new_page, "empty")
    await other.evaluate("text => navigator.clipboard.writeText(text)", text)
    await other.mouse.click(*await bare_point(other))
    await other.keyboard.press("Control+v")
    await expect(node(other, "shape")).to_be_visible()
    await expect(wires(other)).to_have_count(1)
    await other.keyboard.press("Control+z")
    await expect(node(other, "shape")).to_have_count(0)


async def test_flow_leaves_as_yaml_svg_and_png_and_comes_back(
    quiet: LiveSite, new_page: NewPage, tmp_path: Path
) -> None:
    page = await opened(quiet, new_page)
    text = await _saved(page, tmp_path, "导出 YAML")
    assert text.decode().startswith("# Kept by the editor.")
    assert b"<svg" in await _saved(page, tmp_path, "导出图片（SVG）")
    assert (await _saved(page, tmp_path, "导出图片（PNG）")).startswith(b"\x89PNG")
    file = tmp_path / "flow.yaml"
    file.write_bytes(text)
    async with page.expect_file_chooser() as chosen:
        await _command(page, "从 YAML 文件导入节点")
        await page.keyboard.press("Enter")
    await (await chosen.value).set_files(file)
    await expect(node(page, "shape-2")).to_be_visible()


async def test_subflow_is_made_of_nodes_opened_and_given_ports_and_fields(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    await select(page, "shape")
    await page.keyboard.press("Control+Shift+G")
    await expect(page.locator('.react-flow__edge[data-id="tick.out>subflow.in"]')).to_have_count(1)
    await expect(page.locator('.react-flow__edge[data-id="subflow.out>show.in"]')).to_have_count(1)
    await node(page, "subflow").locator(".node-label").dblclick()
    await expect(page.get_by_role("heading", level=1)).to_have_text("新子流程")
    await expect(page.locator('.react-flow__edge[data-id="in:in.out>shape.in"]')).to_have_count(1)

    await page.get_by_role("button", name="添加输出端口").click()
    await drag(page, await centre(out_port(page, "shape")), await centre(in_port(page, "out:out-2")))
    await expect(page.locator('.react-flow__edge[data-id="shape.out>out:out-2.in"]')).to_have_count(1)
    await page.get_by_role("button", name="添加参数").click()
    await page.get_by_label("参数 field").fill("limit")
    await page.keyboard.press("Enter")
    await page.get_by_label("端口 out-2").fill("copy")
    await page.keyboard.press("Enter")
    await page.get_by_label("位置").get_by_role("button", name=FLOW).click()
    await expect(node(page, "subflow").locator(".port-name-out")).to_have_text(["out", "copy"])
    await select(page, "subflow")
    await expect(page.locator(".inspector")).to_contain_text("limit")
    preview = await _preview(page)
    assert preview["subflows"]["subflow"]["outputs"]["copy"] == "shape"


async def test_groups_and_notes_have_titles_colours_and_markdown(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    await select(page, "tick", "shape")
    await page.keyboard.press("g")
    await page.get_by_label("标题 · 中文").fill("采集")
    await page.get_by_role("radio", name="绿色").check()
    await expect(page.locator(".frame[data-colour=green]")).to_contain_text("采集")
    await page.mouse.click(*await bare_point(page))
    await page.keyboard.press("n")
    await page.get_by_label("文字").fill("# 说明\n\n<img src=x onerror=alert(1)> **重要**")
    await page.keyboard.press("Tab")
    note = page.locator(".note-card")
    await expect(note.get_by_role("heading", name="说明")).to_be_visible()
    await expect(note.locator("strong")).to_have_text("重要")
    await expect(note.locator("img")).to_have_count(0)


async def test_links_are_drawn_while_their_node_is_hovered(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page, "linked")
    await expect(page.locator(".link-line")).to_have_count(0)
    await node(page, "send").hover()
    await expect(page.locator(".link-line")).to_have_count(1)
    await expect(page.locator(".link-name")).to_have_text("到 other/there")
    await page.mouse.move(*await bare_point(page))
    await expect(page.locator(".link-line")).to_have_count(0)


async def test_draft_and_history_survive_a_reload(quiet: LiveSite, new_page: NewPage) -> None:
    """And a draft that came back to what is deployed is no change."""
    page = await opened(quiet, new_page)
    for _ in range(3):
        await page.mouse.click(*await bare_point(page))
        await page.keyboard.press("n")
    await select(page, "spare")
    await page.keyboard.press("Delete")
    await expect(page.get_by_text("有未部署的修改")).to_be_visible()
    await page.reload()
    await expect(page.locator(".note-card")).to_have_count(3)
    await expect(node(page, "spare")).to_have_count(0)
    for _ in range(4):
        await page.keyboard.press("Control+z")
    await expect(node(page, "spare")).to_be_visible()
    await expect(page.locator(".note-card")).to_have_count(0)
    await expect(page.get_by_text("与运行版本一致")).to_be_visible()
    await page.keyboard.press("Control+Shift+z")
    await expect(page.locator(".note-card")).to_have_count(1)


async def test_search_goes_to_a_node_of_another_flow(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    await page.keyboard.press("Control+f")
    await page.keyboard.type("metachip")
    found = page.get_by_role("dialog", name="在所有流程中搜索").get_by_role("option")
    await expect(found.first).to_contain_text("metachip/gas/+/data")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("气体监测")
    await expect(node(page, "uplink").locator(".node[data-selected]")).to_have_count(1)


async def _command(page: Page, name: str) -> None:
    """Type a command into the palette without running it."""
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog", name="命令面板").get_by_role("combobox").fill(name)


async def _saved(page: Page, folder: Path, command: str) -> bytes:
    """What the command saves."""
    await _command(page, command)
    async with page.expect_download() as download:
        await page.keyboard.press("Enter")
    path = folder / (await download.value).suggested_filename
    await (await download.value).save_as(path)
    return path.read_bytes()


async def _preview(page: Page) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """The file as the server would write the draft now."""
    async with page.expect_response("**/preview") as answer:
        await page.mouse.click(*await bare_point(page))
        await page.keyboard.press("n")
    text = json.loads(await (await answer.value).text())["text"]
    loaded: dict[str, dict[str, dict[str, dict[str, str]]]] = yaml.safe_load(text)
    return loaded

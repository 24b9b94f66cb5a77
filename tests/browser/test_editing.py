"""Setting nodes, correcting what is wrong, the file beside the canvas, deploying and going back: as a person does it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Page, expect

from engine.cli.scaffold import write_node
from tests.browser.axe import assert_accessible
from tests.browser.conftest import NewPage
from tests.browser.flow_page import FLOW, click_node, dock, drawer, make_flow, node, open_flow, text_of
from tests.browser.live_site import LiveSite
from tests.eventually import eventually


async def _deploy(page: Page, note: str) -> None:
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("dialog").get_by_label("说明").fill(note)
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_field_is_set_checked_reset_and_undone(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "fields")
    page = await new_page(site)
    await open_flow(page, "fields")
    await click_node(page, "scale")
    form = page.locator(".inspector")
    await expect(form.get_by_role("heading", name="公式")).to_be_visible()
    floor = form.get_by_role("textbox", name="下限")
    await floor.press_sequentially("12.5")
    await expect(page.locator(".top-bar-state")).to_have_attribute("data-dirty", "true")
    await form.get_by_role("button", name="把“下限”恢复为默认值").click()
    await expect(floor).to_have_value("")
    await floor.press_sequentially("7,5")
    await form.get_by_role("textbox", name="结果字段").click()
    assert "floor: 7.5" in await text_of(page)
    await page.get_by_role("button", name="撤销").first.click()
    await expect(page.locator(".yaml .cm-content")).not_to_contain_text("floor")
    await dock(page, "节点").click()
    await floor.press_sequentially("ten")
    await expect(form.get_by_role("alert")).to_contain_text("不是数字")


async def test_rules_are_rows_that_are_added_moved_and_removed(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "rules")
    page = await new_page(site)
    await open_flow(page, "rules")
    await click_node(page, "route")
    form = page.locator(".inspector")
    await form.get_by_role("button", name="添加一项").click()
    second = form.get_by_role("group", name="规则 2")
    await second.get_by_label("判断").select_option("lt")
    await second.get_by_role("combobox", name="“比较值”的类型").select_option("数字")
    await second.get_by_role("textbox", name="比较值").fill("1")
    await expect(node(page, "route").locator(".port-out")).to_have_count(2)
    await form.get_by_role("button", name="第 2 项上移").click()
    await expect(form.get_by_role("group", name="规则 1").get_by_label("判断")).to_have_value("lt")
    await form.get_by_role("button", name="删除第 1 项").click()
    await expect(node(page, "route").locator(".port-out")).to_have_count(1)
    await page.wait_for_function("!document.querySelector('.top-bar-state').hasAttribute('data-dirty')")


async def test_expression_is_completed_and_tried_on_the_last_message(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "formula")
    page = await new_page(site)
    await open_flow(page, "formula")
    await click_node(page, "scale")
    box = page.locator(".expression .cm-content")
    result = page.locator(".expression-result output")
    await expect(result).to_have_text("= 6")
    await box.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("v + 10")
    await expect(result).to_have_text("= 13")
    await page.keyboard.type(" * to")
    await expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("topic")
    await page.keyboard.press("Escape")
    await page.keyboard.type("o")
    await expect(page.locator(".expression .field-problem")).to_contain_text("too")


async def test_problem_leads_to_its_field_and_blocks_the_deploy(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "wrong")
    page = await new_page(site)
    await open_flow(page, "wrong")
    await click_node(page, "scale")
    await page.get_by_role("textbox", name="结果字段").fill("")
    await drawer(page, "问题").click()
    row = page.locator(".bottom .problem").first
    await expect(row).to_contain_text("演示 › 换算 › 结果字段")
    await click_node(page, "tick")
    await row.click()
    await expect(page.locator(".inspector h2")).to_have_text("公式")
    await expect(page.locator(".inspector :focus")).to_have_count(1)
    await page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(".notice-error")).to_be_visible()
    await expect(dialog.get_by_role("button", name="部署", exact=True)).to_have_attribute("aria-disabled", "true")


async def test_help_stands_beside_the_form_and_its_example_runs(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "help")
    page = await new_page(site)
    await open_flow(page, "help")
    await click_node(page, "scale")
    example = page.locator(".example", has_text="单个数字")
    await example.locator("summary").click()
    await example.get_by_role("button", name="运行").click()
    await expect(example.locator(".example-sent")).to_contain_text("212")
    await example.get_by_role("textbox").fill("[0]")
    await example.get_by_role("button", name="运行").click()
    await expect(example.locator(".example-sent")).to_contain_text("32")


async def test_node_is_renamed_titled_and_switched_off(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "naming")
    page = await new_page(site)
    await open_flow(page, "naming")
    await click_node(page, "scale")
    await page.get_by_role("textbox", name="标识").fill("tick")
    await expect(page.locator(".node-head .field-problem")).to_contain_text("已有同名节点")
    await page.get_by_role("textbox", name="标识").fill("换算-1")
    await page.keyboard.press("Enter")
    await expect(node(page, "换算-1")).to_be_visible()
    await page.get_by_role("textbox", name="中文标题").fill("乘以二")
    await page.get_by_role("switch", name="启用").uncheck()
    text = await text_of(page)
    assert "to: 换算-1" in text
    assert "zh: 乘以二" in text
    assert "disabled: true" in text
    assert "# comments stay" in text


async def test_yaml_and_canvas_follow_each_other(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "both")
    page = await new_page(site)
    await open_flow(page, "both")
    assert (await text_of(page)).startswith("# What knocks")
    await click_node(page, "route")
    await expect(page.locator(".cm-node-here").first).to_contain_text("route:")
    editor = page.locator(".yaml .cm-content")
    await editor.get_by_text("en: Tick").click()
    await expect(node(page, "tick").locator(".node")).to_have_attribute("data-selected", "true")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type("- x")
    await expect(page.locator(".yaml-bad")).to_be_visible()
    await expect(node(page, "tick")).to_be_visible()

    async def undone() -> bool:
        # What was typed slowly is undone in several steps.
        await page.keyboard.press("Control+Z")
        return (
            await page.locator(".yaml-bad").count() + await page.locator(".top-bar-state[data-dirty=true]").count() == 0
        )

    await eventually(undone)
    await editor.get_by_text("v * 2").click()
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type("no")
    # Not by Enter: for the first moments that a list is open it takes no keys.
    await page.locator(".cm-tooltip-autocomplete li").get_by_text("note", exact=True).click()
    await page.keyboard.type("由 YAML 写成")
    await dock(page, "节点").click()
    await expect(page.get_by_role("textbox", name="备注")).to_have_value("由 YAML 写成")


async def test_deploy_shows_what_changes_and_can_be_taken_back(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "deploying")
    page = await new_page(site)
    await open_flow(page, "deploying")
    await click_node(page, "scale")
    await page.get_by_role("textbox", name="结果字段").fill("w2")
    await page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(".diff-row")).to_have_count(1)
    await expect(dialog.locator(".diff-fields")).to_contain_text("结果字段")
    await expect(dialog.locator(".deploy-effect")).to_contain_text("scale")
    await assert_accessible(page, "dialog")
    await dialog.get_by_label("说明").fill("改名")
    await page.keyboard.press("Control+Enter")
    strip = page.locator(".strip-ok")
    await expect(strip).to_contain_text("已部署第 2 版")
    box, canvas = await strip.bounding_box(), await page.locator(".flow-page-stage").bounding_box()
    assert box is not None
    assert canvas is not None
    assert box["y"] + box["height"] <= canvas["y"] + 1
    await expect(page.locator(".top-bar-state")).not_to_have_attribute("data-dirty", "true")
    await strip.get_by_role("button", name="撤销第 2 版").click()
    await expect(strip).to_contain_text("已部署第 3 版")
    assert site.call("GET", "/api/flows/deploying")["text"] == FLOW.format(name="deploying")

    await dock(page, "版本").click()
    rows = page.locator(".version")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(1)).to_contain_text("改名")
    await rows.nth(1).get_by_role("button").first.click()
    await expect(rows.nth(1).locator(".diff-fields")).to_contain_text("w2")
    await rows.nth(1).get_by_role("combobox").select_option("draft")
    await expect(rows.nth(1).locator(".version-body ins")).to_have_text("w")
    await rows.nth(1).get_by_role("button", name="把第 2 版恢复为草稿").click()
    await expect(rows.nth(1).locator(".diff-nothing")).to_have_text("两者没有差别。")
    await dock(page, "节点").click()
    await expect(page.get_by_role("textbox", name="结果字段")).to_have_value("w2")
    await expect(page.locator(".top-bar-state")).to_have_attribute("data-dirty", "true")


async def test_moving_a_box_is_no_change_and_restarts_nothing(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "moving")
    page = await new_page(site)
    await open_flow(page, "moving")
    box = await node(page, "show").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 60, box["y"] + 16)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 60, box["y"] + 140, steps=8)
    await page.mouse.up()
    await page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("只移动了 1 个节点的位置")
    await expect(dialog).to_contain_text("没有节点需要重启")


async def test_two_people_disjoint_changes_merge_and_the_same_field_asks(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "two")
    mine, theirs = await asyncio.gather(new_page(site), new_page(site, role="integrator"))
    await asyncio.gather(open_flow(mine, "two"), open_flow(theirs, "two"))
    await click_node(theirs, "route")
    await expect(mine.locator(".avatar")).to_have_attribute("aria-label", "the-integrator 打开了“分流”")
    await click_node(mine, "scale")
    await mine.get_by_role("textbox", name="下限").fill("1")
    await theirs.get_by_role("textbox", name="属性").fill("payload.v")
    await _deploy(theirs, "theirs")
    await expect(mine.locator(".strip-warning")).to_contain_text("the-integrator 已部署了新版本")
    await mine.get_by_role("button", name="合并到我的草稿").click()
    await expect(mine.locator(".toast")).to_contain_text("已与 the-integrator 的修改合并")
    await _deploy(mine, "both")
    text = site.call("GET", "/api/flows/two")["text"]
    assert "floor: 1" in text
    assert "property: payload.v" in text
    assert "# comments stay" in text

    await expect(theirs.locator(".toast").last).to_contain_text("已载入")
    await click_node(theirs, "scale")
    await theirs.get_by_role("textbox", name="下限").fill("2")
    await mine.get_by_role("textbox", name="下限").fill("3")
    await _deploy(theirs, "two")
    await mine.get_by_role("button", name="合并到我的草稿").click()
    dialog = mine.get_by_role("dialog")
    row = dialog.get_by_role("row", name="下限")
    await expect(row.get_by_role("cell")).to_have_text(["1", "3", "2"])
    await assert_accessible(mine, "dialog")
    await row.get_by_role("radio").first.check()
    await dialog.get_by_role("button", name="合并").click()
    await expect(dialog).to_have_count(0)
    await _deploy(mine, "mine")
    assert "floor: 3" in site.call("GET", "/api/flows/two")["text"]


async def test_draft_that_was_left_while_another_deployed_merges_as_one_that_was_open(
    site: LiveSite, new_page: NewPage
) -> None:
    """It comes back as it was, the same strip offers to merge, the same dialog asks about the field that both changed."""
    make_flow(site, "left")
    page = await new_page(site)
    await open_flow(page, "left")
    await click_node(page, "scale")
    await page.get_by_role("textbox", name="下限").fill("3")
    await expect(page.locator(".top-bar-state")).to_have_attribute("data-dirty", "true")
    await page.get_by_role("textbox", name="结果字段").fill("mine")
    await page.goto("/flows")
    await expect(page.get_by_role("heading", level=1)).to_have_text("流程")
    view = site.call("GET", "/api/flows/left")
    text = view["text"].replace("result: w}", "result: w, floor: 2}").replace("every_s: 0.2", "every_s: 0.4")
    site.call(
        "POST", "/api/flows/left/deploy", {"base": view["revision"], "text": text, "note": "theirs"}, "integrator"
    )

    await open_flow(page, "left")

    await click_node(page, "scale")
    await expect(page.get_by_role("textbox", name="下限")).to_have_value("3")
    await page.get_by_role("button", name="合并到我的草稿").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("tbody tr")).to_have_count(1)
    row = dialog.get_by_role("row", name="下限")
    await expect(row.get_by_role("cell").nth(1)).to_contain_text("3")
    await expect(row.get_by_role("cell").nth(2)).to_contain_text("2")
    await row.get_by_role("radio").nth(1).check()
    await dialog.get_by_role("button", name="合并").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("textbox", name="下限")).to_have_value("2")
    await expect(page.get_by_role("textbox", name="结果字段")).to_have_value("mine")
    await _deploy(page, "both")
    done = site.call("GET", "/api/flows/left")["text"]
    assert "result: mine" in done
    assert "floor: 2" in done
    assert "every_s: 0.4" in done


async def test_file_changed_on_disk_is_offered(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "disk")
    page = await new_page(site)
    await open_flow(page, "disk")
    file = site.flows / "disk.yaml"
    file.write_text(file.read_text().replace("v * 2", "v * 9"))
    notice = page.locator(".strip", has_text="磁盘上的流程文件已被修改")
    await notice.get_by_role("button", name="载入").click()
    await page.get_by_role("button", name="查看差别并部署").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(".diff-fields")).to_contain_text("v * 9")
    await dialog.get_by_label("说明").fill("ops")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".strip-ok")).to_be_visible()
    await eventually(lambda: not site.call("GET", "/api/flows/disk")["changed_on_disk"])


async def test_viewer_sees_everything_and_is_told_which_role_it_takes(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "reading")
    page = await new_page(site, role="viewer", language="en")
    await open_flow(page, "reading")
    await click_node(page, "scale")
    await expect(page.get_by_role("textbox", name="Result field")).not_to_be_editable()
    button = page.locator(".deploy-button")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(button).to_have_attribute("title", "Needs the role admin")


async def test_panels_are_accessible_in_both_languages_and_lights(site: LiveSite, new_page: NewPage) -> None:
    make_flow(site, "axe")
    for language, scheme, tabs in (
        ("zh", "light", ["节点", "YAML", "版本"]),
        ("en", "dark", ["Node", "YAML", "Versions"]),
    ):
        page = await new_page(site, language=language, scheme=scheme)
        await open_flow(page, "axe")
        await click_node(page, "route")
        for tab in tabs:
            await dock(page, tab).click()
            await page.locator(".dock-body > :not(.empty)").first.wait_for()
            await assert_accessible(page, ".dock")


async def test_custom_node_whose_example_fails_says_so_on_its_page(
    make_site, new_page: NewPage, tmp_path: Path
) -> None:
    """It was there at the start, so it runs all the same."""
    folder = tmp_path / "nodes"
    node_file, _ = write_node("gas-index", folder)
    node_file.write_text(node_file.read_text().replace("* self.factor", "+ self.factor"))
    site = make_site({"MCS_NODES": str(folder)})
    make_flow(
        site,
        "own",
        "flow: own\nnodes:\n  tick: {type: inject, to: index}\n  index: {type: gas-index}\nlayout:\n  tick: [40, 60]\n  index: [300, 60]\n",
    )
    page = await new_page(site)
    await open_flow(page, "own")
    await click_node(page, "index")
    await expect(page.locator(".inspector .notice-warning")).to_contain_text("a number is doubled")


async def test_custom_node_has_form_help_and_icon_and_a_broken_one_its_traceback(
    make_site, new_page: NewPage, tmp_path: Path
) -> None:
    folder = tmp_path / "nodes"
    folder.mkdir()
    good = """\
from typing import Annotated, ClassVar
from engine.api import Example, Help, Meta, Message, Node, node

@node(category="gas", icon="wind", title="Double")
class Double(Node):
    \"\"\"Multiply the payload.\"\"\"
    by: Annotated[float, Meta(description="By how much.", extra_json_schema={"x-unit": "ppm"})] = 2.0
    examples: ClassVar = [Example("doubles", {"by": 2}, given=[3], expect=[6])]
    zh: ClassVar = Help("翻倍", "把载荷乘以一个数。", {"by": "倍数。"})
    def process(self, msg: Message) -> Message:
        return msg.replace(payload=msg.payload * self.by)
"""
    (folder / "double.py").write_text(good)
    site = make_site({"MCS_NODES": str(folder)})
    text = "flow: own\nnodes:\n  tick:\n    type: inject\n    to: twice\n  twice:\n    type: double\nlayout:\n  tick: [40, 60]\n  twice: [300, 60]\n"
    make_flow(site, "own", text)
    page = await new_page(site)
    await open_flow(page, "own")
    await click_node(page, "twice")
    await expect(page.locator(".inspector h2")).to_have_text("翻倍")
    await expect(page.locator(".inspector .field-unit")).to_have_text("ppm")
    await expect(page.locator(".inspector-help")).to_contain_text("把载荷乘以一个数")
    await page.locator(".example summary").click()
    await page.locator(".example").get_by_role("button", name="运行").click()
    await expect(page.locator(".example-sent")).to_contain_text("6")
    (folder / "other.py").write_text("import nothing_of_that_name\n")
    broken = "flow: own\nnodes:\n  tick:\n    type: other\nlayout:\n  tick: [40, 60]\n"
    (site.flows / "own.yaml").write_text(broken)
    await eventually(lambda: any(kind["type"] == "other" for kind in site.call("GET", "/api/node-types")))
    await page.reload()
    await click_node(page, "tick")
    await expect(page.locator(".inspector pre")).to_contain_text("nothing_of_that_name")

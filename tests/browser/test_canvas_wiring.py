"""Wires: by drag and by two clicks, refused with the reason, spliced into, taken out of."""

from collections.abc import Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.canvas import add_flow, centre, drag, in_port, node, open_flow, out_port, select, wires
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite

FLOW = "wiring"
TYPED = """\
flow: {name}
nodes:
  decode:
    type: gas-reading
    with: {{topic: "a/{{sn}}"}}
  write:
    type: alarm-write
  count:
    type: sequence-check
  alarm:
    type: alarm-group
  look:
    type: debug
  pass:
    type: filter
  judge:
    type: alarm
    to: write
layout:
  decode: [40, 100]
  write: [640, 40]
  count: [640, 160]
  alarm: [640, 280]
  judge: [340, 340]
  look: [640, 400]
  pass: [340, 40]
"""

NESTED = """\
flow: {name}
nodes:
  tick:
    type: inject
    with: {{payload: 3, every_s: 60}}
    to: part
  part:
    type: subflow/part
    to: {{out: show}}
  show:
    type: debug
subflows:
  part:
    inputs: {{in: shape}}
    outputs: {{out: shape}}
    nodes:
      shape:
        type: change
        with: {{rules: [{{do: set, path: payload.seen, value: 1}}]}}
      before:
        type: filter
      after:
        type: filter
    layout:
      shape: [340, 100]
      before: [340, 260]
      after: [340, 380]
layout:
  tick: [40, 100]
  part: [340, 100]
  show: [640, 100]
"""


@pytest.fixture(scope="module")
def quiet(make_site: Callable[..., LiveSite]) -> LiveSite:
    """A site with a small flow, and one whose ports have types."""
    site = make_site()
    add_flow(site, FLOW)
    add_flow(site, "typed", TYPED)
    add_flow(site, "nested", NESTED)
    return site


async def opened(site: LiveSite, new_page: NewPage, name: str = FLOW) -> Page:
    page = await new_page(site)
    await open_flow(page, name)
    return page


async def test_ports_that_can_not_take_the_wire_dim_and_say_why(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page, "typed")
    await drag(page, await centre(out_port(page, "decode", "ok")), await centre(in_port(page, "write")), drop=False)
    await expect(in_port(page, "write")).to_have_attribute("data-fits", "false")
    await expect(in_port(page, "count")).to_have_attribute("data-fits", "true")
    await expect(in_port(page, "look")).to_have_attribute("data-fits", "true")
    await expect(page.locator(".wire-hint")).to_contain_text("输出“读数”，需要“报警事件”")
    before = await wires(page).count()
    await page.mouse.up()
    await expect(page.locator(".wire-hint")).to_be_hidden()
    await expect(wires(page)).to_have_count(before)


async def test_port_dims_also_where_the_messages_were_made_several_nodes_before(
    quiet: LiveSite, new_page: NewPage
) -> None:
    """A node that hands messages on hands on their type: what the server's check refuses is not offered."""
    page = await opened(quiet, new_page, "typed")
    await drag(page, await centre(out_port(page, "decode", "ok")), await centre(in_port(page, "pass")))
    await expect(page.locator('.react-flow__edge[data-id="decode.ok>pass.in"]')).to_have_count(1)
    await drag(page, await centre(out_port(page, "pass")), await centre(in_port(page, "write")), drop=False)
    await expect(in_port(page, "write")).to_have_attribute("data-fits", "false")
    await expect(in_port(page, "count")).to_have_attribute("data-fits", "true")
    await page.mouse.up()
    await expect(page.locator('.react-flow__edge[data-id="pass.out>write.in"]')).to_have_count(0)


async def test_several_outputs_are_labelled(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page, "typed")
    await expect(node(page, "decode").locator(".port-name-out")).to_have_text(["读数", "不是读数"])


async def test_two_clicks_wire_as_a_drag_does(quiet: LiveSite, new_page: NewPage) -> None:
    page = await opened(quiet, new_page)
    await out_port(page, "shape").click()
    await in_port(page, "spare").click()
    await expect(page.locator('.react-flow__edge[data-id="shape.out>spare.in"]')).to_have_count(1)
    await drag(page, await centre(out_port(page, "spare")), await centre(in_port(page, "show")))
    await expect(wires(page)).to_have_count(4)
    await page.keyboard.press("Control+z")
    await page.keyboard.press("Control+z")
    await expect(wires(page)).to_have_count(2)


async def test_node_dropped_on_a_wire_goes_into_it_and_out_again(quiet: LiveSite, new_page: NewPage) -> None:
    """The wire dashes under it; one step; Ctrl-Delete joins what it stood between."""
    page = await opened(quiet, new_page)
    start, end = await centre(out_port(page, "shape")), await centre(in_port(page, "show"))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 10)
    await drag(page, await centre(node(page, "spare").locator(".node-label")), middle, drop=False)
    await expect(page.locator(".wire[data-splice]")).to_have_count(1)
    await page.mouse.up()
    await expect(page.locator('.react-flow__edge[data-id="shape.out>spare.in"]')).to_have_count(1)
    await expect(page.locator('.react-flow__edge[data-id="spare.out>show.in"]')).to_have_count(1)
    await page.keyboard.press("Control+z")
    await expect(wires(page)).to_have_count(2)
    await page.keyboard.press("Control+Shift+z")
    await expect(wires(page)).to_have_count(3)
    await select(page, "spare")
    await page.keyboard.press("Control+Delete")
    await expect(node(page, "spare")).to_have_count(0)
    await expect(page.locator('.react-flow__edge[data-id="shape.out>show.in"]')).to_have_count(1)


async def test_node_goes_into_the_wires_of_a_subflows_own_ports(quiet: LiveSite, new_page: NewPage) -> None:
    """Behind the input port and before the output port, each one step."""
    page = await opened(quiet, new_page, "nested")
    await node(page, "part").locator(".node-label").dblclick()
    await expect(page.locator('.react-flow__edge[data-id="in:in.out>shape.in"]')).to_have_count(1)
    for id, begin, end in (
        ("before", out_port(page, "in:in"), in_port(page, "shape")),
        ("after", out_port(page, "shape"), in_port(page, "out:out")),
    ):
        one, other = await centre(begin), await centre(end)
        label = node(page, id).locator(".node-label")
        await drag(page, await centre(label), ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2 + 10))
        await expect(node(page, id)).to_be_visible()
    for wire in ("in:in.out>before.in", "before.out>shape.in", "shape.out>after.in", "after.out>out:out.in"):
        await expect(page.locator(f'.react-flow__edge[data-id="{wire}"]')).to_have_count(1)
    await expect(wires(page)).to_have_count(4)
    await page.keyboard.press("Control+z")
    await page.keyboard.press("Control+z")
    await expect(wires(page)).to_have_count(2)


async def test_node_that_does_not_fit_into_a_wire_is_refused_with_the_reason(
    quiet: LiveSite, new_page: NewPage
) -> None:
    page = await opened(quiet, new_page, "typed")
    start, end = await centre(out_port(page, "judge")), await centre(in_port(page, "write"))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    await drag(page, await centre(node(page, "count").locator(".node-label")), middle)
    await expect(page.get_by_role("status").filter(has_text="消息类型不符")).to_be_visible()
    await expect(page.locator('.react-flow__edge[data-id="judge.event>write.in"]')).to_have_count(1)


async def test_wire_is_selected_disabled_and_removed(quiet: LiveSite, new_page: NewPage) -> None:
    """By click and keys, with Backspace as well as Delete."""
    page = await opened(quiet, new_page)
    start, end = await centre(out_port(page, "shape")), await centre(in_port(page, "show"))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    await page.mouse.click(*middle)
    await page.keyboard.press("e")
    await expect(page.locator(".wire[data-off]")).to_have_count(1)
    await page.keyboard.press("Backspace")
    await expect(wires(page)).to_have_count(1)
    await select(page, "show")
    await page.keyboard.press("e")
    await expect(node(page, "show").locator(".node[data-off]")).to_have_count(1)
    await page.keyboard.press("Delete")
    await expect(node(page, "show")).to_have_count(0)

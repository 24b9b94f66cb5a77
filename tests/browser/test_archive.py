"""The archive as an administrator sees it: run it, watch it, find a file, bring it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import NewPage
from tests.browser.live_site import LiveSite
from tests.servers.s3 import Bucket

ROWS = """
insert into readings (sn, time, seq, v_raw, conc)
select sn, date_trunc('day', now(), 'UTC') - day * interval '1 day' + n * interval '10 minutes', n, 2000 + n, n
from unnest(array['GS001', 'GS002', 'GS003']) as sn, generate_series(4, 6) as day, generate_series(0, 99) as n
"""


@pytest.fixture
async def archiving(make_site: Callable[..., LiveSite], s3_bucket: Bucket) -> LiveSite:
    """A site with a bucket, and three old days of three devices."""
    site = make_site(
        {
            "MCS_S3_ENDPOINT": s3_bucket.endpoint,
            "MCS_S3_BUCKET": s3_bucket.name,
            "MCS_S3_ACCESS_KEY_ID": s3_bucket.access_key_id,
            "MCS_S3_SECRET_ACCESS_KEY": s3_bucket.secret_access_key,
        }
    )
    connection = await asyncpg.connect(site.dsn)
    await connection.execute(ROWS)
    await connection.close()
    return site


async def test_old_days_are_archived_at_the_press_of_a_button_and_one_is_brought_back(
    archiving: LiveSite, new_page: NewPage, shots: Path
) -> None:
    page = await new_page(archiving)
    await page.goto("/archive")
    await expect(page.get_by_text("还没有归档文件")).to_be_visible()
    await page.get_by_role("button", name="立即归档").click()
    files = page.get_by_role("table", name="归档").get_by_role("row")
    await expect(files.filter(has_text="已归档")).to_have_count(9)
    await page.get_by_label("设备", exact=True).fill("GS002")
    await expect(files.filter(has_text="已归档")).to_have_count(3)
    name = await files.nth(1).get_by_role("cell").first.inner_text()
    await page.get_by_role("button", name=f"恢复归档 {name}").click()
    dialog = page.get_by_role("dialog", name="恢复归档到数据表")
    await expect(dialog.get_by_text("100 行")).to_be_visible()
    await dialog.get_by_role("textbox", name="数据表").fill("readings")
    await expect(dialog.get_by_role("button", name="恢复归档")).to_have_attribute("aria-disabled", "true")
    await dialog.get_by_role("textbox", name="数据表").fill("restored_march")
    await page.screenshot(path=shots / "dialog.png")
    await dialog.get_by_role("button", name="恢复归档").click()
    await expect(page.get_by_text("完成，新增 100 行")).to_be_visible()
    await page.get_by_label("设备", exact=True).fill("")
    await expect(files.filter(has_text="已归档")).to_have_count(9)
    await page.screenshot(path=shots / "archive.png", full_page=True)
    await assert_accessible(page)

    connection = await asyncpg.connect(archiving.dsn)
    assert await connection.fetchval("select count(*) from readings") == 0
    assert await connection.fetchval("select count(distinct (sn, time, seq)) from restored_march") == 100
    await connection.close()
    said = archiving.call("GET", "/api/audit?action=archive")
    assert [(entry["action"], entry["target"]) for entry in said] == [("archive.restore", name), ("archive.run", "")]


async def test_page_in_english_says_what_to_set_without_a_bucket(
    site: LiveSite, new_page: NewPage, shots: Path
) -> None:
    page = await new_page(site, "viewer", language="en", scheme="dark")
    await page.goto("/archive")
    await expect(page.get_by_text("There is no bucket yet")).to_be_visible()
    await expect(page.get_by_role("button", name="Archive now")).to_have_attribute("aria-disabled", "true")
    await page.screenshot(path=shots / "archive-en.png")
    await assert_accessible(page)

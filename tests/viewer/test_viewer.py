"""The viewer as people use it: its own tests in its own environment, and its page in a real browser."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.servers.process import ServerProcess, free_port
from tests.viewer.archives import archive, line

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-viewer" / "bin" / "python"
INSIDE = Path("tests/viewer/inside")


def environment() -> Path:
    """The viewer's interpreter."""
    assert PYTHON.exists(), "the viewer is not installed; run: make .venv/stamps/viewer-test"
    return PYTHON


def test_viewer_passes_its_own_tests():
    """Files, figures, report, and the page in Streamlit's harness."""
    command = [str(environment()), "-m", "pytest", "-q", "-c", str(INSIDE / "pytest.ini"), str(INSIDE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the viewer, started as `make viewer` starts it."""
    port = free_port()
    command = [str(environment()), "-m", "streamlit", "run", str(ROOT / "viewer" / "app.py"), "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--browser.gatherUsageStats=false"]
    command += ["--server.fileWatcherType=none"]
    wrapped = ["env", f"PYTHONPATH={ROOT}", *command]
    server = ServerProcess(wrapped, port, tmp_path_factory.mktemp("viewer") / "log")
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


def days(sn: str, wave: float) -> bytes:
    """Four days of a detector with two leaks."""
    chance = random.Random(sn)
    lines = []
    for n in range(4 * 1440):
        leak = 40 * max(0.0, 1 - abs(n % 2880 - 900) / 60)
        conc = round(max(0.0, 5 + wave * (n % 700) / 200 + chance.uniform(-1, 1) + leak), 2)
        lines.append(
            line(sn, 60 * n, n, v_raw=round(2000 + 20 * conc, 1), conc=conc, bat=90 - n // 900, rssi=-75 - n % 9)
        )
    return archive(lines)


async def test_dropped_files_become_curves_a_heat_map_and_a_report(viewer: str, page: Page, tmp_path: Path):
    """In Chinese, with a file that is none among them."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    dropped = {"GS001": days("GS001", 1), "GS002": days("GS002", 2), "holiday": b"\x89PNG\r\n\x1a\n\x00\x00"}
    files = [tmp_path / f"archive_{name}_2026-03-06.csv.gz" for name in dropped]
    for path, content in zip(files, dropped.values(), strict=True):
        path.write_bytes(content)
    await page.set_viewport_size({"width": 1280, "height": 1250})
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    await page.goto(viewer)
    await expect(page.get_by_role("heading", name="归档数据查看器")).to_be_visible()
    await page.set_input_files("input[type=file]", files)
    await expect(page.get_by_text("不是 gzip 文件，也不是归档的 CSV")).to_be_visible()
    await expect(page.get_by_test_id("stMetricValue").first).to_have_text("11,520")
    await expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    await page.screenshot(path=tmp_path / "trend.png", full_page=True)
    await page.get_by_role("tab", name="报警热力图").click()
    await expect(page.get_by_text("次报警")).to_be_visible()
    await page.screenshot(path=tmp_path / "heatmap.png", full_page=True)
    await page.get_by_role("tab", name="传感器健康报告").click()
    await expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
    await page.screenshot(path=tmp_path / "health.png", full_page=True)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="下载 HTML 报告").click()
    saved = tmp_path / "report.html"
    await (await downloading.value).save_as(saved)
    await page.goto(f"file://{saved}")
    await expect(page.get_by_role("cell", name="GS002")).to_be_visible()
    await page.screenshot(path=tmp_path / "report.png", full_page=True)
    assert problems == []

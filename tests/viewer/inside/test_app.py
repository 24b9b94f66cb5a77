"""The page itself, run by Streamlit's own harness."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.viewer.archives import archive, day_of, line

APP = Path(__file__).parents[3] / "viewer" / "app.py"


def opened(*files: tuple[str, bytes]) -> AppTest:
    """The page with these files dropped."""
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    page.file_uploader[0].set_value([(name, content, "application/gzip") for name, content in files]).run()
    assert not page.exception, page.exception
    return page


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_page_is_chinese_first_and_english_on_request():
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert page.header[0].value == "归档数据查看器"
    assert [one.value for one in page.markdown] == []
    page.radio[0].set_value("en").run()
    assert page.header[0].value == "Archive viewer"
    assert not page.exception


def test_files_are_read_together_and_what_was_left_out_is_reported():
    good = day_of("GS001", every_s=600)
    page = opened(("a.csv.gz", good), ("b.csv.gz", good), ("c.csv.gz", archive([line("GS002"), "broken"])))
    assert metrics(page) == {"读数": "145", "设备": "2", "重复（已去除）": "144", "坏行（已跳过）": "1"}
    assert [tab.label for tab in page.tabs] == ["历史趋势", "报警热力图", "传感器健康报告"]
    page.selectbox(key="value").set_value("bat").run()
    page.selectbox(key="kind").set_value("fault").run()
    page.radio[0].set_value("en").run()
    page.selectbox(key="zone").set_value("UTC").run()
    assert not page.exception
    assert metrics(page)["Readings"] == "145"


def test_bad_file_beside_a_good_one_is_told_and_the_good_one_is_shown():
    page = opened(("good.csv.gz", day_of("GS001", every_s=600)), ("renamed.csv.gz", b"PK\x03\x04zip"))
    assert [error.value for error in page.error] == [
        "**renamed.csv.gz** — 这是 ZIP 文件，只是改了名字。请先解压，再拖入其中的归档文件。"
    ]
    assert metrics(page)["读数"] == "144"


def test_nothing_but_bad_files_is_no_crash():
    page = opened(("x.csv.gz", b"\x1f\x8bgarbage"), ("y.csv.gz", b""))
    assert len(page.error) == 2
    assert [warning.value for warning in page.warning] == ["没有可以显示的读数。"]

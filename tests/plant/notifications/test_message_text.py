"""What people read, and templates that are refused before they can be wrong at night."""

from __future__ import annotations

import pytest

from plant.notifications.card import DEFAULT_TEMPLATE, Email, Robot, Sms, faults
from plant.notifications.message_text import Wording, compose_message
from plant.notifications.template import VARIABLES, filled, invalid_template_reason
from tests.plant.notifications.harness import AT, alarm

HANDBOOK = "设备 {sn} 在 {time} 发生 {type} 报警，浓度 {val}"
ZH, EN = Wording(HANDBOOK), Wording("{sn} {type} {val} {unit}", "en", "UTC")


def test_the_handbooks_template_reads_as_the_handbook_says():
    assert invalid_template_reason(HANDBOOK) is None
    assert (
        compose_message([alarm()], ZH).text
        == "【报警】设备 GS001 在 2026-01-01 08:00:00 发生 浓度低报 A1 报警，浓度 25"
    )


def test_every_variable_has_a_value():
    template = "|".join(f"{{{name}}}" for name in VARIABLES)
    event = alarm(name="泵房", location="A 区", peak=48.0, lasted_s=90.0, type="A2")
    text = compose_message([event], Wording(template)).text
    assert "{" not in text
    for part in (
        "GS001",
        "2026-01-01 08:00:00",
        "浓度高报 A2",
        "25",
        "ppm",
        "泵房",
        "A 区",
        "20",
        "紧急",
        "1 分 30 秒",
        "48",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{vla}", "did you mean {val}?"),
        ("{serial}", "there are {sn}, {time}"),
        ("{sn", "a brace is not closed"),
        ("{}", "there is no variable {}"),
        ("{sn.__class__}", "there is no variable"),
        ("{{sn}}", "a brace is not closed"),
    ],
)
def test_an_unknown_variable_is_refused_with_a_hint(template: str, said: str):
    fault = invalid_template_reason(template)
    assert fault is not None
    assert said in fault.message
    assert "template" in faults(Robot(template=template), enabled=False)


def test_a_value_that_looks_like_a_variable_stays_as_it_is():
    assert filled("{name} {sn}", {"name": "{sn}", "sn": "GS1"}) == "{sn} GS1"


def test_the_return_is_told_in_words_of_its_own_with_duration_and_peak():
    event = alarm(kind="returned", state="returned", lasted_s=93784, peak=48.5, name="泵房")
    assert compose_message([event], ZH).text == (
        "【恢复】设备 GS001 的 浓度低报 A1 报警于 2026-01-01 08:00:00 恢复，持续 1 天 2 小时，峰值 48.5 ppm（泵房）"
    )


def test_english_is_english():
    event = alarm(kind="returned", state="returned", lasted_s=90, peak=48.5)
    assert compose_message([event], EN).text == (
        "[Normal] GS001 gas level A1 back to normal at 2026-01-01 00:00:00 after 1 min 30 s, peak 48.5 ppm"
    )
    assert compose_message([alarm()], EN).text == "[Alarm] GS001 gas level A1 25 ppm"


def test_a_group_names_the_first_detector_counts_the_types_and_lists_the_rest():
    events = [
        alarm("GS002", "A1", 1),
        alarm("GS001", "A1", 0),
        alarm("GS003", "fault", 2, value=None, priority="medium"),
    ]
    message = compose_message(events, ZH)
    assert message.subject == "【报警】GS001 等 3 条报警"
    assert message.text.splitlines() == [
        "【3 条报警】2026-01-01 08:00:00 – 2026-01-01 08:00:02",
        "首报：【报警】设备 GS001 在 2026-01-01 08:00:00 发生 浓度低报 A1 报警，浓度 25",
        "浓度低报 A1 2，传感器故障 1",
        "08:00:01 GS002 浓度低报 A1 报警 25 ppm",
        "08:00:02 GS003 传感器故障 报警",
    ]


def test_a_group_that_is_too_long_is_cut_by_whole_lines_and_says_how_many_are_left():
    events = [alarm(f"GS{n:04}", after=n) for n in range(1000)]
    text = compose_message(events, Wording(HANDBOOK, largest_bytes=2000)).text
    assert len(text.encode()) <= 2000
    listed = [line for line in text.splitlines() if line.startswith("08:")]
    assert text.splitlines()[-1] == f"另有 {999 - len(listed)} 条，见报警页面。"


@pytest.mark.parametrize("kind", ["raised_to_a2", "repeated", "late", "unshelved", "unsuppressed", "restored"])
def test_what_is_no_first_notice_says_what_it_is(kind: str):
    assert compose_message([alarm(kind=kind)], ZH).text.startswith("【")
    assert "】设备 GS001" in compose_message([alarm(kind=kind)], ZH).text


def test_the_default_template_is_a_good_one():
    assert faults(Robot(template=DEFAULT_TEMPLATE), enabled=True) == {}
    assert AT


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (Email(server="http://smtp.aliyun.com", account="a@b.cn", recipients="a@b.cn"), "server"),
        (Email(server="smtp.aliyun.com", account="a@b.cn", recipients="a@b.cn,c@d.cn"), "recipients"),
        (Email(server="smtp.aliyun.com", account="a@b.cn", recipients=""), "recipients"),
        (Email(server="smtp.aliyun.com", account="alarm", recipients="a@b.cn"), "sender"),
        (Email(server="smtp.aliyun.com", account="a@b.cn", recipients="a@b.cn", security="none"), "security"),
        (Email(server="s", account="a@b.cn", recipients="a@b.cn", time_zone="../etc/passwd"), "time_zone"),
        (Sms(access_key_id="x", sign_name="x", template_code="x", phones="12"), "phones"),
        (
            Sms(access_key_id="x", sign_name="x", template_code="x", phones="13800138000", parameters={"a": "{b}"}),
            "parameters",
        ),
        (
            Sms(access_key_id="x", sign_name="x", template_code="x", phones="13800138000", endpoint="ftp://x"),
            "endpoint",
        ),
        (Sms(), "access_key_id"),
    ],
)
def test_a_card_that_can_not_work_is_refused_by_field(settings: Email | Sms, field: str):
    assert field in faults(settings, enabled=True)


def test_a_card_that_is_off_may_be_unfinished():
    assert faults(Email(), enabled=False) == faults(Sms(), enabled=False) == {}

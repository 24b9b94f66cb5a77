"""What people read, and templates that are refused before they can be wrong at night."""

from __future__ import annotations

import pytest

from plant.alarms.event import AlarmEvent
from plant.notifications.card import DEFAULT_TEMPLATE, Email, Robot, Sms, faults
from plant.notifications.message_text import Wording, compose_message
from plant.notifications.template import VARIABLES, filled, invalid_template_reason
from tests.plant.notifications.harness import AT, alarm

HANDBOOK = "设备 {sn} 在 {time} 发生 {type} 报警，浓度 {val}"
ZH, EN = Wording(HANDBOOK), Wording("{sn} {type} {val} {unit}", "en", "UTC")


def test_the_handbooks_template_reads_as_the_handbook_says():
    assert invalid_template_reason(HANDBOOK) is None
    assert compose_message([alarm()], ZH).text == "【报警】设备 GS001 在 2026-01-01 08:00:00 发生 一级 报警，浓度 25"


def test_every_variable_has_a_value():
    template = "|".join(f"{{{name}}}" for name in VARIABLES)
    event = alarm(name="泵房", location="A 区", peak=48.0, lasted_s=90.0, type="A2")
    text = compose_message([event], Wording(template)).text
    assert "{" not in text
    for part in (
        "GS001",
        "2026-01-01 08:00:00",
        "二级",
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
        "【恢复正常】泵房，设备 GS001 一级报警，2026-01-01 08:00:00 恢复正常，持续 1 天 2 小时，最高值 48.5 ppm"
    )


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (alarm(type="A2", side="low", gas="O2", value=17.8, unit="%vol", threshold=18.0),
         "【紧急报警】设备 GS001 在 2026-01-01 08:00:00 发生 欠氧二级 报警，浓度 17.8"),
        (alarm(side="high", gas="O2"), "【报警】设备 GS001 在 2026-01-01 08:00:00 发生 过氧一级 报警，浓度 25"),
        (alarm(side="low", gas="CO2"), "【报警】设备 GS001 在 2026-01-01 08:00:00 发生 低浓度一级 报警，浓度 25"),
        (alarm(type="A2", with_a1=True), "【紧急报警】设备 GS001 在 2026-01-01 08:00:00 发生 一级和二级 报警，浓度 25"),
        (alarm(type="battery", side="low", value=15.0, unit="%", threshold=20.0, location="A 区"),
         "【报警】A 区，设备 GS001 电量低，当前值 15%，低于 20%，2026-01-01 08:00:00"),
        (alarm(type="signal", side="low", value=-105.0, unit="dBm", threshold=-100.0),
         "【报警】设备 GS001 信号差，当前值 -105 dBm，低于 -100 dBm，2026-01-01 08:00:00"),
        (alarm(type="fault", value=None, threshold=None, unit="", story={"err": 1, "v_raw": 0.0}),
         "【报警】设备 GS001 传感器故障，传感器断路，2026-01-01 08:00:00"),
        (alarm(type="offline", value=None, threshold=None, story={"last_reading": AT - 30}),
         "【报警】设备 GS001 设备离线，最后一个读数 2026-01-01 07:59:30，2026-01-01 08:00:00"),
        (alarm("site", "link", value=None, threshold=None, story={"devices": 20}),
         "【报警】全站无数据，共 20 台设备，2026-01-01 08:00:00"),
        (alarm("robot", "channel", value=None, threshold=None, story={"answer": "HTTP 503"}),
         "【报警】群机器人：通知渠道故障，HTTP 503，2026-01-01 08:00:00"),
        (alarm("GS999", "unregistered", value=2345.0, unit="", threshold=None),
         "【报警】设备 GS999 未登记的探测器，原始值 2345，请在设备台账中登记，2026-01-01 08:00:00"),
        (alarm(kind="retired", state="normal", reason="deleted", name="泵房"),
         "【不再监视】泵房，设备 GS001 一级报警，设备已删除，报警不再监视，2026-01-01 08:00:00"),
        (alarm("site", "A1"), "【报警】设备 site 在 2026-01-01 08:00:00 发生 一级 报警，浓度 25"),
    ],
)  # fmt: skip
def test_a_notice_says_what_is_the_case(event: AlarmEvent, said: str):
    """A level is called by its side and gas; what is no gas has no concentration, no limit 0 and no blank."""
    assert compose_message([event], ZH).text == said


def test_the_extreme_of_a_low_side_alarm_is_its_lowest_value():
    event = alarm(
        type="A2", kind="returned", state="returned", side="low", gas="O2", peak=16.5, unit="%vol", lasted_s=30
    )
    assert compose_message([event], ZH).text.endswith(
        "欠氧二级报警，2026-01-01 08:00:00 恢复正常，持续 30 秒，最低值 16.5%vol"
    )


def test_a_template_of_ones_own_words_every_alarm_because_a_robot_may_demand_its_keyword():
    wording = Wording("厂区 {sn} {type}，浓度 {val} {unit}，{threshold}", custom=True)
    battery = alarm(type="battery", side="low", value=15.0, unit="%", threshold=20.0)
    assert compose_message([battery], wording).text == "【报警】厂区 GS001 电量低，当前值 15 %，20"
    fault = alarm(type="fault", value=None, threshold=None)
    assert compose_message([fault], wording).text == "【报警】厂区 GS001 传感器故障"


@pytest.mark.parametrize("number", [1, 2])
def test_a_long_name_does_not_make_a_message_that_the_vendor_declines(number: int):
    events = [alarm(f"GS{n}", name="泵" * 2000) for n in range(number)]
    assert len(compose_message(events, Wording(HANDBOOK + "{name}", largest_bytes=2000)).text.encode()) <= 2000


def test_the_variable_of_an_sms_names_as_many_devices_as_it_holds():
    values = compose_message([alarm(f"GS{n:03}", "A2", n) for n in range(12)], ZH).values
    assert (values["sn"], len(values["sn"]) <= 35) == ("GS000、GS001、GS002、GS003 等 12 条", True)


def test_english_is_english():
    event = alarm(kind="returned", state="returned", lasted_s=90, peak=48.5)
    assert compose_message([event], EN).text == (
        "[Normal] GS001: first-level alarm, back to normal at 2026-01-01 00:00:00 after 1 min 30 s, highest 48.5 ppm"
    )
    assert compose_message([alarm()], EN).text == "[Alarm] GS001 first-level alarm 25 ppm"


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
        "首报：【报警】设备 GS001 在 2026-01-01 08:00:00 发生 一级 报警，浓度 25",
        "一级报警 2，传感器故障 1",
        "08:00:01 GS002 一级报警 25 ppm",
        "08:00:02 GS003 传感器故障",
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

"""What is calculated from the readings: curves, alarms, health, the report."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest

from tests.viewer.archives import archive, day_of, line
from viewer.health import SensorHealth, sensor_health
from viewer.heatmap import alarm_cells
from viewer.readings import Readings, together
from viewer.report import report
from viewer.trend import curve


def of(*files: bytes, zone: str = "UTC") -> Readings:
    return together([(str(number), io.BytesIO(file)) for number, file in enumerate(files)], zone)


def sensor(lines: Iterable[str]) -> SensorHealth:
    (health,) = sensor_health(of(archive(lines)))
    return health


def test_curve_of_few_points_keeps_every_peak():
    """One reading of 20,000 is high and one low: both are drawn, where they were."""
    readings = of(
        archive(line(at_s=4 * n, seq=n, conc={7777: 99.5, 12_345: -3}.get(n, 5 + n % 3)) for n in range(20_000))
    )
    span = readings.span()
    assert span.first is not None
    assert span.last is not None
    points = curve(readings, "conc", ["GS001"], span.first, span.last, parts=100)
    assert len(points) <= 202
    values = {value: (at - span.first).total_seconds() for _, at, value in points}
    assert values[99.5] == 4 * 7777
    assert values[-3] == 4 * 12_345
    assert [at for _, at, _ in points] == sorted(at for _, at, _ in points)


def test_curve_shows_all_readings_once_zoomed_in_and_breaks_where_nothing_came():
    """A quarter of an hour of silence is no straight line."""
    readings = of(archive([line(at_s=at, seq=n, conc=n) for n, at in enumerate((0, 60, 120, 1020, 1080))]))
    span = readings.span()
    assert span.first is not None
    assert span.last is not None
    values = [value for _, _, value in curve(readings, "conc", ["GS001"], span.first, span.last)]
    assert values == [0, 1, 2, None, 3, 4]
    with pytest.raises(ValueError, match="can't be drawn"):
        curve(readings, "sn; drop table readings", ["GS001"], span.first, span.last)


def test_alarms_fall_into_the_hours_of_the_time_zone():
    """23:30 UTC is 07:30 of the next day in Shanghai; hours without an alarm are there, too."""
    lines = [line(at_s=84_600 + 10 * n, seq=n, conc=30 if 6 <= n < 18 else 5) for n in range(60)]
    lines.append(line(at_s=84_600 + 3 * 3600, seq=99))
    readings = of(archive(lines), zone="Asia/Shanghai")
    cells = alarm_cells(readings, "high", 29.9, ["GS001"])
    assert [(cell.day.isoformat(), cell.hour, cell.minutes, cell.alarms) for cell in cells] == [
        ("2026-03-07", 7, 2, 1),
        ("2026-03-07", 8, 0, 0),
        ("2026-03-07", 9, 0, 0),
        ("2026-03-07", 10, 0, 0),
    ]
    assert sum(cell.minutes for cell in alarm_cells(readings, "high", 30, ["GS001"])) == 0
    assert sum(cell.alarms for cell in alarm_cells(readings, "low", 5.1, ["GS001"])) == 2
    assert sum(cell.alarms for cell in alarm_cells(readings, "low", 5, ["GS001"])) == 0


def test_faults_are_alarms_and_warming_up_is_none():
    readings = of(
        archive(
            [line(seq=0, err=2), line(at_s=60, seq=1, err=1), line(at_s=120, seq=2, flags=16), line(at_s=180, seq=3)]
        )
    )
    assert [(cell.minutes, cell.alarms) for cell in alarm_cells(readings, "fault", 0, ["GS001"])] == [(2, 1)]


def test_loss_is_counted_over_the_wrap_and_a_reboot_is_none():
    """65534, 65535, (0 lost), 1, 4 (2 lost), then from the start again."""
    health = sensor(line(at_s=10 * n, seq=seq) for n, seq in enumerate((65534, 65535, 1, 4, 0, 1)))
    assert (health.lost, health.reboots) == (3, 1)
    assert health.loss_pct == pytest.approx(100 * 3 / 9)


def test_healthy_sensor_is_good_and_the_figures_are_its_own():
    (health,) = sensor_health(of(day_of("GS001", every_s=60)))
    assert (health.grade, health.findings, health.rows) == ("good", [], 1440)
    assert (health.loss_pct, health.fault_pct, health.poor_pct, health.battery) == (0, 0, 0, 88)


@pytest.mark.parametrize(
    ("values", "key", "grade"),
    [
        ({"err": 1}, "fault", "bad"),
        ({"rssi": -110}, "poor", "bad"),
        ({"bat": 10}, "battery", "bad"),
        ({"bat": 25}, "battery", "watch"),
        ({"v_raw": 2000}, "stuck", "bad"),
    ],
)
def test_what_is_wrong_is_found(values: dict[str, object], key: str, grade: str):
    """Each by its own figure."""
    (health,) = sensor_health(of(day_of("GS001", every_s=60, **values)))
    assert [(finding.key, finding.grade) for finding in health.findings] == [(key, grade)]


def test_drift_and_falling_battery_are_measured_over_days():
    """The base line rises by 100 of 2,000 in four days, the battery falls by 6 a day."""
    lines = [
        line(at_s=day * 86400 + n * 600, seq=day * 144 + n, v_raw=2000 + 25 * day + n % 7, bat=60 - 6 * day)
        for day in range(5)
        for n in range(144)
    ]
    health = sensor(lines)
    assert health.drift_pct == pytest.approx(5.0, abs=0.2)
    assert health.battery_days == pytest.approx(16 / 6, abs=0.3)
    assert len(health.daily) == 5


def test_report_is_one_file_that_runs_nothing():
    """What a file says can't become markup."""
    readings = of(archive([line('"<script>alert(1)</script>"', seq=n, at_s=10 * n) for n in range(3)]), day_of("GS002"))
    for language in ("zh", "en"):
        html = report(sensor_health(readings), readings.span(), language)  # type: ignore[arg-type]
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert "http" not in html
        assert html.count("<svg") == 2
    assert "传感器健康报告" in report(sensor_health(readings), readings.span(), "zh")

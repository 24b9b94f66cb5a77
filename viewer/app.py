"""The page: drop files, see what is in them. Run it with `make viewer`."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import available_timezones

import altair as alt
import pandas as pd
import streamlit as st

from viewer.health import sensor_health
from viewer.heatmap import Kind, alarm_cells
from viewer.readings import FileReport, Readings, Span
from viewer.report import FIGURES, figure, report
from viewer.trend import VALUES, curve
from viewer.words import LANGUAGES, Language, say

ZONE = "Asia/Shanghai"
PARTS = 600
FIRST_DEVICES = 3
COLOURS = ["#0c6a77", "#b0651a", "#7a4bb0", "#2a62b5", "#bd2b2b", "#3f7a1f", "#b03a5b", "#56656f"]
# The shapes of the site's own states. (A string that stands alone would be shown on the page.)
GRADES = {"good": "●", "watch": "▲", "bad": "◆"}


def main() -> None:
    """Draws the page from top to bottom; Streamlit calls it at every change."""
    language = cast(Language, st.session_state.get("language", "zh"))
    st.set_page_config(page_title=say(language, "title"), page_icon="📈", layout="wide")
    with st.sidebar:
        language = st.radio(
            say(language, "language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            horizontal=True,
            key="language",
        )
        zones = sorted(available_timezones())
        zone = st.selectbox(say(language, "zone"), zones, index=zones.index(ZONE), key="zone")
    st.header(say(language, "title"))
    st.caption(say(language, "intro"))
    uploads = st.file_uploader(say(language, "drop"), accept_multiple_files=True, key="files")
    if not uploads:
        _forget()
        return
    readings, span = _together(uploads, zone, language)
    _show_files(readings.files, span, language)
    if not span.rows or span.first is None or span.last is None:
        st.warning(say(language, "nothing"))
        return
    trend, heat, health = st.tabs([say(language, f"tab.{name}") for name in ("trend", "heatmap", "health")])
    with trend:
        _show_trend(readings, span, language)
    with heat:
        _show_heatmap(readings, span, language)
    with health:
        _show_health(readings, span, language)


def _together(uploads: list[Any], zone: str, language: Language) -> tuple[Readings, Span]:
    """What is in the files; read anew only when the files are others."""
    state = st.session_state
    ids = tuple(upload.file_id for upload in uploads)
    if state.get("ids") != ids:
        _forget()
        readings = Readings(zone)
        for upload in uploads:
            with st.spinner(say(language, "reading", name=_plain(upload.name))):
                readings.add(upload.name, upload)
        with st.spinner(say(language, "cleaning")):
            readings.clean()
        state["readings"], state["ids"] = readings, ids
    readings = state["readings"]
    readings.set_time_zone(zone)
    return readings, readings.span()


def _forget() -> None:
    old = st.session_state.pop("readings", None)
    st.session_state.pop("ids", None)
    if old is not None:
        old.close()


def _show_files(files: list[FileReport], span: Span, language: Language) -> None:
    figures = {
        "rows": f"{span.rows:,}",
        "devices": f"{len(span.devices):,}",
        "duplicates": f"{sum(file.duplicates for file in files):,}",
        "broken": f"{sum(file.broken for file in files):,}",
    }
    for column, (key, text) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(say(language, key), text)
    for file in files:
        if file.bad is not None:
            st.error(f"**{_plain(file.name)}** — {say(language, f'bad.{file.bad.problem}', **file.bad.details)}")
    if span.first and span.last:
        st.caption(f"{say(language, 'span')}: {span.first:%Y-%m-%d %H:%M:%S} – {span.last:%Y-%m-%d %H:%M:%S}")
    with st.expander(f"{say(language, 'files')} ({len(files)})"):
        table = [
            {
                say(language, "file"): file.name,
                say(language, "rows"): file.rows,
                say(language, "duplicates"): file.duplicates,
                say(language, "broken"): file.broken,
                say(language, "state"): _state(file, language),
            }
            for file in files
        ]
        st.dataframe(pd.DataFrame(table), hide_index=True)
        for file in files:
            if file.examples:
                st.markdown(f"**{say(language, 'broken.examples', name=_plain(file.name))}**")
                st.code(
                    "\n".join(say(language, "broken.line", line=one.line, reason=one.reason) for one in file.examples)
                )


def _state(file: FileReport, language: Language) -> str:
    if file.bad is not None:
        return say(language, f"bad.{file.bad.problem}", **file.bad.details)
    return say(language, "good.file" if file.was_packed else "not.packed")


def _show_trend(readings: Readings, span: Span, language: Language) -> None:
    assert span.first is not None
    assert span.last is not None
    left, right = st.columns([1, 2])
    value = left.selectbox(
        say(language, "value"), VALUES, format_func=lambda name: say(language, f"value.{name}"), key="value"
    )
    devices = right.multiselect(
        say(language, "devices"), span.devices, default=span.devices[:FIRST_DEVICES], key="devices"
    )
    begin, end = span.first.replace(tzinfo=None), span.last.replace(tzinfo=None)
    if begin < end:
        begin, end = st.slider(
            say(language, "zoom"),
            min_value=begin,
            max_value=end,
            value=(begin, end),
            format="YYYY-MM-DD HH:mm",
            key=f"zoom {span.first.tzinfo}",
        )
    if not devices:
        st.info(say(language, "pick"))
        return
    zone = span.first.tzinfo
    points = curve(readings, value, devices, begin.replace(tzinfo=zone), end.replace(tzinfo=zone), PARTS)
    # The browser would move times into its own zone: they are given as those of the chosen one, without any.
    frame = pd.DataFrame(
        [(sn, at.replace(tzinfo=None), number) for sn, at, number in points], columns=["sn", "time", "value"]
    )
    chart = (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.2, interpolate="linear", invalid="break-paths-show-domains")
        .encode(
            x=alt.X("time:T", title=None, axis=alt.Axis(format="%m-%d %H:%M", labelOverlap=True)),
            y=alt.Y("value:Q", title=say(language, f"value.{value}"), scale=alt.Scale(zero=False)),
            color=alt.Color("sn:N", title=say(language, "sn"), scale=alt.Scale(range=COLOURS)),
            tooltip=[
                alt.Tooltip("sn:N", title=say(language, "sn")),
                alt.Tooltip("time:T", format="%Y-%m-%d %H:%M:%S"),
                "value:Q",
            ],
        )
        .properties(height=380)
        .interactive(bind_y=False)
    )
    st.altair_chart(chart, width="stretch")
    st.caption(say(language, "trend.help", points=2 * PARTS))


def _show_heatmap(readings: Readings, span: Span, language: Language) -> None:
    kinds: tuple[Kind, ...] = ("high", "low", "fault")
    left, middle, right = st.columns([1, 1, 2])
    kind = left.selectbox(
        say(language, "kind"), kinds, format_func=lambda name: say(language, f"kind.{name}"), key="kind"
    )
    level = middle.number_input(say(language, "level"), value=20.0, step=1.0, disabled=kind == "fault", key="level")
    devices = right.multiselect(say(language, "devices"), span.devices, default=span.devices, key="heat devices")
    cells = alarm_cells(readings, kind, level, devices) if devices else []
    if not any(cell.minutes for cell in cells):
        st.info(say(language, "no.alarms"))
        return
    frame = pd.DataFrame(
        [(cell.day.isoformat(), cell.hour, cell.minutes, cell.alarms) for cell in cells],
        columns=["day", "hour", "minutes", "alarms"],
    )
    chart = (
        alt.Chart(frame)
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("hour:O", title=say(language, "hour"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:O", title=say(language, "day")),
            color=alt.Color(
                "minutes:Q",
                title=say(language, "minutes"),
                scale=alt.Scale(range=["#eef1f4", "#f2b134", "#bd2b2b"], interpolate="rgb"),
            ),
            tooltip=[
                alt.Tooltip("day:O", title=say(language, "day")),
                alt.Tooltip("hour:O", title=say(language, "hour")),
                alt.Tooltip("minutes:Q", title=say(language, "minutes")),
                alt.Tooltip("alarms:Q", title=say(language, "alarms")),
            ],
        )
        .properties(height=alt.Step(26))
    )
    st.altair_chart(chart, width="stretch")
    st.caption(
        say(
            language,
            "alarms.sum",
            alarms=sum(cell.alarms for cell in cells),
            minutes=sum(cell.minutes for cell in cells),
        )
    )


def _show_health(readings: Readings, span: Span, language: Language) -> None:
    healths = sensor_health(readings)
    rows = [
        {
            say(language, "sn"): one.sn,
            say(language, "grade"): f"{GRADES[one.grade]} {say(language, f'grade.{one.grade}')}",
            say(language, "findings"): ", ".join(say(language, finding.key) for finding in one.findings)
            or say(language, "none"),
            say(language, "rows"): one.rows,
            **{say(language, key): figure(one, key) for key in FIGURES},
            say(language, "daily"): list(one.daily),
        }
        for one in healths
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, column_config={say(language, "daily"): st.column_config.LineChartColumn()}
    )
    st.caption(say(language, "report.grades"))
    st.download_button(
        say(language, "download"),
        report(healths, span, language),
        file_name="sensor-health.html",
        mime="text/html",
        icon=":material/download:",
    )


def _plain(name: str) -> str:
    """A file's name without what Markdown would make of it."""
    return "".join(letter if letter.isalnum() or letter in " .-()" else f"\\{letter}" for letter in name)


main()

"""The health report as one HTML file that needs nothing else: to print, to send, to keep."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from viewer.health import SensorHealth
from viewer.readings import Span
from viewer.words import Language, say

__all__ = ["FIGURES", "figure", "report"]

_STYLE = """
body { font: 14px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #17212b;
    margin: 32px auto; max-width: 1100px; padding: 0 16px; }
h1 { font-size: 22px; margin: 0 0 4px; } p { color: #495866; margin: 0 0 16px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 12px; color: #495866; background: #eef1f4; padding: 6px 8px; border-bottom: 1px solid #d8dfe5; }
td { padding: 6px 8px; border-bottom: 1px solid #d8dfe5; vertical-align: top; } td.n { text-align: right; white-space: nowrap; }
.good { color: #1a7f4b; } .watch { color: #946200; } .bad { color: #bd2b2b; } .grade { font-weight: 600; white-space: nowrap; }
svg { display: block; } small { color: #5f6d7a; } @media print { body { margin: 0; max-width: none; } }
"""

FIGURES = ("loss", "battery", "battery.days", "signal", "poor", "fault", "drift", "stuck", "conc.high")
"""The columns of figures, by their words."""
SPARK_WIDTH, SPARK_HEIGHT = 120, 28


def figure(health: SensorHealth, key: str) -> str:
    """A figure as people read it; a dash where the files do not say."""
    value = {
        "loss": health.loss_pct,
        "battery": health.battery,
        "battery.days": health.battery_days,
        "signal": health.signal_dbm,
        "poor": health.poor_pct,
        "fault": health.fault_pct,
        "drift": health.drift_pct,
        "stuck": health.stuck_s / 3600,
        "conc.high": health.conc_high,
    }[key]
    if value is None:
        return "–"
    digits = 0 if key in ("battery", "battery.days", "signal") else 2 if key in ("conc.high",) else 1
    return f"{value:+.{digits}f}" if key == "drift" else f"{value:.{digits}f}"


def report(healths: Sequence[SensorHealth], span: Span, language: Language) -> str:
    """The whole document. What comes from files is escaped."""
    heads = ["sn", "grade", "rows", *FIGURES, "daily"]
    head = "".join(f"<th>{escape(say(language, key))}</th>" for key in heads)
    when = {name: f"{at:%Y-%m-%d %H:%M}" if at else "–" for name, at in (("first", span.first), ("last", span.last))}
    made = say(language, "report.made", rows=f"{span.rows:,}", devices=len(span.devices), **when)
    title = escape(say(language, "report"))
    return f"""<!doctype html>
<html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>
<body><h1>{title}</h1><p>{escape(made)}</p>
<table><thead><tr>{head}</tr></thead><tbody>
{"".join(_row(health, language) for health in healths)}</tbody></table>
<p><small>{escape(say(language, "report.grades"))}</small></p></body></html>
"""


def _row(health: SensorHealth, language: Language) -> str:
    found = ", ".join(say(language, finding.key) for finding in health.findings)
    grade = f'<td class="grade {health.grade}">{escape(say(language, f"grade.{health.grade}"))}<br><small>{escape(found)}</small></td>'
    figures = "".join(f'<td class="n">{escape(figure(health, key))}</td>' for key in FIGURES)
    return f'<tr><td>{escape(health.sn)}</td>{grade}<td class="n">{health.rows:,}</td>{figures}<td>{_spark(health.daily)}</td></tr>\n'


def _spark(values: Sequence[float]) -> str:
    """A line without axes; one day is a dot."""
    if not values:
        return ""
    low, high = min(values), max(values)
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    points = [
        (n * step, SPARK_HEIGHT - 4 - (SPARK_HEIGHT - 8) * ((value - low) / (high - low) if high > low else 0.5))
        for n, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg width="{SPARK_WIDTH + 6}" height="{SPARK_HEIGHT}" role="img">'
        f'<polyline points="{line}" fill="none" stroke="#0c6a77" stroke-width="1.5"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="#0c6a77"/></svg>'
    )

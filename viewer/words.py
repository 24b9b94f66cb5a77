"""Every text of the page in both languages, Chinese first."""

from __future__ import annotations

from typing import Literal

__all__ = ["LANGUAGES", "WORDS", "Language", "say"]

Language = Literal["zh", "en"]
LANGUAGES: dict[Language, str] = {"zh": "中文", "en": "English"}

WORDS: dict[str, tuple[str, str]] = {
    "title": ("归档数据查看器", "Archive viewer"),
    "intro": (
        "把从存储桶下载的归档文件（archive_…csv.gz）拖到这里，可一次多个。数据只在本机处理。",
        "Drop archive files from the bucket (archive_…csv.gz) here, one or many. They are read on this machine only.",
    ),
    "drop": ("归档文件", "Archive files"),
    "language": ("语言", "Language"),
    "zone": ("时区", "Time zone"),
    "reading": ("正在读取 {name} …", "reading {name} …"),
    "cleaning": ("正在清洗 …", "cleaning …"),
    "files": ("文件", "Files"),
    "file": ("文件", "File"),
    "rows": ("读数", "Readings"),
    "devices": ("设备", "Devices"),
    "span": ("时间范围", "Time"),
    "duplicates": ("重复（已去除）", "Duplicates (removed)"),
    "broken": ("坏行（已跳过）", "Broken lines (skipped)"),
    "state": ("结果", "Result"),
    "good.file": ("已读取", "read"),
    "not.packed": ("已读取（文件未压缩）", "read (it was not compressed)"),
    "bad.empty": ("文件是空的，请重新下载。", "The file is empty; download it again."),
    "bad.not-gzip": (
        "不是 gzip 文件，也不是归档的 CSV。请选择 archive_…csv.gz。",
        "It is no gzip file and no CSV of the archive. Choose an archive_…csv.gz.",
    ),
    "bad.zip": (
        "这是 ZIP 文件，只是改了名字。请先解压，再拖入其中的归档文件。",
        "It is a ZIP file under another name. Unpack it and drop the archive files that are in it.",
    ),
    "bad.truncated": (
        "文件不完整，末尾缺失：下载可能中断了，请重新下载。",
        "The file is cut off, its end is missing: the download may have been interrupted; fetch it again.",
    ),
    "bad.damaged": (
        "文件已损坏（{reason}），请重新下载。",
        "The file is damaged ({reason}); download it again.",
    ),
    "bad.bomb": (
        "解压后膨胀 {ratio} 倍，不可能是读数，已停止读取。",
        "It unpacks to {ratio} times its size, which readings never do; reading was stopped.",
    ),
    "bad.too-large": (
        "解压后超过 {most_mb} MB，请分批查看。",
        "It unpacks to more than {most_mb} MB; look at fewer days at once.",
    ),
    "bad.columns": (
        "不是归档文件：缺少列 {missing}（文件有：{found}）。",
        "It is no archive file: it lacks the columns {missing} (it has: {found}).",
    ),
    "bad.no-rows": ("文件里没有一行可用的读数。", "There is not one usable reading in the file."),
    "broken.line": ("第 {line} 行：{reason}", "line {line}: {reason}"),
    "broken.examples": ("{name} 的坏行示例", "Broken lines of {name}, examples"),
    "nothing": ("没有可以显示的读数。", "There are no readings to show."),
    "tab.trend": ("历史趋势", "Trend"),
    "tab.heatmap": ("报警热力图", "Alarm heat map"),
    "tab.health": ("传感器健康报告", "Sensor health"),
    "value": ("数值", "Value"),
    "value.conc": ("浓度", "Concentration"),
    "value.v_raw": ("原始值 (mV/Ω)", "Raw value (mV/Ω)"),
    "value.temp": ("温度 (°C)", "Temperature (°C)"),
    "value.humi": ("湿度 (%RH)", "Humidity (%RH)"),
    "value.bat": ("电量 (%)", "Battery (%)"),
    "value.rssi": ("信号 (dBm)", "Signal (dBm)"),
    "zoom": ("时间范围（缩放）", "Time shown (zoom)"),
    "trend.help": (
        "每台设备最多 {points} 个点；抽点时保留每段的最小值和最大值，尖峰不会丢失。在图上可滚轮缩放、拖动，缩小时间范围可看到更细的数据。",
        "At most {points} points per device; of each part of the time the least and the greatest value are kept, so no peak is lost. "
        "Scroll and drag in the chart; narrow the time to see finer.",
    ),
    "pick": ("请至少选择一台设备。", "Choose at least one device."),
    "kind": ("报警类型", "Kind of alarm"),
    "kind.high": ("浓度不低于", "concentration at or above"),
    "kind.low": ("浓度不高于", "concentration at or below"),
    "kind.fault": ("传感器故障", "sensor fault"),
    "level": ("阈值", "Level"),
    "day": ("日期", "Day"),
    "hour": ("小时", "Hour"),
    "minutes": ("报警分钟数", "Minutes in alarm"),
    "alarms": ("报警次数", "Alarms"),
    "no.alarms": ("没有一条读数报警。", "Not one reading alarms."),
    "alarms.sum": ("共 {alarms} 次报警，{minutes} 分钟。", "{alarms} alarms in all, {minutes} minutes."),
    "sn": ("设备", "Device"),
    "grade": ("评价", "Grade"),
    "grade.good": ("良好", "good"),
    "grade.watch": ("关注", "watch"),
    "grade.bad": ("异常", "bad"),
    "loss": ("丢包率 (%)", "Loss (%)"),
    "lost": ("丢包数", "Packets lost"),
    "reboots": ("重启次数", "Reboots"),
    "battery": ("电量 (%)", "Battery (%)"),
    "battery.days": ("距 20% 还有 (天)", "Days until 20 %"),
    "signal": ("平均信号 (dBm)", "Mean signal (dBm)"),
    "poor": ("弱信号 (%)", "Poor signal (%)"),
    "fault": ("故障 (%)", "Faults (%)"),
    "warming": ("预热 (%)", "Warming up (%)"),
    "drift": ("基线漂移 (%)", "Drift of base line (%)"),
    "stuck": ("最长不变 (小时)", "Longest without change (h)"),
    "conc.mean": ("平均浓度", "Mean concentration"),
    "conc.high": ("最高浓度", "Highest concentration"),
    "daily": ("每日原始值中位数", "Daily median of the raw value"),
    "findings": ("需要注意", "Findings"),
    "none": ("无", "none"),
    "download": ("下载 HTML 报告", "Download the report (HTML)"),
    "report": ("传感器健康报告", "Sensor health report"),
    "report.made": (
        "{first} 至 {last}，{rows} 条读数，{devices} 台设备",
        "{first} to {last}, {rows} readings, {devices} devices",
    ),
    "report.grades": (
        "异常：丢包 ≥ 20%、故障 ≥ 10%、不变 ≥ 12 小时、漂移 ≥ 20%、弱信号 ≥ 60%、电量 < 15%。关注：2%、0.5%、1 小时、5%、20%、电量 < 30%。",
        "Bad: loss ≥ 20 %, faults ≥ 10 %, unchanged ≥ 12 h, drift ≥ 20 %, poor signal ≥ 60 %, battery < 15 %. "
        "Watch: 2 %, 0.5 %, 1 h, 5 %, 20 %, battery < 30 %.",
    ),
}
"""key → (Chinese, English)."""


def say(language: Language, key: str, **values: object) -> str:
    """The text of a key. KeyError for one that is not there."""
    return WORDS[key][0 if language == "zh" else 1].format(**values)

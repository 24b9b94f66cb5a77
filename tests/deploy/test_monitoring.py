"""Rules and dashboard name figures that the engine has."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

MONITORING = Path("deploy/monitoring")
OURS = set(re.findall(r'Family\(\s*"(\w+)"', Path("engine/web/metrics.py").read_text(encoding="utf-8")))
SUFFIXES = ("_bucket", "_sum", "_count")


def unknown(expressions: list[str]) -> set[str]:
    names = {name for one in expressions for name in re.findall(r"\b(?:mcs|process)_\w+", one)}
    return {name for name in names if name not in OURS and not any(name.removesuffix(end) in OURS for end in SUFFIXES)}


def test_every_rule_is_whole_and_asks_for_figures_that_there_are():
    groups = yaml.safe_load((MONITORING / "rules.yaml").read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.keys() - {"for"} == {"alert", "expr", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("critical", "warning")
    assert unknown([rule["expr"] for rule in rules]) == set()


def test_every_panel_asks_for_figures_that_there_are():
    panels = json.loads((MONITORING / "grafana-dashboard.json").read_text(encoding="utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert unknown([target["expr"] for panel in panels for target in panel["targets"]]) == set()

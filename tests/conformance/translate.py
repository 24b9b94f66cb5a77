"""Each neutral case of what Node-RED's nodes do, written in our YAML config."""

from __future__ import annotations

from typing import Any

__all__ = ["chain_of"]

Chain = list[tuple[str, dict[str, Any]]]


def chain_of(node: str, config: dict[str, Any]) -> Chain:
    """[(our node type, its `with`)] for one case; a chain when the case wires several nodes one after the other."""
    if "chain" in config:
        return [_LINK[step] for step in config["chain"]]
    return [_TRANSLATE[node](config)]


_LINK: dict[str, tuple[str, dict[str, Any]]] = {"split": ("split", {}), "join by_parts": ("join", {"mode": "by_parts"})}


def _switch(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    rules = []
    for number, rule in enumerate(config["rules"]):
        op = _OPS.get(rule["op"], rule["op"])
        ours: dict[str, Any] = {"op": op, "port": f"p{number}"}
        value = rule.get("value", _NONE)
        if op == "is_type":
            ours["type"] = value
        elif op == "expression":
            ours["expression"] = _formula(rule.get("expression", value))
        else:
            if isinstance(value, dict) and "regex" in value:
                ours["ignore_case"], value = "i" in value.get("flags", ""), value["regex"]
            if _one_of(rule, "ignore_case", "case_insensitive"):
                ours["ignore_case"] = True
            ours |= _operand("value", value) | _operand("upper", rule.get("value2", _NONE))
        rules.append(ours)
    return "switch", {
        "property": config["property"],
        "rules": rules,
        "first_only": config["stop_at_first_match"],
        "renumber": config.get("renumber_sequences", False),
        "loose": True,
    }


_NONE = object()
_OPS = {
    "regex": "matches", "matches_regex": "matches", "true": "is_true", "false": "is_false", "null": "is_null", "not_null": "is_not_null",
    "empty": "is_empty", "not_empty": "is_not_empty", "has_property": "has_key", "else": "otherwise", "jsonata": "expression",
}  # fmt: skip


def _one_of(config: dict[str, Any], *names: str) -> Any:
    """The value under the first of these names that is there; None when none is."""
    return next((config[name] for name in names if name in config), None)


def _formula(text: str) -> str:
    """JSONata's variables are plain names in ours."""
    for name in ("A", "I", "N"):
        text = text.replace(f"${name}", name)
    return text


def _operand(name: str, value: Any) -> dict[str, Any]:
    if value is _NONE:
        return {}
    if isinstance(value, dict) and "ref" in value:
        ref = value["ref"]
        return {f"{name}_from": "previous" if ref == "previous_value" else ref.removeprefix("msg.")}
    return {name: value}


def _change(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    rules = []
    for rule in config["rules"]:
        if "set" in rule:
            rules.append({"do": "set", "path": rule["set"], **_operand("value", rule["to"])})
        elif "replace_in" in rule:
            find = rule["find"]
            regex = (
                {"find": find["regex"], "regex": True}
                if isinstance(find, dict) and "regex" in find
                else _operand("find", find)
            )
            rules.append({"do": "replace", "path": rule["replace_in"], **regex, **_operand("value", rule["with"])})
        elif "move" in rule:
            rules.append({"do": "move", "path": rule["move"], "to": rule["to"]})
        else:
            rules.append({"do": "delete", "path": rule["delete"]})
    return "change", {"rules": rules}


def _range(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    action = {"drop_outside": "drop"}.get(config["action"], config["action"])
    ends = {"from_range": config["from"], "to_range": config["to"]}
    if "property" in config:
        ends["property"] = config["property"]
    return "range", {**ends, "action": action, "round": config["round"], "numbers": "text"}


def _filter(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ours: dict[str, Any] = {"property": config["property"], "key": config["separate_by"] or "", "numbers": "leading"}
    mode = config["mode"]
    ours["mode"] = {"block_unless_changed": "changed", "block_unless_changed_and_swallow_first": "changed_later"}.get(
        mode, mode
    )
    limit = config.get("pass_if_change") or config.get("block_if_change")
    if limit:
        ours |= {
            "band": float(limit.strip("<>=%")),
            "percent": limit.endswith("%"),
            "or_equal": "=" in limit,
            "compare_with": config["relative_to"].removeprefix("last_"),
        }
    start = _one_of(config, "start", "start_value", "initial")
    if start not in (None, ""):
        ours["first"] = float(start)
    return "filter", ours


def _delay(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if config["mode"] == "from_message":
        default = config["default_ms"] / 1000
        return "delay", {"mode": "message", "delay_s": default, "delay_from": config["property"], "delay_unit": "ms"}
    if config["mode"] == "random":
        first, last = _one_of(config, "min_ms", "first_ms", "from_ms"), _one_of(config, "max_ms", "last_ms", "to_ms")
        return "delay", {"mode": "random", "min_s": first / 1000, "max_s": last / 1000}
    return "delay", {"delay_s": config["delay_ms"] / 1000}


def _override(config: dict[str, Any]) -> str:
    """Where a message may say another time than the configured one."""
    return next((str(value) for name, value in config.items() if name.startswith("message_may_override") and value), "")


def _rate(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ours = {"max": config["max"], "per_s": config["per_ms"] / 1000, "overflow": config["overflow"]}
    override = _override(config)
    if override:
        ours |= {"spacing_from": override, "spacing_unit": "ms"}
    return "rate-limit", ours


def _burst(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "rate-limit", {
        "max": config["max"],
        "per_s": config["window_ms"] / 1000,
        "overflow": config["overflow"],
        "mode": "burst",
    }


def _rate_per_topic(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    mode = {"all_topics_each_tick": "latest_all", "one_topic_each_tick": "latest_each"}[config["release"]]
    return "rate-limit", {"per_s": config["tick_ms"] / 1000, "mode": mode, "overflow": config.get("overflow", "drop")}


def _trigger(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    first, second, then = config["send_first"], config["send_second"], config["then"]
    ours: dict[str, Any] = {
        "first": {"payload_of_triggering_message": "message", "literal": "value", "ref": "value"}.get(
            first["kind"], first["kind"]
        ),
        "second": {
            "literal": "value",
            "ref": "value",
            "latest_message": "latest",
            "payload_of_triggering_message": "payload",
        }.get(second["kind"], second["kind"]),
        "extend": config["extend_on_new_message"],
        "key": config["group_by"] or "",
        "second_port": config["second_output_port"] == 1,
    }
    for name, sent in (("first", first), ("second", second)):
        if sent["kind"] in ("literal", "template"):
            ours[f"{name}_value"] = sent["value"]
        elif sent["kind"] == "ref":
            ours[f"{name}_from"] = sent["ref"].removeprefix("msg.")
    repeat_ms = _one_of(then, "repeat_ms", "repeat_every_ms", "resend_every_ms", "loop_ms")
    if repeat_ms is not None:
        ours |= {"then": "repeat", "wait_s": repeat_ms / 1000}
    else:
        ours |= {"then": "until_reset"} if then.get("wait_until_reset") else {"wait_s": then["wait_ms"] / 1000}
    override = _override(config)
    if override:
        ours |= {"wait_from": override, "wait_unit": "ms"}
    if "reset_when_payload_equals" in config:
        ours["reset_value"] = config["reset_when_payload_equals"]
    return "trigger", ours


def _split(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = {
        "string_separator": "separator",
        "as_stream": "stream",
        "fixed_length": "length",
        "string_length": "length",
        "buffer_length": "length",
        "buffer_separator": "separator_bytes",
    }
    return "split", {names.get(name, name): value for name, value in config.items()}


def _join(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = {
        "initial": "start_value", "initial_value": "start_value", "fixup": "finish", "reduce_expression": "expression", "reduce": "expression",
        "reverse": "from_end", "right_to_left": "from_end", "from_right": "from_end",
    }  # fmt: skip
    ours = {names.get(name, name): value for name, value in config.items() if name != "timeout_ms"}
    if "timeout_ms" in config:
        ours["wait_s"] = config["timeout_ms"] / 1000
    for name in ("expression", "finish"):
        if name in ours:
            ours[name] = _formula(ours[name])
    return "join", ours


def _batch(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = {"emit_empty": "send_empty"}
    ours = {names.get(name, name): value for name, value in config.items() if name != "interval_ms"}
    if "interval_ms" in config:
        ours["interval_s"] = config["interval_ms"] / 1000
    return "batch", ours


_TRANSLATE = {
    "switch": _switch,
    "change": _change,
    "range": _range,
    "filter": _filter,
    "delay": _delay,
    "rate": _rate,
    "burst": _burst,
    "rate_per_topic": _rate_per_topic,
    "trigger": _trigger,
    "split": _split,
    "join": _join,
    "batch": _batch,
}

"""Whatever comes in, a core node passes it, keeps it, counts it as dropped, or refuses it with a reason; it never breaks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalogue.node_types import Catalogue
from engine.testing import NodeHarness, Output
from nodes import pack

CONFIGS: list[tuple[str, dict[str, Any]]] = [
    (
        "switch",
        {
            "rules": [
                {"op": "gt", "value": 1},
                {"op": "contains", "value": "a"},
                {"op": "matches", "value": "a+b"},
                {"op": "otherwise"},
            ]
        },
    ),
    (
        "switch",
        {
            "loose": True,
            "rules": [
                {"op": "between", "value": 1, "upper": "b"},
                {"op": "eq", "value_from": "previous"},
                {"op": "is_empty"},
            ],
        },
    ),
    (
        "switch",
        {
            "rules": [
                {"op": "expression", "expression": "a > 1"},
                {"op": "tail", "value": 1},
                {"op": "has_key", "value": "a"},
            ]
        },
    ),
    ("switch", {"renumber": True, "rules": [{"op": "is_type", "type": "json"}, {"op": "head", "value": 2}]}),
    ("threshold", {"limit": 1, "deadband": 0.5}),
    ("threshold", {"limit": "a"}),
    (
        "change",
        {"rules": [{"do": "set", "path": "payload.a.b", "value": 1}, {"do": "move", "path": "payload.a", "to": "b.c"}]},
    ),
    (
        "change",
        {
            "rules": [
                {"do": "replace", "path": "payload", "find": "a", "value": 1},
                {"do": "rename", "path": "payload.a", "to": "b"},
            ]
        },
    ),
    ("range", {"numbers": "text", "round": True, "from_range": [0, 1e-300], "to_range": [0, 1e300]}),
    ("template", {"template": "{{payload.a}}{{#payload}}x{{/payload}}{{topic}}"}),
    ("html", {}),
    ("json", {}),
    ("json", {"action": "read"}),
    ("csv", {}),
    ("yaml", {}),
    ("filter", {}),
    ("filter", {"mode": "deadband", "band": 1, "percent": True, "numbers": "leading"}),
    ("filter", {"mode": "rate", "band": 1, "key": "payload"}),
    ("debounce", {"name": "{a}"}),
    ("delay", {"mode": "message", "delay_s": 0}),
    ("rate-limit", {"overflow": "second_port", "key": "payload"}),
    ("rate-limit", {"mode": "burst"}),
    ("rate-limit", {"mode": "latest_all", "spacing_from": "payload"}),
    ("trigger", {"key": "payload", "second": "latest", "reset_value": "a"}),
    ("split", {}),
    ("split", {"stream": True, "length": 2, "array_chunk": 2}),
    ("join", {}),
    ("join", {"mode": "manual", "build": "merge", "count": 2}),
    ("join", {"mode": "manual", "build": "string", "wait_s": 1}),
    ("join", {"mode": "manual", "build": "buffer", "count": 2}),
    ("join", {"mode": "manual", "build": "object", "key": "payload", "count": 2, "keep_accumulating": True}),
    ("join", {"mode": "reduce", "expression": "A + payload"}),
    ("batch", {"count": 2, "overlap": 1, "honour_parts": True}),
    ("batch", {"mode": "concat", "topics": ["", "a"]}),
    ("sort", {}),
    ("sort", {"what": "list", "numeric": True}),
    ("formula", {"expression": "a * b", "floor": 0}),
    ("formula", {"expression": "payload ** 2"}),
    ("window", {"length_s": 1}),
    ("window", {"length_s": 1, "mode": "sliding", "key": "payload"}),
    ("debug", {}),
    ("link-call", {"to": "nowhere"}),
    ("catch", {}),
]

NUMBERS = st.integers() | st.floats() | st.just(10**400) | st.just(-(2**63)) | st.just(1e308)
NAMES = st.sampled_from(["a", "b", "payload", "parts", "0", "__class__", "é", ""])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.sampled_from(["1", "-2.5", "a,b\n1,2", '{"a": 1}', "a: &x 1", "{{a}}"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["s", 1, None]),
        "index": st.integers(-1, 3),
        "count": st.integers(-1, 3),
        "type": VALUES,
        "ch": VALUES,
    },
)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "parts": PARTS | VALUES,
        "device": VALUES,
        "delay": VALUES,
        "rate": VALUES,
        "reset": VALUES,
        "flush": VALUES,
        "complete": VALUES,
        "b": VALUES,
    },
)
MESSAGES = st.fixed_dictionaries(
    {"topic": st.sampled_from(["", "a", "b"]), "props": PROPERTIES}, optional={"payload": VALUES}
)


@pytest.mark.parametrize(
    ("type", "config"), CONFIGS, ids=[f"{number}-{type}" for number, (type, _) in enumerate(CONFIGS)]
)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(messages=st.lists(MESSAGES, min_size=1, max_size=6))
async def test_any_message_is_passed_kept_dropped_or_refused(
    type: str, config: dict[str, Any], messages: list[dict[str, Any]]
) -> None:
    async with NodeHarness(type, config, catalogue=Catalogue([pack])) as bench:
        for one in messages:
            message = bench.message(one)
            bench.run.enter("node", message)
            message.delivery.release()
        await bench.advance(5)
        broken = [
            _reason(output)
            for output in bench.outputs
            if output.port == "error" and output.message.props["error"]["kind"] != "refused"
        ]
        assert broken == []
        assert bench.run.under_way == 0


def _reason(output: Output) -> str:
    error = output.message.props["error"]
    return f"{error['type']}: {error['reason']}"

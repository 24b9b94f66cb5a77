"""`${kind:name}` references: filled in with the right type, secrets kept wrapped, missing ones named."""

from __future__ import annotations

import pytest

from engine.flow.references import References, SecretText, references, wanted_types
from tests.engine.flow.typed_nodes import flow_of

SCHEMA = {
    "type": "object",
    "properties": {
        "port": {"type": "integer"},
        "ratio": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "tls": {"type": "boolean"},
        "host": {"type": "string"},
        "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "rules": {"type": "array", "items": {"$ref": "#/$defs/Rule"}},
    },
    "$defs": {"Rule": {"type": "object", "properties": {"limit": {"type": "number"}}}},
}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("port", "8883", 8883),
        ("ratio", "0.5", 0.5),
        ("ratio", "2", 2),
        ("tls", "true", True),
        ("host", "8883", "8883"),
        ("either", "8883", "8883"),
        ("port", "many", "many"),
        ("port", "true", "true"),
        ("port", "0.5", "0.5"),
        ("tls", "1", "1"),
    ],
)
def test_whole_reference_takes_the_type_that_the_schema_wants(field: str, text: str, value: object) -> None:
    """What does not spell the wanted type stays a text, for the schema to refuse."""
    resolved = References(env={"X": text}).resolve({field: "${env:X}"}, SCHEMA)
    assert resolved == {field: value}
    assert type(resolved[field]) is type(value)


def test_type_is_found_through_lists_and_definitions() -> None:
    resolved = References(env={"X": "5"}).resolve({"rules": [{"limit": "${env:X}"}]}, SCHEMA)
    assert resolved == {"rules": [{"limit": 5}]}
    assert wanted_types(SCHEMA, ("rules", 0, "limit")) == {"number"}


def test_reference_within_a_text_is_put_in_as_text() -> None:
    site = References(env={"HOST": "b.plant", "PORT": "1883"})
    assert site.resolve({"host": "mqtt://${env:HOST}:${env:PORT}/x"}, SCHEMA) == {"host": "mqtt://b.plant:1883/x"}


def test_broker_may_be_any_value() -> None:
    broker = {"url": "mqtt://b", "qos": 1}
    assert References(brokers={"site": broker}).resolve({"broker": "${broker:site}"}, {}) == {"broker": broker}


def test_secret_is_usable_and_does_not_show() -> None:
    resolved = References().resolve({"a": "${secret:mail}", "b": "Bearer ${secret:mail}"}, SCHEMA, {"mail": "hush"})
    assert resolved == {"a": "hush", "b": "Bearer hush"}
    assert isinstance(resolved["b"], SecretText)
    assert "hush" not in repr(resolved)


def test_missing_value_is_named_at_the_start() -> None:
    with pytest.raises(LookupError, match="environment variable NOPE is not set"):
        References(env={}).resolve({"host": "${env:NOPE}"}, SCHEMA)
    with pytest.raises(LookupError, match=r"`\$\{secret:mail\}` has no value"):
        References().resolve({"host": "${secret:mail}"}, SCHEMA, {})


@pytest.mark.parametrize(
    "name", ["MCS_DATABASE_URL", "MCS_ADMIN_PASSWORD", "AWS_SECRET_ACCESS_KEY", "API_KEY", "GH_TOKEN"]
)
def test_passwords_of_the_server_are_not_read_from_the_environment(name: str) -> None:
    """Whoever may edit a flow could print them."""
    site = References(env={name: "hush"})
    with pytest.raises(LookupError, match="may hold a password") as refused:
        site.resolve({"host": f"${{env:{name}}}"}, SCHEMA)
    assert "hush" not in str(refused.value)
    assert site.preview({"host": f"${{env:{name}}}"}, SCHEMA)[0] == {"host": f"${{env:{name}}}"}


def test_preview_fills_what_is_known_and_names_what_is_not() -> None:
    config = {"host": "${env:HOST}", "port": "${secret:port}", "rules": [{"limit": "${field:x}"}]}
    filled, unknown = References(env={"HOST": "b"}).preview(config, SCHEMA)
    assert filled == {"host": "b", "port": "${secret:port}", "rules": [{"limit": "${field:x}"}]}
    assert unknown == {("port",), ("rules", 0, "limit")}


def test_references_of_a_flow_are_listed_with_their_places() -> None:
    flow = flow_of("a: {type: scale, with: {factor: '${env:F}', labels: [x, 'to ${secret:s}']}}")
    assert [(str(one), one.place[3:], one.whole) for one in references(flow)] == [
        ("${env:F}", ("factor",), True),
        ("${secret:s}", ("labels", 1), False),
    ]

"""YAML in and out."""

import pytest


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x [1]\nb: *x", "line 2: aliases"),
        ("a: !!python/object:os.system x", "tag"),
        ("a: 1\na: 2", "line 2: a key twice"),
        ("[" * 200 + "]" * 200, "levels deep"),
        ("a: [1", "no YAML"),
        ("a: 1\n---\nb: 2", "no YAML"),
    ],
)
async def test_yaml_refuses_with_the_line(bench, text, reason):
    async with bench("yaml") as node:
        await node.give(text)
        assert reason in node.errors[0]


async def test_yaml_reads_plain_words_by_version_1_2(bench):
    async with bench("yaml") as node:
        await node.give("[yes, on, 1:20, 2026-11-24, 0x1F, 1e-3, true, ~, 012]")
        assert node.sent() == [["yes", "on", "1:20", "2026-11-24", "0x1F", 0.001, True, None, "012"]]

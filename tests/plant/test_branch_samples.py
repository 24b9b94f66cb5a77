"""A branch of the shipped flow tried on a sample that is written as JSON."""

from pathlib import Path

from engine.catalogue.node_types import Catalogue
from engine.pack import discover_packs
from engine.testing.flow_tests.report import run_file

FLOW = Path(__file__).parents[2] / "flows" / "gas-monitoring.yaml"

CASE = """\
cases:
  - name: from the middle on
    given:
      - node: concentration
        topic: metachip/gas/GS001/data
        key: GS001
        payload: {ts: 1767225600, seq: 1, v_raw: %s, temp: 25, err: 0, sn: GS001, time: 1767225600, received_at: 1767225600}
        props: {device: {sn: GS001, k: 0.02, b: -40, a1: 20, a2: 50}}
    expect:
      - {node: store, payload: {sn: GS001, conc: 5.0}}
    never: [quarantine]
"""


async def test_json_becomes_the_reading_and_the_device_that_would_come_there(tmp_path: Path):
    """So nodes behind a formula, which takes anything, work on it as they do on the site."""
    (tmp_path / FLOW.name).write_bytes(FLOW.read_bytes())
    tests = tmp_path / "gas-monitoring_test.yaml"
    tests.write_text(CASE % "2250", encoding="utf-8")
    result = await run_file(tests, Catalogue(discover_packs()))
    assert result.problem == ""
    assert result.cases[0].differences == []


async def test_sample_that_does_not_fit_is_told_with_its_field(tmp_path: Path):
    """Instead of a failure somewhere behind."""
    (tmp_path / FLOW.name).write_bytes(FLOW.read_bytes())
    tests = tmp_path / "gas-monitoring_test.yaml"
    tests.write_text(CASE % "high", encoding="utf-8")
    result = await run_file(tests, Catalogue(discover_packs()))
    assert "does not fit" in str(result.cases[0].differences[0])
    assert "v_raw" in str(result.cases[0].differences[0])

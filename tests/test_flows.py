"""Every shipped flow is without problems and has tests beside it, which pass and reach what they can."""

import shutil
from pathlib import Path

import pytest

from engine.catalogue.node_types import Catalogue
from engine.flow.check.check import check_flow
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs
from engine.testing.flow_tests.report import AnyBroker, run_file

FLOWS = [path for path in sorted(Path("flows").glob("**/*.yaml")) if not path.stem.endswith("_test")]
CATALOGUE = Catalogue(discover_packs())
SHIPPED_TEST = Path("flows/gas-monitoring_test.yaml").read_text(encoding="utf-8")


def test_flows_are_shipped() -> None:
    assert len(FLOWS) >= 2


@pytest.mark.parametrize("path", FLOWS, ids=str)
def test_shipped_flow_has_no_problem(path: Path) -> None:
    from engine.flow.references import References

    flow, problems = read_flow(path)
    assert flow is not None
    assert [
        str(problem) for problem in [*problems, *check_flow(flow, CATALOGUE, References(brokers=AnyBroker()))[1]]
    ] == []


@pytest.mark.parametrize("path", FLOWS, ids=str)
async def test_shipped_flow_has_tests_that_pass(path: Path) -> None:
    """Run them with `mcs test`; they reach two thirds of nodes and ports at least."""
    result = await run_file(path.with_name(f"{path.stem}_test.yaml"), CATALOGUE)
    assert result.problem == ""
    assert [(case.name, case.differences) for case in result.cases if case.differences] == []
    assert result.coverage >= 2 / 3, result.unreached


async def test_cases_that_a_site_wrote_for_version_0_1_pass(tmp_path: Path) -> None:
    """It called them told and escalated."""
    old = SHIPPED_TEST.replace("notified: ", "told: ").replace("kind: raised_to_a2", "kind: escalated")
    assert old.count("told: ") > 5
    (tmp_path / "gas-monitoring_test.yaml").write_text(old, encoding="utf-8")
    shutil.copy("flows/gas-monitoring.yaml", tmp_path)
    result = await run_file(tmp_path / "gas-monitoring_test.yaml", CATALOGUE)
    assert [(case.name, case.differences) for case in result.cases if case.differences] == []

"""Every shipped flow is without problems and has tests beside it, which pass and reach what they can."""

from pathlib import Path

import pytest

from engine.catalogue.node_types import Catalogue
from engine.flow.check.check import check_flow
from engine.flow.yaml.read import read_flow
from engine.pack import discover_packs
from engine.testing.flow_tests.report import AnyBroker, run_file

FLOWS = [path for path in sorted(Path("flows").glob("**/*.yaml")) if not path.stem.endswith("_test")]
CATALOGUE = Catalogue(discover_packs())


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

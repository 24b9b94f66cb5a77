"""The API against what its own OpenAPI document allows and forbids: no answer is a fault of the server's."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from tests.browser.live_site import LiveSite

NOT_CALLED = {
    "GET /api/ws",  # a WebSocket
    "POST /api/session",  # a few wrong passwords, and everybody waits
    "POST /api/session/password",
}
TRIES = 15


@pytest.fixture(scope="module")
def operations(site: LiveSite) -> list[Any]:
    document = site.call("GET", "/api/openapi.json")
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=site.url)
    found = [result.ok() for result in schema.get_all_operations()]
    return [operation for operation in found if operation.label not in NOT_CALLED]


def test_no_request_is_answered_with_a_fault_of_the_server(site: LiveSite, operations: list[Any]) -> None:
    headers = {"Authorization": f"Bearer {site.token('integrator')}"}
    wrong: list[str] = []
    for operation in operations:

        @hypothesis.given(case=operation.as_strategy())
        @hypothesis.settings(
            max_examples=TRIES, database=None, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True
        )
        def ask(case: Any) -> None:
            answer = case.call(headers=headers, timeout=30)
            case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])

        try:
            ask()
        except Exception as failure:  # noqa: BLE001 - every operation is asked, then all that went wrong is told
            wrong.append(f"{operation.label}: {failure}")
    assert len(operations) > 20
    assert wrong == []

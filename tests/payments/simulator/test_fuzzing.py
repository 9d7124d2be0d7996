"""Whatever is sent, the operator neither breaks nor answers in a way GSMA's file does not describe."""

import uuid
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.specification import FILE, is_list
from tests.wallet_operator import WalletOperator

OPERATIONS = 71
EXAMPLES_PER_OPERATION = 2  # of 71: under a minute
SEED = 20260101
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


def _document() -> dict[str, Any]:
    """Return GSMA's file with its lists described as lists, and without callbacks."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text())
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("callbacks", None)
        answers = item.get("get", {}).get("responses", {})
        for answer in answers.values():
            content = answer.get("content", {}).get("application/json", {})
            if is_list(answer) and "$ref" in content.get("schema", {}):
                content["schema"] = {"type": "array", "items": content["schema"]}
    return document


@pytest.mark.skipif(not FILE.exists(), reason="GSMA's OpenAPI file is not beside this checkout.")
def test_no_request_breaks_the_operator_or_is_answered_as_not_described(
    operator: WalletOperator, payer: Payer
) -> None:
    schema = schemathesis.openapi.from_dict(_document())
    operations = [result.ok() for result in schema.get_all_operations()]

    for operation in operations:
        _fuzz(operation, base_url=f"{operator.base_url}/viettel/v1.2/mm", msisdn=payer.msisdn)

    assert len(operations) == OPERATIONS


def _fuzz(operation: Any, *, base_url: str, msisdn: str) -> None:
    """Send requests to one operation, all about the account of ``msisdn``, and judge the answers."""
    account = {"accountId": f"msisdn@{msisdn}", "identifierType": "msisdn", "identifier": msisdn}

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES_PER_OPERATION,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        case.path_parameters |= {name: account[name] for name in account if name in case.path_parameters}
        case.headers.pop("X-Content-Hash", None)
        case.headers.pop("X-Callback-URL", None)
        case.headers["X-CorrelationID"] = str(uuid.uuid4())
        answer = case.call(base_url=base_url, auth=("muongthen", "demo-viettel-password"))
        case.validate_response(answer, checks=CHECKS)

    send()

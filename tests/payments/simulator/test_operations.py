"""Every operation of GSMA's file is there, and answers as the file says."""

import re

import pytest

from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator

OPERATIONS = 71


def test_every_operation_of_gsmas_file_is_answered(
    operator: WalletOperator, merchant: Merchant, spec: Specification | None
) -> None:
    if spec is None:
        pytest.skip("GSMA's OpenAPI file is not beside this checkout.")

    answers = {
        (method, path): merchant.call(method.upper(), _example(path)) for method, path in spec.operations()
    }

    assert len(answers) == OPERATIONS
    missing = [
        asked
        for asked, answer in answers.items()
        if answer.status_code == 405 or "no such resource" in answer.text
    ]
    assert missing == []


def _example(path: str) -> str:
    known = {
        "{transactionType}": "transfer",
        "{identityType}": "individual",
        "{accountId}": "msisdn@+84399999999",
        "{identifierType}": "msisdn",
        "{identifier}": "+84399999999",
        "{serverCorrelationId}": "6f1c3a52-4f0e-4b8e-9a39-0d6a3c1e7b10",
        "{clientCorrelationId}": "6f1c3a52-4f0e-4b8e-9a39-0d6a3c1e7b10",
    }
    for name, value in known.items():
        path = path.replace(name, value)
    return re.sub(r"{\w+}", "none", path)

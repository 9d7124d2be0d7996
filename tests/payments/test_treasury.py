"""Our own money between the bank and the providers: moved once, never more than is there, known again."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments import ledger, services
from payments.errors import UnknownProvider
from payments.ledger.selectors import balance_vnd
from payments.providers.base import StatementLine
from payments.services import matching
from tests.factories import UserFactory
from tests.payments.making import NOW

pytestmark = pytest.mark.django_db
FIRST = uuid.UUID(int=1)


@pytest.fixture(autouse=True)
def _providers(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {
        "fake": {"class": "tests.payments.statements.StatementProvider", "label": "Fake"}
    }


@pytest.fixture
def banked() -> None:
    """500,000 VND lie at the bank."""
    ledger.open_account(code="bank:settlement", kind="bank", may_overdraw=True)
    ledger.open_account(code="till:380000", kind="till", may_overdraw=True)
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="bank:settlement",
        credit="till:380000",
        amount_vnd=500_000,
        purpose="banking",
    )


def move(**changes: Any) -> None:
    wanted: dict[str, Any] = {
        "movement_id": FIRST,
        "provider": "fake",
        "to": "provider",
        "amount_vnd": 200_000,
        "provider_ref": "TOPUP-1",
        "by": "Phạm Thu Hà",
    }
    services.move_own_money(**wanted | changes)


@pytest.mark.usefixtures("banked")
def test_money_goes_to_the_provider_and_back_once_each():
    move()
    move()
    move(movement_id=uuid.uuid4(), to="bank", amount_vnd=50_000, provider_ref="SWEEP-1")

    assert (balance_vnd("bank:settlement"), balance_vnd("clearing:fake")) == (-350_000, -150_000)


@pytest.mark.usefixtures("banked")
@pytest.mark.parametrize(("to", "left"), [("provider", "500,000"), ("bank", "0")])
def test_no_more_is_moved_than_lies_there(to, left):
    with pytest.raises(ledger.Overdrawn, match=f"{left} VND"):
        move(to=to, amount_vnd=500_001)

    assert balance_vnd("bank:settlement") == -500_000


@pytest.mark.usefixtures("banked")
def test_an_id_is_of_one_movement():
    move()

    with pytest.raises(ledger.TransferConflict):
        move(amount_vnd=1)
    with pytest.raises(UnknownProvider):
        move(movement_id=uuid.uuid4(), provider="nobody")


@pytest.mark.usefixtures("banked")
@pytest.mark.parametrize(
    ("ref", "amount_vnd", "findings"),
    [
        ("TOPUP-1", 200_000, []),
        ("TOPUP-1", 200_001, ["missing_here"]),
        ("TOPUP-2", 200_000, ["missing_here"]),
    ],
)
def test_a_line_of_the_statement_is_known_as_our_own_money(ref, amount_vnd, findings):
    move()
    line = StatementLine(provider_ref=ref, reference="", amount_vnd=amount_vnd, moved_at=NOW)

    (pair,) = matching.pair("fake", [(1, line)], reconciliation=0, run=1, day=NOW.date())

    assert [finding.kind for finding in pair.findings] == findings


@pytest.mark.usefixtures("banked")
def test_the_same_movement_twice_in_a_statement_is_a_difference():
    move()
    lines = [
        (number, StatementLine(provider_ref="TOPUP-1", reference="", amount_vnd=200_000, moved_at=moved_at))
        for number, moved_at in ((1, NOW), (2, NOW + timedelta(minutes=1)))
    ]

    first, second = matching.pair("fake", lines, reconciliation=0, run=1, day=NOW.date())

    assert first.findings == []
    assert [finding.kind for finding in second.findings] == ["missing_here"]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory(name="Phạm Thu Hà", is_staff=True))
    return client


@pytest.mark.usefixtures("banked")
def test_staff_record_a_movement_and_see_where_money_lies(staff):
    form = {"movement_id": FIRST, "provider": "fake", "to": "provider", "provider_ref": "TOPUP-1"}
    url = reverse("staff:treasury")

    staff.post(url, form | {"amount": "200.000"})
    staff.post(url, form | {"amount": "200.000"})
    page = staff.get(url).content.decode()

    assert balance_vnd("clearing:fake") == -200_000
    assert "300.000" in page
    assert "TOPUP-1" in page


@pytest.mark.usefixtures("banked")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "600.000"}, "Only 500.000 VND lie there."),
        ({"amount": "-5"}, "Write a whole number"),
        ({"amount": "1e9"}, "Write a whole number"),
        ({"provider": "nobody"}, "Select a valid choice"),
        ({"provider_ref": ""}, "This field is required"),
    ],
)
def test_a_senseless_movement_is_refused_in_words(staff, changes, said):
    form = {
        "movement_id": FIRST, "provider": "fake", "to": "provider", "provider_ref": "T", "amount": "1",
    }  # fmt: skip

    page = staff.post(reverse("staff:treasury"), form | changes)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert balance_vnd("bank:settlement") == -500_000


def test_only_staff_move_money(client):
    client.force_login(UserFactory())

    assert client.post(reverse("staff:treasury"), {}).status_code == 403

"""The pages for staff: who may see them, what they tell, and what they cost."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from payments import ledger, providers, services
from payments.ledger.models import Transfer
from payments.models import Difference, Reconciliation
from payments.services import outbox
from tests.payments.making import NOW, ask_back, operation_of, paid, report_on, start, tell
from tests.payments.statements import StatementProvider, line_of

pytestmark = pytest.mark.django_db(transaction=True)

DAY = NOW.date()
NEXT = NOW + timedelta(hours=17)


@pytest.fixture(autouse=True)
def bank(settings) -> StatementProvider:
    entry = {"class": "tests.payments.statements.StatementProvider", "label": "Viettel Money"}
    silent = {"class": "tests.payments.fakes.FakeProvider", "label": "Silent"}
    settings.PAYMENT_PROVIDERS = {"fake": entry, "silent": silent}
    return providers.get("fake")


@pytest.fixture
def staff(client):
    user = get_user_model().objects.create_user("+84889000009", is_staff=True)
    client.force_login(user)
    return client


@pytest.fixture
def difference(bank) -> Difference:
    """A line of 25,000 VND for a payment of 250,000 VND."""
    bank.statements[DAY] = [line_of(operation_of(start()), amount_vnd=25_000)]
    services.reconcile(provider="fake", day=DAY, now=NEXT)
    return Difference.objects.get()


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def addresses() -> list[str]:
    transfer = paid(reference="ORDER-8", shares={"ORDER-8-1": 70_000})
    return [
        reverse("staff:overview"),
        reverse("staff:find") + "?q=nothing",
        reverse("staff:reconciliation"),
        reverse("staff:day", args=["fake", DAY]),
        reverse("staff:ledger"),
        reverse("staff:account", args=["escrow:ORDER-8-1"]),
        reverse("staff:transfer", args=[Transfer.objects.get().pk]),
        reverse("staff:story", args=[transfer.reference]),
    ]


def test_a_stranger_is_sent_to_sign_in_and_a_buyer_is_refused(client):
    buyer = get_user_model().objects.create_user("+84399000001")
    everything = addresses()

    for address in everything:
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/?next=/staff/")
    client.force_login(buyer)
    for address in everything:
        assert client.get(address).status_code == 403
    assert client.post(reverse("staff:day", args=["fake", DAY])).status_code == 403


def test_every_page_opens_and_none_is_kept_by_a_browser(staff):
    for address in addresses():
        answer = staff.get(address)
        assert answer.status_code == 200, address
        assert "no-store" in answer["Cache-Control"]


def test_the_first_page_tells_where_the_money_is_and_what_waits(staff, difference):
    paid(reference="ORDER-8", shares={"ORDER-8-1": 70_000})

    page = read(staff, "/staff/")

    assert "With the payment providers" in page
    assert "−70.000\xa0₫" in page
    assert "As it must be" in page
    assert "ORDER-7: authorisation, 250.000\xa0₫" in page
    assert f'href="/staff/reconciliation/fake/{DAY}/"' in page


def test_books_that_do_not_add_up_are_said_to_first(staff):
    paid()
    ledger.open_account(code="fund:roof", kind="fund")
    from payments.ledger.models import Account

    Account.objects.filter(code="fund:roof").update(balance_vnd=1)

    page = read(staff, "/staff/")

    assert "The accounts add up to 1\xa0₫, not to 0. Run check_ledger before anything is paid out." in page


def test_the_pages_cost_the_same_with_many_rows(staff, difference, django_assert_max_num_queries):
    for number in range(30):
        paid(reference=f"M-{number}", shares={f"M-{number}-1": 1_000 + number, f"M-{number}-2": 500})
        start(reference=f"N-{number}")
    # The session, its user, the basket and the seller of the frame are five.
    costs = {
        "/staff/": 12,
        "/staff/reconciliation/": 9,
        f"/staff/reconciliation/fake/{DAY}/": 9,
        "/staff/ledger/": 9,
        "/staff/ledger/clearing:fake/": 9,
        f"/staff/transfers/{Transfer.objects.first().pk}/": 17,
        "/staff/stories/M-7/": 11,
    }

    for address, cost in costs.items():
        with django_assert_max_num_queries(cost):
            read(staff, address)


def test_days_with_open_differences_come_first_and_other_days_say_how_they_stand(staff, difference):
    yesterday = timezone.localdate() - timedelta(days=1)
    Reconciliation.objects.create(provider="fake", day=yesterday, run=1, finished_at=timezone.now())
    Reconciliation.objects.create(
        provider="fake", day=yesterday - timedelta(days=1), run=1, error="The fake is silent."
    )

    page = read(staff, "/staff/reconciliation/")

    assert page.index(f"{DAY:%d/%m/%Y}") < page.index("no statement") < page.index("Days and providers")
    assert "1 difference" in page
    assert "agrees" in page
    assert "not compared" in page
    assert "Viettel Money" in page
    assert "Silent" not in page  # it gives no statements


def test_a_difference_is_told_with_both_amounts_and_the_next_step(staff, difference):
    page = read(staff, f"/staff/reconciliation/fake/{DAY}/")

    assert "1 open difference" in page
    assert "another amount" in page
    assert "25.000\xa0₫" in page
    assert "250.000\xa0₫" in page
    assert "Ask the provider which amount moved." in page
    assert 'href="/staff/stories/ORDER-7/"' in page


def test_a_difference_is_closed_with_a_note_by_whoever_signed_in(staff, difference):
    address = f"/staff/reconciliation/fake/{DAY}/"

    staff.post(f"{address}{difference.pk}/", {"note": "  "})
    difference.refresh_from_db()
    refused = difference.state
    answer = staff.post(f"{address}{difference.pk}/", {"note": "Paid back by the bank."}, follow=True)

    difference.refresh_from_db()
    assert refused == "open"
    assert (difference.state, difference.closed_by) == ("closed", "+84889000009")
    page = answer.content.decode()
    assert "0 open differences" in page
    assert "“Paid back by the bank.”" in page


def test_a_difference_of_another_day_is_not_there(staff, difference):
    other = f"/staff/reconciliation/fake/{DAY + timedelta(days=1)}/{difference.pk}/"

    assert staff.post(other, {"note": "So."}).status_code == 404


@pytest.mark.parametrize("address", [f"/staff/reconciliation/fake/{DAY}/", "/staff/reconciliation/"])
def test_a_comparison_is_asked_for_in_the_name_of_whoever_signed_in(staff, monkeypatch, address):
    asked = []
    monkeypatch.setattr(outbox, "signature", lambda task, kwargs: asked.append((task, kwargs)) or Silent())

    answer = staff.post(address, {"provider": "fake", "day": str(DAY)}, follow=True)

    call = {"provider": "fake", "day": str(DAY), "by": "+84889000009"}
    assert asked == [("payments.tasks.reconcile", call)]
    assert answer.redirect_chain == [(f"/staff/reconciliation/fake/{DAY}/", 302)]
    assert "The statement is being compared." in answer.content.decode()


class Silent:
    def apply_async(self, **options):
        """Start nothing."""


@pytest.mark.parametrize(
    ("provider", "day"), [("fake", "2999-01-01"), ("fake", "yesterday"), ("silent", str(DAY)), ("x", "")]
)
def test_a_day_that_cannot_be_compared_is_refused(staff, provider, day):
    answer = staff.post("/staff/reconciliation/", {"provider": provider, "day": day}, follow=True)

    assert "Choose a provider, and a day that has begun." in answer.content.decode()
    assert not Reconciliation.objects.exists()


def test_a_page_renews_itself_while_its_day_is_compared(staff, difference):
    Reconciliation.objects.update(running_since=NEXT)

    assert '<meta http-equiv="refresh" content="5">' in read(staff, f"/staff/reconciliation/fake/{DAY}/")


def test_a_transfer_tells_what_made_it_what_was_said_and_that_its_chain_holds(staff):
    intent = paid()
    transfer = Transfer.objects.get(reference="ORDER-7-1")
    tell(report_on(operation_of(intent)))

    page = read(staff, f"/staff/transfers/{transfer.pk}/")

    assert str(operation_of(intent).pk) in page
    assert "succeeded" in page
    assert "Both follow from the entries before them" in page
    assert transfer.entries.first().digest.hex() in page


def test_a_refund_and_its_late_booking_are_told_with_their_operation(staff):
    intent = paid()
    refund = ask_back(intent)
    tell(report_on(refund))

    page = read(staff, f"/staff/transfers/{Transfer.objects.get(purpose='refund').pk}/")

    assert str(refund.pk) in page
    assert "Other transfers for ORDER-7-2" in page


def test_a_transfer_nobody_asked_a_provider_for_was_made_inside(staff):
    paid()
    ledger.open_account(code="revenue:commission", kind="revenue")
    transfer = ledger.post(
        transfer_id=uuid.uuid4(),
        debit="escrow:ORDER-7-1",
        credit="revenue:commission",
        amount_vnd=1_000,
        purpose="release",
        reference="ORDER-7-1",
    )

    assert "it was made inside the house" in read(staff, f"/staff/transfers/{transfer.pk}/")


def test_whatever_names_a_story_leads_to_it(staff):
    intent = paid()
    transfer = Transfer.objects.get(reference="ORDER-7-1")
    story = "/staff/stories/ORDER-7/"
    ways = {
        "ORDER-7": story,
        " ORDER-7 ": story,
        str(intent.pk): story,
        str(operation_of(intent).pk): story,
        str(transfer.pk): f"/staff/transfers/{transfer.pk}/",
        "escrow:ORDER-7-1": "/staff/ledger/escrow:ORDER-7-1/",
    }

    for text, address in ways.items():
        assert staff.get("/staff/find/", {"q": text}).url == address
    assert "/staff/ledger/escrow:ORDER-7-2/" in staff.get("/staff/find/", {"q": "scrow"}).content.decode()
    assert "Nothing goes by that name" in staff.get("/staff/find/", {"q": str(uuid.uuid4())}).content.decode()


def test_the_story_of_an_order_has_its_payments_claims_and_transfers(staff):
    paid()
    start(reference="ORDER-77", shares={"ORDER-77-1": 9_000})

    page = read(staff, "/staff/stories/ORDER-7/")

    assert "Payment of 250.000\xa0₫ through Viettel Money" in page
    assert "escrow:ORDER-7-2" in page
    assert "ORDER-77" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/staff/ledger/fund:nothing/",
        "/staff/stories/ORDER-9/",
        f"/staff/transfers/{uuid.UUID(int=9)}/",
        "/staff/reconciliation/nobody/2026-03-02/",
        "/staff/reconciliation/fake/2026-03-99/",
    ],
)
def test_what_is_not_there_is_not_found(staff, address):
    assert staff.get(address).status_code == 404

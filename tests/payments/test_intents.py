import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from payments import providers
from payments.errors import (
    HoldEnded,
    IntentConflict,
    OpenIntentExists,
    ProviderRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from payments.ledger.models import Account
from payments.models import Event, Intent, Operation, Share
from payments.providers.base import Outcome
from payments.services import expire, submit
from payments.services.asking import charge_of
from tests.payments.making import HOLD, NOW, PAYER, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def test_a_started_payment_waits_for_the_payer():
    intent = start(
        reference="ORDER-7", shares={"ORDER-7-2": 50_000, "ORDER-7-1": 200_000}, amount_vnd=250_000
    )

    operation = operation_of(intent)
    assert (intent.state, intent.amount_vnd, intent.payer) == ("pending", 250_000, PAYER)
    assert list(intent.shares.order_by("reference").values_list("reference", "amount_vnd")) == [
        ("ORDER-7-1", 200_000),
        ("ORDER-7-2", 50_000),
    ]
    assert (operation.state, operation.amount_vnd) == ("pending", 250_000)
    assert operation.next_ask_at == NOW + timedelta(seconds=4)
    assert not Account.objects.exists()
    assert not Event.objects.exists()


def test_the_provider_gets_all_it_needs_and_the_operations_id(fake, settings):
    settings.PUBLIC_BASE_URL = "https://muongthen.vn"

    operation = operation_of(start(description="Rice and two nights"))

    charge = fake.known[operation.pk].charge
    assert charge.operation_id == operation.pk
    assert (charge.reference, charge.amount_vnd, charge.payer) == ("ORDER-7", 250_000, PAYER)
    assert (charge.description, charge.is_sale) == ("Rice and two nights", True)
    assert (charge.requested_at, charge.expires_at) == (NOW, NOW + HOLD)
    assert charge.callback_url == f"https://muongthen.vn/payments/callbacks/fake/{operation.pk}/"


@pytest.mark.parametrize(("active", "language"), [("vi", "vi"), ("en", "en"), (None, "en")])
def test_a_providers_page_speaks_the_language_of_whoever_is_served(fake, active, language):
    with translation.override(active):
        intent = start()

    assert charge_of(operation_of(intent)).language == language


def test_a_payment_may_be_started_in_another_language_than_is_spoken_now(fake):
    assert charge_of(operation_of(start(language="vi"))).language == "vi"


def test_the_provider_is_called_after_the_intent_is_written_and_outside_its_transaction(fake):
    depth = len(connection.savepoint_ids)
    seen = []

    def look(charge):
        seen.append((Operation.objects.get(pk=charge.operation_id).state, len(connection.savepoint_ids)))

    fake.script.before = look
    start()

    assert seen == [("submitted", depth)]


@pytest.mark.django_db(transaction=True)
def test_a_payment_is_not_started_inside_a_transaction(fake):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        start()

    assert fake.script.calls == []


def test_no_answer_leaves_the_payment_pending_and_does_not_raise(fake):
    def time_out(charge):
        raise ProviderUnavailable("ReadTimeout")

    fake.script.after = time_out
    intent = start()

    operation = operation_of(intent)
    assert (intent.state, operation.state) == ("pending", "unknown")
    assert operation.next_ask_at == NOW + timedelta(seconds=4)


def test_a_refusal_leaves_the_payment_failed_and_says_why(fake):
    def refuse(charge):
        raise ProviderRefused("The wallet is locked.", reason="requestDeclined")

    fake.script.before = refuse
    intent = start()

    operation = operation_of(intent)
    assert (intent.state, operation.state) == ("failed", "failed")
    assert (operation.error_code, operation.error_message) == ("requestDeclined", "The wallet is locked.")
    assert (operation.ended_at, operation.next_ask_at) == (NOW, None)
    event = Event.objects.get()
    assert (event.kind, event.payload) == (
        "payment.failed",
        {"error_code": "requestDeclined", "error_message": "The wallet is locked."},
    )


def test_the_same_payment_started_again_is_the_same_payment(fake):
    first = start()
    second = start(now=NOW + timedelta(minutes=1))

    assert second == first
    assert fake.count("authorize") == 1
    assert Operation.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"provider": "other"}, {"payer": "+84399000002"}, {"shares": {"P": 1_000}}]
)
def test_a_reference_is_paid_in_one_way_at_a_time(other):
    first = start()

    with pytest.raises(
        OpenIntentExists, match=rf"ORDER-7 is already being paid through fake \(payment {first.pk}\)"
    ):
        start(**other)

    assert Intent.objects.count() == 1


def test_the_database_too_keeps_a_reference_to_one_open_payment():
    intent = start()

    with pytest.raises(IntegrityError, match="one_open_intent_per_reference"), transaction.atomic():
        Intent.objects.create(
            reference="ORDER-7", amount_vnd=1, provider="fake", expires_at=NOW, created_at=NOW
        )

    assert Intent.objects.get() == intent


def test_after_a_refusal_the_reference_may_be_paid_in_another_way():
    first = start()
    tell(report_on(operation_of(first), Outcome.FAILED))

    second = start(provider="other")

    assert second != first
    assert second.state == "pending"


@pytest.mark.parametrize("other", [{}, {"provider": "other"}, {"payer": "+84399000002"}])
def test_what_is_paid_is_not_charged_again(fake, other):
    first = paid()

    second = start(**other)

    assert second == first
    assert fake.count("authorize") == 1


def test_an_id_made_beforehand_leads_to_the_same_payment_even_after_it_failed(fake):
    intent_id = uuid.uuid4()
    start(intent_id=intent_id)
    tell(report_on(operation_of(Intent.objects.get()), Outcome.FAILED))

    again = start(intent_id=intent_id)

    assert (again.pk, again.state) == (intent_id, "failed")
    assert fake.count("authorize") == 1


def test_an_id_made_beforehand_is_for_one_payment_only():
    intent_id = uuid.uuid4()
    start(intent_id=intent_id)

    with pytest.raises(
        IntentConflict, match=r"recorded as 250,000 VND for ORDER-7 .*cannot also be 1,000 VND"
    ):
        start(intent_id=intent_id, shares={"ORDER-7-1": 1_000})

    assert Intent.objects.get().amount_vnd == 250_000


def test_after_the_hold_has_ended_no_payment_starts(fake):
    with pytest.raises(HoldEnded, match=r"The time to pay for ORDER-7 ended at 2026-03-02T10:15:00\+07:00"):
        start(now=NOW + HOLD)

    assert not Intent.objects.exists()
    assert fake.script.calls == []


def test_an_unknown_provider_is_refused_and_the_known_ones_are_named():
    with pytest.raises(UnknownProvider, match=r"no payment provider 'momo'\. Choose one of fake, other"):
        start(provider="momo")

    assert not Intent.objects.exists()


@pytest.mark.parametrize("shares", [{}, {"P": 0}, {"P": -1}, {"P": 1.5}, {"P": 10**12, "Q": 1}])
def test_shares_that_make_no_sense_are_a_programmers_mistake(shares):
    with pytest.raises(AssertionError):
        start(shares=shares)

    assert not Share.objects.exists()


def test_expiry_gives_up_and_tells_the_house_once():
    intent = start()

    expire(intent_id=intent.pk, now=NOW + HOLD)
    expire(intent_id=intent.pk, now=NOW + HOLD)

    intent.refresh_from_db()
    operation = operation_of(intent)
    assert (intent.state, operation.state) == ("expired", "expired")
    assert operation.ended_at == NOW + HOLD
    assert [event.kind for event in Event.objects.all()] == ["payment.expired"]


def test_a_payment_through_a_provider_that_is_gone_from_the_settings_still_expires(settings):
    intent = start()
    settings.PAYMENT_PROVIDERS = {}

    assert expire(intent_id=intent.pk, now=NOW + HOLD).state == "expired"


def test_what_is_paid_does_not_expire():
    intent = paid()

    assert expire(intent_id=intent.pk, now=NOW + HOLD).state == "succeeded"

    assert [event.kind for event in Event.objects.all()] == ["payment.succeeded"]


def test_what_was_refused_does_not_expire():
    intent = start()
    tell(report_on(operation_of(intent), Outcome.FAILED))

    assert expire(intent_id=intent.pk, now=NOW + HOLD).state == "failed"

    assert [event.kind for event in Event.objects.all()] == ["payment.failed"]


def test_a_provider_that_can_release_is_asked_to_later(settings):
    settings.PAYMENT_PROVIDERS = {"fake": {"class": "tests.payments.fakes.VoidingProvider", "label": "Fake"}}
    intent = start()

    expire(intent_id=intent.pk, now=NOW + HOLD)

    release = Operation.objects.get(kind=Operation.Kind.VOID)
    assert (release.state, release.original, release.amount_vnd) == ("created", operation_of(intent), 250_000)
    assert providers.get("fake").count("void") == 0

    submit(operation_id=release.pk, now=NOW + HOLD)

    assert providers.get("fake").count("void") == 1
    assert Intent.objects.get().state == "expired"

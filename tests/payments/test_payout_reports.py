"""What providers claim of payouts, and settling by hand what came back."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import services, settled
from payments.errors import (
    NotPayable,
    PayoutMismatch,
    PayoutNotFailed,
    PayoutSettledOtherwise,
    PayoutUnknown,
    ProviderRefused,
    WrongProvider,
)
from payments.ledger.selectors import accounts_out_of_balance
from payments.models import Claim, Event, Payout, PayoutBatch
from payments.providers.base import Outcome, Report
from payments.settled import PayeeMoney
from tests.payments.fakes import signed
from tests.payments.making import NOW
from tests.payments.paying import (
    CHU,
    MAI,
    balance,
    batch_of,
    bounced,
    earn,
    in_escrow,
    install,
    payout_of,
    run,
    sent,
    tell,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("payer_out")]

LATER = NOW + timedelta(seconds=12)


@pytest.fixture
def payer_out(settings):
    return install(settings)


def by_hand(payout, **changes):
    wanted = {"payout_id": payout.pk, "evidence": "VCB 20260302-771", "by": "administrator", "now": LATER}
    return services.settle_by_hand(**wanted | changes)


def test_a_batch_refused_as_a_whole_comes_back_as_a_whole(payer_out):
    def refuse(batch):
        raise ProviderRefused("No batches today.", reason="formatError")

    earn("seller-7", 90_000)
    earn("seller-8", 50_000)
    payer_out.script.before = refuse
    made = run([CHU, MAI])

    sent(made)

    assert batch_of(made).state == "ended"
    codes = Payout.objects.values_list("state", "error_code", "error_message").distinct()
    assert list(codes) == [("failed", "batch:formatError", "No batches today.")]
    assert settled.payable_vnd("seller-7") == 90_000


def test_a_claim_that_does_not_fit_changes_nothing_and_is_kept(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())
    said = {"operation_id": payout.pk, "provider_ref": "P-1", "outcome": Outcome.SUCCEEDED}
    wrong = [
        (said | {"amount_vnd": 90_001}, "fake", PayoutMismatch, "expected amount 90,000 VND.*90,001 VND"),
        (said, "fake", PayoutMismatch, "reports no amount"),
        (said | {"amount_vnd": 90_000, "reference": "another"}, "fake", PayoutMismatch, "reference"),
        (said | {"amount_vnd": 90_000}, "other", WrongProvider, "goes through fake, but other"),
        (said | {"amount_vnd": 90_000, "operation_id": uuid.uuid4()}, "fake", PayoutUnknown, "no payout"),
    ]

    for facts, provider, meaning, words in wrong:
        with pytest.raises(meaning, match=words):
            tell(Report(**facts), provider=provider)

    payout.refresh_from_db()
    assert payout.state == "on_the_way"
    assert settled.on_the_way_vnd("seller-7") == 90_000
    refusals = Claim.objects.order_by("pk").values_list("refusal", flat=True)
    assert list(refusals) == ["payout_mismatch"] * 3 + ["wrong_provider", "payout_unknown"]


def test_a_transaction_counts_for_one_payout_only(payer_out):
    earn("seller-7", 90_000)
    earn("seller-8", 90_000)
    made = run([CHU, MAI])
    first, second = payout_of(made, "seller-7"), payout_of(made, "seller-8")
    tell(Report(first.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    with pytest.raises(PayoutMismatch, match=f"reports P-1, that of payout {first.pk}"):
        tell(Report(second.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    assert settled.on_the_way_vnd("seller-8") == 90_000


def test_what_arrives_after_it_came_back_is_booked_and_what_is_missing_is_owed(payer_out, heard):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)
    services.take_back(
        part=in_part("ORDER-9"),
        portions=[services.Portion("payable:seller-7", 60_000)],
        take_back_id=uuid.uuid4(),
        debt_limit_vnd=0,
        now=NOW,
    )

    for _ in range(2):
        tell(Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))
    services.deliver_due(now=LATER)

    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 0, debt_vnd=60_000)
    assert balance("clearing:fake") == -1
    assert [(kind, said.get("late")) for kind, said in heard] == [
        ("payout.failed", None),
        ("payout.succeeded", True),
    ]
    assert not accounts_out_of_balance().exists()


def in_part(part):
    in_escrow(part, 1)
    return part


def test_a_failure_after_the_success_changes_nothing(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())
    tell(Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    tell(Report(payout.pk, "P-1", Outcome.FAILED, error_code="accountError"))

    payout.refresh_from_db()
    assert payout.state == "succeeded"
    assert Event.objects.count() == 1


def test_what_came_back_repays_what_is_owed_meanwhile(payer_out):
    earn("seller-7", 90_000)
    made = run()
    batch = sent(made)
    services.take_back(
        part=in_part("ORDER-9"),
        portions=[services.Portion("payable:seller-7", 40_000)],
        take_back_id=uuid.uuid4(),
        debt_limit_vnd=50_000,
        now=NOW,
    )
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 90_000, debt_vnd=40_000)
    payer_out.end(payout_of(made), Outcome.FAILED)

    services.ask_due_batches(now=batch.next_ask_at)

    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 50_000, 0, 0)


def test_what_came_back_can_be_paid_in_another_way_once(payer_out):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)

    for _ in range(2):
        settled_payout = by_hand(payout)
    with pytest.raises(PayoutSettledOtherwise, match="already settled by administrator with the evidence"):
        by_hand(payout, evidence="another")

    assert (settled_payout.state, settled_payout.evidence) == ("by_hand", "VCB 20260302-771")
    assert balance("bank:settlement") == 90_000
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 0, 0)
    assert not settled.payouts_that_came_back().exists()


def test_what_may_still_arrive_is_not_paid_by_hand(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())

    with pytest.raises(PayoutNotFailed, match="is on the way"):
        by_hand(payout)
    with pytest.raises(PayoutUnknown):
        by_hand(payout, payout_id=uuid.uuid4())

    assert balance("bank:settlement") == 0


def test_what_a_later_payout_took_along_is_not_paid_by_hand_as_well(payer_out):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)
    run()

    with pytest.raises(NotPayable, match="seller-7 has 0 VND to be paid, not 90,000 VND"):
        by_hand(payout)

    payout.refresh_from_db()
    assert payout.state == "failed"
    assert balance("bank:settlement") == 0


def test_an_arrival_after_settling_by_hand_is_owed(payer_out):
    earn("seller-7", 90_000)
    payout = by_hand(bounced(payer_out))

    tell(Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000))

    assert settled.debt_vnd("seller-7") == 90_000
    assert payout_of(payout.batch.run).state == "succeeded"


# --- callbacks -----------------------------------------------------------------------------------


def call_back(client, provider, batch, headers=None):
    body, right = signed({"ref": "", "outcome": "unknown", "amount_vnd": None})
    url = reverse("payments:callback", args=[provider, batch.pk])
    return client.put(
        url, data=body, content_type="application/json", headers=right if headers is None else headers
    )


def test_a_callback_on_a_batch_makes_us_ask_about_it_and_settles_nothing_itself(client, payer_out):
    earn("seller-7", 90_000)
    made = run()
    sent(made)
    payer_out.end(payout_of(made), Outcome.SUCCEEDED)

    answer = call_back(client, "fake", batch_of(made))

    assert answer.status_code == 204
    assert payout_of(made).state == "on_the_way"
    assert batch_of(made).next_ask_at <= timezone.now()
    assert Claim.objects.get(source="callback").operation_named == batch_of(made).pk
    services.ask_due_batches(now=timezone.now())
    assert payout_of(made).state == "succeeded"
    assert call_back(client, "fake", batch_of(made)).status_code == 204
    assert batch_of(made).next_ask_at is None


def test_a_callback_on_a_batch_that_is_not_its_providers_or_not_signed_is_refused_and_kept(client):
    earn("seller-7", 90_000)
    batch = batch_of(run())

    answers = [call_back(client, "other", batch), call_back(client, "fake", batch, headers={})]

    assert [answer.status_code for answer in answers] == [404, 401]
    refusals = Claim.objects.order_by("pk").values_list("provider", "refusal")
    assert list(refusals) == [("other", "wrong_provider"), ("fake", "bad_signature")]
    assert PayoutBatch.objects.get(pk=batch.pk).next_ask_at == batch.next_ask_at

"""Real threads: runs, reports and hands at once pay every đồng once."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from payments import services, settled
from payments.errors import (
    NotPayable,
)
from payments.ledger.selectors import accounts_out_of_balance
from payments.models import Event, Payout, PayoutBatch, PayoutRun
from payments.providers.base import Outcome, Report
from tests.payments.making import NOW
from tests.payments.paying import (
    CHU,
    MAI,
    balance,
    batch_of,
    bounced,
    earn,
    install,
    payout_of,
    run,
    tell,
)
from tests.payments.threads import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("payer_out")]

LATER = NOW + timedelta(seconds=12)


@pytest.fixture
def payer_out(settings):
    return install(settings)


def by_hand(payout, **changes):
    wanted = {"payout_id": payout.pk, "evidence": "VCB 20260302-771", "by": "administrator", "now": LATER}
    return services.settle_by_hand(**wanted | changes)


def test_eight_runs_at_once_pay_every_dong_once(payer_out):
    for payee, amount_vnd in (("seller-7", 90_000), ("seller-8", 50_000)):
        earn(payee, amount_vnd)

    results = race([partial(run, [CHU, MAI] if turn % 2 else [MAI, CHU]) for turn in range(8)])

    assert all(isinstance(result, PayoutRun) for result in results), results
    paid = Payout.objects.order_by("payee").values_list("payee", "amount_vnd")
    assert list(paid) == [("seller-7", 90_000), ("seller-8", 50_000)]
    assert not accounts_out_of_balance().exists()


def test_one_run_started_eight_times_at_once_is_one_run(payer_out):
    earn("seller-7", 90_000)
    run_id = uuid.uuid4()

    results = race([partial(run, run_id=run_id) for _ in range(8)])

    assert [result.pk for result in results] == [run_id] * 8
    assert Payout.objects.count() == PayoutBatch.objects.count() == 1


def test_a_batch_sent_eight_times_at_once_is_sent_once(payer_out):
    earn("seller-7", 90_000)
    batch = batch_of(run())

    results = race([partial(services.submit_batch, batch_id=batch.pk, now=NOW) for _ in range(8)])

    assert sorted(results) == [False] * 7 + [True]
    assert payer_out.count("payout") == 1


def test_a_report_eight_times_at_once_is_booked_once(payer_out):
    earn("seller-7", 90_000)
    payout = payout_of(run())
    report = Report(payout.pk, "P-1", Outcome.SUCCEEDED, amount_vnd=90_000)

    results = race([partial(tell, report) for _ in range(8)])

    assert [result.state for result in results] == ["succeeded"] * 8
    assert balance("clearing:fake") == 0
    assert Event.objects.count() == 1


def test_a_payout_by_hand_racing_the_next_run_pays_once(payer_out):
    earn("seller-7", 90_000)
    payout = bounced(payer_out)

    results = race([partial(by_hand, payout), run] * 4)

    on_the_way_vnd = settled.on_the_way_vnd("seller-7")
    assert on_the_way_vnd + balance("bank:settlement") == 90_000
    assert not [result for result in results if not isinstance(result, Payout | PayoutRun | NotPayable)]
    assert not accounts_out_of_balance().exists()

"""A seller says yes, no, or packed."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.errors import Invalid
from marketplace.packing import services as packing
from marketplace.packing.errors import AlreadyDeclined, AlreadyHandedOver, NothingToPrepare
from marketplace.packing.models import Preparation
from marketplace.settlement.models import Refund
from tests.factories import ProduceFactory
from tests.settlement.conftest import deliver, place, refund_went

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

NOW = timezone.now


def test_who_accepts_a_part_is_noted_once(paid, packer):
    first = NOW()

    packing.accept(part=paid.goods, by=packer, now=first)
    packing.accept(part=paid.goods, by=packer, now=first + timedelta(hours=1))

    preparation = Preparation.objects.get(part=paid.goods)
    assert (preparation.state, preparation.accepted_at, preparation.accepted_by) == (
        "accepted",
        first,
        packer,
    )


def test_whoever_has_packed_a_part_has_accepted_it(paid, packer):
    moment = NOW()

    packing.ready(part=paid.goods, by=packer, now=moment)

    preparation = Preparation.objects.get(part=paid.goods)
    assert (preparation.state, preparation.accepted_at, preparation.ready_at) == ("ready", moment, moment)


def test_a_part_that_is_declined_is_refunded_and_its_goods_are_for_sale_again(paid, packer):
    stock = paid.rice.product.stockrecords.get()
    assert stock.net_stock_level == 8

    packing.decline(part=paid.goods, reason="The rice is wet", by=packer, now=NOW())
    packing.decline(part=paid.goods, reason="Another reason", by=packer, now=NOW())

    paid.goods.refresh_from_db()
    stock.refresh_from_db()
    assert paid.goods.status == "refunding"
    assert sum(Refund.objects.filter(part=paid.goods).values_list("amount_vnd", flat=True)) == 505_500
    assert stock.net_stock_level == 10
    assert Preparation.objects.get(part=paid.goods).reason == "The rice is wet"
    refund_went(paid.order)
    paid.goods.refresh_from_db()
    assert paid.goods.status == "refunded"


def test_what_was_declined_is_not_accepted_any_more(paid, packer):
    packing.decline(part=paid.goods, reason="Nothing left", by=packer, now=NOW())

    with pytest.raises(AlreadyDeclined, match=f"You said no to {paid.goods.number}"):
        packing.ready(part=paid.goods, by=packer, now=NOW())


def test_no_needs_a_reason_and_changes_nothing_without(paid, packer):
    with pytest.raises(Invalid, match="the buyer will ask"):
        packing.decline(part=paid.goods, reason="  ", by=packer, now=NOW())

    assert not Preparation.objects.exists()
    assert not Refund.objects.exists()


def test_what_was_handed_over_is_not_declined(paid, packer):
    deliver(paid.goods)

    with pytest.raises(AlreadyHandedOver, match="was handed over already"):
        packing.decline(part=paid.goods, reason="Too late", by=packer, now=NOW())

    assert not Preparation.objects.exists()
    assert not Refund.objects.exists()


def test_a_night_and_an_unpaid_order_are_nothing_to_prepare(paid, packer, household):
    unpaid = place((ProduceFactory(seller=household), 1)).suborders.get()

    for part in (paid.night, unpaid):
        with pytest.raises(NothingToPrepare, match="nothing to prepare"):
            packing.accept(part=part, by=packer, now=NOW())

    assert not Preparation.objects.exists()


def test_yes_and_no_at_the_same_moment_end_in_one_no(paid, packer):
    barrier, raised = Barrier(4), []

    def act(answer, **facts):
        barrier.wait()
        try:
            answer(part=paid.goods, by=packer, now=NOW(), **facts)
        except AlreadyDeclined as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [Thread(target=act, args=[packing.ready]) for _ in range(2)]
    threads += [Thread(target=act, args=[packing.decline], kwargs={"reason": "Wet"}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Preparation.objects.get(part=paid.goods).state == "declined"
    assert sum(Refund.objects.values_list("amount_vnd", flat=True)) == 505_500


def test_the_database_wants_somebody_behind_every_answer(paid, packer):
    with pytest.raises(IntegrityError, match="part_ready_after_accepted"), transaction.atomic():
        Preparation.objects.create(part=paid.goods, ready_at=NOW(), ready_by=packer)
    with pytest.raises(IntegrityError, match="part_declined_by_somebody"), transaction.atomic():
        Preparation.objects.create(part=paid.goods, declined_at=NOW(), declined_by=packer)

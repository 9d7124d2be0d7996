"""Closed days: a seller takes no orders, and buyers hear when it opens again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import Invalid, ShopClosed
from marketplace.packing import services as packing
from marketplace.packing.models import Pause, Preparation
from marketplace.packing.selectors import pauses
from marketplace.shop.basket import services as baskets
from tests.factories import ProduceFactory
from tests.settlement.conftest import place
from tests.shop.conftest import check_out, new_basket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def rice(household):
    return ProduceFactory(price_vnd=175_000, stock=10, seller=household)


def close(seller, by, *, days=None, first=0, **facts):
    now = timezone.now()
    first_day = timezone.localdate(now) + timedelta(days=first)
    last_day = first_day + timedelta(days=days - 1) if days else None
    return packing.pause(seller=seller, first_day=first_day, last_day=last_day, by=by, now=now, **facts)


def closed(seller):
    return pauses.closed([seller.pk], today=timezone.localdate()).get(seller.pk)


def test_closed_days_that_follow_on_each_other_open_after_the_last(household, packer):
    close(household, packer, days=2, reason="harvest")
    close(household, packer, days=3, first=2)
    close(household, packer, days=5, first=9)

    assert closed(household).opens_on == timezone.localdate() + timedelta(days=5)
    assert closed(household).reason == "harvest"


def test_without_a_last_day_nobody_knows_when_it_opens(household, packer):
    close(household, packer)
    close(household, packer)  # a second tap

    assert closed(household).opens_on is None
    assert Pause.objects.count() == 1


def test_days_to_come_do_not_close_today(household, packer):
    close(household, packer, days=3, first=1)

    assert closed(household) is None


def test_opening_again_ends_what_holds_today_and_leaves_the_days_to_come(household, packer):
    close(household, packer)
    close(household, packer, days=3, first=5)

    assert packing.resume(seller=household, by=packer, now=timezone.now()) == 1

    assert closed(household) is None
    assert Pause.objects.filter(ended_at=None).count() == 1


def test_nobody_puts_goods_of_a_closed_shop_into_a_basket(rice, household, packer):
    close(household, packer, days=3)
    day = (timezone.localdate() + timedelta(days=3)).strftime("%d/%m/%Y")

    with pytest.raises(ShopClosed, match=f"takes no orders before {day}"):
        baskets.add_goods(new_basket(), product_id=rice.product_id, quantity=1)


def test_a_basket_that_was_filled_before_is_not_ordered_and_holds_nothing(rice, household, packer):
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    close(household, packer)

    with pytest.raises(ShopClosed, match="does not know until when"):
        check_out(basket)

    assert rice.product.stockrecords.get().net_stock_level == 10
    packing.resume(seller=household, by=packer, now=timezone.now())
    assert check_out(basket).order.lines.count() == 1


def test_lists_say_that_goods_of_a_closed_shop_cannot_be_ordered(rice, household, packer, visitor):
    ProduceFactory(title="Mật ong hoa ban", price_vnd=90_000, stock=3)

    def closed_cards():
        return {card.id for card in visitor.get("/produce/").context["found"].cards if card.closed}

    assert closed_cards() == set()
    close(household, packer, days=3, first=1)
    assert closed_cards() == set()

    close(household, packer)

    assert closed_cards() == {rice.product_id}
    assert "Cannot be ordered at the moment" in visitor.get("/produce/").content.decode()
    packing.resume(seller=household, by=packer, now=timezone.now())
    assert closed_cards() == set()


def test_what_was_ordered_before_is_still_prepared(paid, household, packer):
    close(household, packer)

    packing.accept(part=paid.goods, by=packer, now=timezone.now())

    assert Preparation.objects.get(part=paid.goods).state == "accepted"


@pytest.mark.parametrize(
    ("first", "days", "words"), [(-3, 2, "over"), (0, 400, "more than a year"), (2, -1, "before the first")]
)
def test_days_that_make_no_sense_are_refused(household, packer, first, days, words):
    with pytest.raises(Invalid, match=words):
        close(household, packer, first=first, days=days)

    assert not Pause.objects.exists()


def test_the_database_keeps_one_pause_without_an_end(household, packer):
    facts = {
        "seller": household,
        "first_day": timezone.localdate(),
        "made_by": packer,
        "made_at": timezone.now(),
    }
    Pause.objects.create(**facts)

    with pytest.raises(IntegrityError, match="one_pause_without_end_per_seller"), transaction.atomic():
        Pause.objects.create(**facts)


def test_the_page_closes_for_three_days_with_one_tap_and_opens_with_another(visitor, rice, household, packer):
    visitor.force_login(packer)

    answer = visitor.post("/sell/closed/", {"id": str(uuid4()), "for": "3", "seller": household.slug})

    assert answer.status_code == 302
    assert closed(household).opens_on == timezone.localdate() + timedelta(days=3)
    product = visitor.get(rice.product.get_absolute_url()).content.decode()
    assert "Can be ordered again from" in product
    assert 'id="buy"' not in product
    visitor.post("/sell/closed/open/", {"seller": household.slug})
    assert closed(household) is None
    assert 'id="buy"' in visitor.get(rice.product.get_absolute_url()).content.decode()


def test_wrong_days_on_the_page_are_said_where_they_are_wrong(visitor, household, packer):
    visitor.force_login(packer)
    form = {"id": str(uuid4()), "first_day": "2020-01-01", "last_day": "2020-01-03"}

    page = visitor.post("/sell/closed/", form)

    assert page.status_code == 422
    assert "These days are over" in page.content.decode()
    assert not Pause.objects.exists()


def test_only_the_household_closes_its_shop(visitor, household, packer):
    visitor.force_login(packer)
    stranger = ProduceFactory().product.origin.seller

    answer = visitor.post("/sell/closed/", {"id": str(uuid4()), "for": "3", "seller": stranger.slug})

    assert answer.status_code == 404
    assert not Pause.objects.exists()
    assert place((ProduceFactory(), 1)).pk

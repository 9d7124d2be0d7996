"""Dialled sessions: the menu on the database, one step at a time, each once."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from agriculture.models import Produce
from marketplace.delivery.services import code_for
from marketplace.fulfilment.models import CatchWeight
from marketplace.keypad import services as keypad
from marketplace.keypad.models import Session
from marketplace.packing.models import Pause, Preparation
from marketplace.sellers.models import Seller
from tests.factories import CommuneFactory, ProduceFactory
from tests.keypad.conftest import Dialled

pytestmark = pytest.mark.django_db(transaction=True)

STRANGER = "+84399555222"


def test_rice_is_listed_by_dialling(farmer, household):
    session = Dialled(farmer)

    said = session.press("3", "gao", "1", "50", "18000", "1")

    stock = Produce.objects.get(product__origin__seller=household).product.stockrecords.get()
    assert (stock.price, stock.num_in_stock) == (18_000, 50)
    assert "Gao te, 50 kg, 18.000d/kg" in said
    assert session.press("1").startswith("Ho ba Lo Thi Pan\n1 Orders")
    assert not session.is_ended
    session.press("0")
    assert session.is_ended


def test_the_same_request_again_shows_the_same_screen_and_does_nothing(farmer, household):
    session = Dialled(farmer)
    session.press("3", "gao", "1", "50", "18000", "1")
    said = session.screen

    again = session._step()
    earlier = keypad.step(
        session_id=session.session_id, phone=session.phone, typed="3*gao", now=timezone.now()
    )

    assert again == earlier.screen == said
    assert Produce.objects.count() == 1


def test_the_same_step_four_times_at_once_lists_once(farmer, household):
    session = Dialled(farmer)
    session.press("3", "gao", "1", "50", "18000")
    barrier, screens = Barrier(4), []

    def press():
        barrier.wait()
        try:
            row = keypad.step(
                session_id=session.session_id,
                phone=session.phone,
                typed="3*gao*1*50*18000*1",
                now=timezone.now(),
            )
            screens.append(row.screen)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(screens)) == 1
    assert Produce.objects.count() == 1


def test_steps_that_were_lost_on_the_way_are_caught_up(farmer, household):
    session = Dialled(farmer)
    session.typed = "3*gao*1*50*18000"

    assert session.press("1").startswith(("For sale: Gao te", "Received: Gao te"))


def test_an_order_is_accepted_and_packed_by_dialling(paid, farmer):
    session = Dialled(farmer)
    assert "1 Orders (1 new)" in session.screen

    accepted = session.press("1", "1", "1")
    packed = session.press("1", "1", "1", "1")

    assert accepted.startswith("Order 1 is accepted: 2 bag 5 kg Gao nep nuong")
    code = code_for(paid.goods)
    assert packed.startswith(f"Order 1 is packed. Bring it to the post and say {code}.")
    assert f"At the post say {code}." in session.press("1", "1", "1")
    assert Preparation.objects.get(part=paid.goods).state == "ready"


def test_what_is_sold_by_weight_is_weighed_by_dialling(ducks, farmer):
    session = Dialled(farmer)

    session.press("1", "1", "1")
    asked = session.press("1", "1", "1", "1")
    weighed = session.press("4.6")

    assert asked == "Vit bau: what does it weigh? Type 2400G or 2.4KG\n0 Back"
    assert weighed.startswith("Vit bau: 4600 g noted, 460.000d.")
    assert CatchWeight.objects.get(line__order=ducks.order).price_vnd == 460_000
    assert "1 It is packed" in session.press("1", "1", "1")


def test_prices_hiding_money_and_closing_work_by_dialling(farmer, household):
    rice = ProduceFactory(seller=household, title="Gạo séng cù", price_vnd=18_000).product
    session = Dialled(farmer)

    price = session.press("2", "1", "1", "19k")
    hidden = session.press("1", "2", "1", "4")
    rice.refresh_from_db()
    was_public = rice.is_public
    shown = session.press("1", "2", "1", "4")
    rice.refresh_from_db()
    money = session.press("1", "4")
    closed = session.press("0", "5", "3")
    opened = session.press("1", "5", "1")

    assert price.startswith("Gao seng cu: the new price is 19.000d/bag.")
    assert rice.stockrecords.get().price == 19_000
    assert hidden.startswith("Gao seng cu is hidden now.")
    assert (was_public, rice.is_public) == (False, True)
    assert shown.startswith("Gao seng cu is shown again.")
    assert money.startswith("Money: held 0d; coming 0d, next payout 16:00")
    assert closed.startswith("You are closed until you open again.")
    assert opened.startswith("You are open again.")
    assert Pause.objects.get().ended_at is not None


def test_a_stranger_joins_by_dialling_and_sees_the_sellers_menu(transactional_db):
    CommuneFactory(name="Sín Chải")
    session = Dialled(STRANGER)

    said = session.press("1", "LO THI MAY", "sin chai", "1", "1")

    assert said.startswith("Welcome, Lo Thi May of Sin Chai!")
    assert Seller.objects.get().members.get().phone == STRANGER
    assert session.press("1").startswith("Ho Lo Thi May\n1 Orders\n2 My goods")


def test_a_session_of_another_phone_shows_nothing_of_it(farmer, household):
    session = Dialled(farmer)

    row = keypad.step(session_id=session.session_id, phone=STRANGER, typed="4", now=timezone.now())

    assert (row.screen, row.is_ended) == ("This took too long. Dial *138# again.", True)
    assert session.press("4").startswith("Money:")


def test_a_session_that_lasts_too_long_ends_with_advice(farmer):
    session = Dialled(farmer)

    late = keypad.step(
        session_id=session.session_id,
        phone=session.phone,
        typed="4",
        now=timezone.now() + timedelta(minutes=11),
    )

    assert (late.screen, late.is_ended) == ("This took too long. Dial *138# again.", True)


def test_who_dials_without_end_is_asked_to_wait(farmer):
    for _ in range(40):
        Dialled(farmer)

    session = Dialled(farmer)

    assert (session.screen, session.is_ended) == ("You dialled very often. Wait an hour, please.", True)


def test_dialling_costs_as_many_queries_for_nine_goods_as_for_one(
    farmer, household, django_assert_max_num_queries
):
    for number in range(9):
        ProduceFactory(seller=household, title=f"Gạo {number}")

    with django_assert_max_num_queries(32):
        Dialled(farmer)


def test_old_sessions_are_forgotten(farmer):
    Dialled(farmer)

    keypad.forget(now=timezone.now() + timedelta(days=8))

    assert not Session.objects.exists()

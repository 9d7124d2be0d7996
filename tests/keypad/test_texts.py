"""Short messages do what the pages do, once, and are always answered."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from agriculture.models import Produce
from marketplace.delivery.services import buyer_code_for, code_for
from marketplace.fulfilment.models import CatchWeight
from marketplace.joining import services as joining
from marketplace.keypad import services as keypad
from marketplace.keypad.models import Inbound, PartNumber
from marketplace.keypad.words import dong
from marketplace.listing.models import Listing
from marketplace.messaging.models import Message
from marketplace.packing.models import Pause, Preparation
from marketplace.places.text import fold
from marketplace.sellers.models import Seller
from marketplace.sellers.selectors import sellers_of
from marketplace.settlement.models import Refund
from marketplace.settlement.selectors import money_of
from tests.factories import CommuneFactory, ProduceFactory, UserFactory
from tests.keypad.conftest import text
from tests.settlement.conftest import release

pytestmark = pytest.mark.django_db(transaction=True)

STRANGER = "+84399555111"


def stock_of(product):
    return product.stockrecords.get()


def test_rice_is_listed_by_one_message_and_once(farmer, household):
    for _ in range(2):
        said = text(farmer, "BAN GAO 50KG 18000", message_id="m-rice")

    produce = Produce.objects.select_related("product").get(product__origin__seller=household)
    stock = stock_of(produce.product)
    assert (produce.category, produce.unit, produce.weight_g) == ("rice", "kg", 1_000)
    assert (produce.product.title, stock.price, stock.num_in_stock) == ("Gạo tẻ", 18_000, 50)
    assert fold(said).startswith(("for sale: gao te, 50 kg", "received: gao te, 50 kg"))
    assert Listing.objects.get(product=produce.product).listed_by == farmer
    assert Message.objects.get(purpose="keypad").text == said


def test_selling_the_same_again_changes_its_price_and_count(farmer, household):
    text(farmer, "BAN GAO 50KG 18000")

    said = text(farmer, "BAN GAO 30KG 19000")

    stock = stock_of(Produce.objects.get(product__origin__seller=household).product)
    assert (stock.price, stock.num_in_stock) == (19_000, 30)
    assert said == "You sold this already. Now: Gao te, 30 kg, 19.000d/kg."


def test_price_count_and_sold_out_follow_the_message(farmer, household):
    rice = ProduceFactory(seller=household, title="Gạo séng cù", unit="kg", unit_size="", weight_g=1_000,
                          price_vnd=18_000, stock=50).product  # fmt: skip

    answers = [text(farmer, words) for words in ("GIA GAO SENG CU 19000", "CON GAO 2 YEN", "HET GAO")]

    stock = stock_of(rice)
    assert (stock.price, stock.net_stock_level) == (19_000, 0)
    assert answers == [
        "Gao seng cu: the new price is 19.000d/kg.",
        "Gao seng cu: 20 kg for sale now.",
        "Gao seng cu: sold out now. When there is more: CON Gao seng cu 20",
    ]


def test_a_name_wrong_by_a_letter_finds_its_product_and_an_unclear_one_is_asked_about(farmer, household):
    for title in ("Gạo séng cù", "Gạo nếp nương"):
        ProduceFactory(seller=household, title=title, price_vnd=18_000)

    near, unclear = text(farmer, "GIA GAO SENH CU 19000"), text(farmer, "HET GAO")
    numbered = text(farmer, "HET 2")

    assert near == "Gao seng cu: the new price is 19.000d/bag."
    assert unclear == "Which one? Write HET and its number. 1 Gao seng cu; 2 Gao nep nuong"
    assert numbered.startswith("Gao nep nuong: sold out now.")


def test_another_sellers_goods_and_orders_are_never_reached(paid, farmer):
    stranger_rice = ProduceFactory(title="Gạo tím", price_vnd=30_000)
    night_host = UserFactory()
    paid.night.seller.member_set.create(user=night_host)

    assert "Gao tim" not in text(farmer, "GIA GAO TIM 1000")
    assert text(night_host, "NHAN 1") == "There is no order 1 to prepare."

    assert stock_of(stranger_rice.product).price == 30_000
    assert not Preparation.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("BAN", "What do you sell? Write: BAN GAO 50KG 18000"),
        ("BAN GAO 50KG", "For how much? Write the price last: BAN GAO 50KG 18000"),
        ("BAN GAO 50KG 18", "Write the price in full. Do you mean: BAN GAO 50KG 18000"),
        ("BAN GAO 50 18000", "How much, and by what? For example kg, bo, con: BAN GAO 50KG 18000"),
        ("BAN XOI TIM 5KG 90000", "We do not know what Xoi tim is. Dial *138# and choose 3."),
        ("GIA", "You sell nothing yet. Write: BAN GAO 50KG 18000"),
        ("HANG", "You sell nothing yet. Write: BAN GAO 50KG 18000"),
        ("DON", "No orders to prepare. We text you when one comes."),
        ("NHAN 12", "There is no order 12 to prepare."),
        ("CAN", "Write the order and the weight: CAN 12 2.4KG"),
        ("GIAO 12", "Write the order and the buyer's four digits: GIAO 12 5678"),
        ("TU CHOI", "Which order? Write TU CHOI and its number. The buyer gets the money back."),
        ("NGHI DEN 31/2", "There is no day 31/2. Write: NGHI 3, or NGHI DEN 30/11"),
        ("HUY", "Nobody acts for you. Nothing was changed."),
        (
            "xin chao",
            "We did not understand. For example: BAN GAO 50KG 18000, DON, TIEN. For all words: GIUP",
        ),
    ],
)
def test_what_is_missing_is_asked_for_with_an_example(farmer, words, said):
    assert text(farmer, words) == said
    assert not Produce.objects.exists()


def test_a_new_order_is_told_with_its_number_and_accepted_by_it(paid, farmer):
    now = timezone.now()

    told = [keypad.tell_new_orders(now=now) for _ in range(2)]
    sms = Message.objects.get(purpose="new-order")
    listed, said = text(farmer, "DON"), text(farmer, "NHAN 1")

    assert told == [1, 0]
    assert str(sms.to) == str(farmer.phone)
    assert sms.text.startswith("New order 1, 350.000d: 2 bag 5 kg Gao nep nuong")
    assert sms.text.endswith("Accept: NHAN 1")
    assert listed.startswith("#1 2 bag 5 kg Gao nep nuong")
    assert said.startswith("Order 1 is accepted: 2 bag 5 kg Gao nep nuong")
    assert Preparation.objects.get(part=paid.goods).accepted_by == farmer


def test_with_one_new_order_its_number_need_not_be_written(paid, farmer):
    said, again = text(farmer, "NHAN"), text(farmer, "XONG")

    assert said.startswith("Order 1 is accepted")
    assert again == f"Order 1 is packed. Bring it to the post and say {code_for(paid.goods)}."
    assert Preparation.objects.get(part=paid.goods).state == "ready"


def test_what_is_sold_by_weight_is_weighed_by_message_before_it_is_packed(ducks, farmer):
    text(farmer, "NHAN 1")

    early, asked = text(farmer, "XONG 1"), text(farmer, "CAN 1")
    weighed = [text(farmer, "CAN 1 VIT 4,6KG", message_id="m-scales") for _ in range(2)]
    packed = text(farmer, "XONG 1")

    assert early == "Weigh it first: Vit bau. The buyer pays what it weighs."
    assert asked == "Write the order and the weight: CAN 1 2.4KG"
    assert weighed == ["Vit bau: 4600 g noted, 460.000d."] * 2
    assert CatchWeight.objects.get(line__order=ducks.order).price_vnd == 460_000
    assert packed.startswith("Order 1 is packed.")


def test_a_parcel_is_given_to_its_buyer_by_the_buyers_digits_alone(paid, farmer):
    text(farmer, "NHAN 1")
    text(farmer, "XONG 1")
    right = buyer_code_for(paid.goods)
    wrong = f"{(int(right) + 1) % 10_000:04d}"

    refused = text(farmer, f"GIAO 1 {wrong}")
    given = text(farmer, f"GIAO 1 {right}")

    paid.goods.clock.refresh_from_db()
    assert refused.startswith("These are not the right four digits.")
    assert given == "Order 1 is with its buyer. Your money comes after the days to complain."
    assert paid.goods.clock.delivered_at is not None


def test_saying_no_gives_the_money_back_and_says_so(paid, farmer):
    said = text(farmer, "TU CHOI 1")

    assert said == "You said no to order 1. The buyer gets the money back."
    assert sum(Refund.objects.filter(part=paid.goods).values_list("amount_vnd", flat=True)) == 505_500
    assert text(farmer, "NHAN 1") == "There is no order 1 to prepare."


def test_money_is_told_as_settlement_knows_it(paid, farmer):
    held = text(farmer, "TIEN")
    release(paid.goods)
    released = text(farmer, "TIEN")

    money = money_of(paid.seller, now=timezone.now())
    assert money.payable_vnd > 300_000
    assert f"held 0d; coming {dong(money.payable_vnd)}, next payout 16:00" in released
    assert held.startswith("Money: held 3")
    assert "coming 0d, next payout 16:00" in held
    assert held.endswith("paid 0d.")


def test_closing_and_opening_are_told_with_the_day(farmer, household):
    closed, opened = text(farmer, "NGHI 3"), text(farmer, "MO")

    opens_on = timezone.localdate() + timedelta(days=3)
    assert closed == f"You are closed. You open on {opens_on:%d/%m/%Y}. To open sooner: MO"
    assert opened == "You are open again."
    assert Pause.objects.get(seller=household).ended_at is not None


def test_a_stranger_is_told_how_to_join_and_joins(transactional_db):
    CommuneFactory(name="Sín Chải")

    told = text(STRANGER, "TIEN")
    said = text(STRANGER, "DK LO THI MAY, SIN CHAI")
    first = text(STRANGER, "BAN GAO 50KG 18000")

    seller = Seller.objects.get()
    assert told == "This number does not sell yet. To join: DK LO THI MAI, SIN CHAI. Or dial *138#"
    assert said == "Welcome, Lo Thi May of Sin Chai! To sell, write: BAN GAO 50KG 18000. All words: GIUP"
    assert (seller.name, seller.kind, str(seller.phone)) == ("Hộ Lo Thi May", "household", STRANGER)
    assert "Gao te, 50 kg" in first
    assert Produce.objects.get().product.origin.seller == seller


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("DK", "Write your name and your commune: DK LO THI MAI, SIN CHAI"),
        ("DK LO THI MAY", "Write your name and your commune: DK LO THI MAI, SIN CHAI"),
        ("DK LO THI MAY, HA NOI",
         "We know no commune HA NOI. Write: DK LO THI MAY, and the commune of today"),
        ("DK LO THI MAY, MUONG",
         "Which commune: Muong Mun, Muong Phang? Write: DK LO THI MAY, and its name"),
    ],
)  # fmt: skip
def test_joining_without_a_commune_that_exists_is_asked_again(transactional_db, words, said):
    for name in ("Mường Phăng", "Mường Mùn"):
        CommuneFactory(name=name)

    assert text(STRANGER, words) == said
    assert not Seller.objects.exists()


def test_the_same_message_twice_at_once_acts_and_answers_once(farmer, household):
    barrier, rows = Barrier(4), []

    def send():
        barrier.wait()
        try:
            rows.append(text(farmer, "BAN GAO 50KG 18000", message_id="m-twice"))
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(rows)) == 1
    assert Produce.objects.count() == Message.objects.filter(purpose="keypad").count() == 1


def test_two_orders_at_once_get_two_numbers(paid, farmer, household):
    barrier = Barrier(3)

    def number():
        barrier.wait()
        try:
            keypad.tell_new_orders(now=timezone.now())
        finally:
            connection.close()

    threads = [Thread(target=number) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(PartNumber.objects.values_list("part", "number")) == [(paid.goods.pk, 1)]
    assert Message.objects.filter(purpose="new-order").count() == 1


def test_one_message_too_many_is_told_and_more_are_silent(farmer):
    answers = [text(farmer, "TIEN") for _ in range(32)]

    assert answers[29].startswith("Money:")
    assert answers[30:] == ["That is a lot of messages. Wait an hour, or dial *138#.", ""]
    assert text(farmer, "TIEN", minutes=61).startswith("Money:")


def test_a_number_nobody_knows_is_answered_five_times_a_day(transactional_db):
    answers = [text(STRANGER, "alo") for _ in range(7)]

    assert answers[4].startswith("This number does not sell yet")
    assert answers[5].startswith("That is a lot of messages")
    assert answers[6] == ""
    assert Message.objects.count() == 6


@pytest.mark.parametrize(
    "words", ["\x00", "BAN " + "A" * 500, "BAN %s{{x}} 5KG 18000", "NHAN " + "9" * 200, "🙂"]
)
def test_hostile_words_are_answered_in_plain_letters(farmer, words):
    said = text(farmer, words)

    assert 0 < len(said) <= 160
    assert said.isascii()
    assert Inbound.objects.get().answer == said


def test_what_was_written_is_forgotten_after_half_a_year(farmer):
    text(farmer, "TIEN")

    assert keypad.forget(now=timezone.now() + timedelta(days=179)) == 0
    assert keypad.forget(now=timezone.now() + timedelta(days=181)) == 1
    assert Inbound.objects.get().text == ""


def test_a_helper_asks_and_the_farmers_own_message_says_yes_and_ends_it(farmer, household):
    agent = UserFactory(name="Cà Văn Inh")
    joining.ask_for(seller=household, agent=agent, scopes=["listing"], now=timezone.now())
    code = re.search(r"\d{6}", Message.objects.get(purpose="code").text)[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    asked, refused, agreed = (
        text(farmer, words) for words in ("DONG Y", f"DONG Y {wrong}", f"DONG Y {code}")
    )
    helped = list(sellers_of(agent.pk))
    ended = text(farmer, "HUY")

    assert asked == "Write the code that you got: DONG Y 123456. It lets Ca Van Inh sell for you."
    assert refused == "This is not the code that was sent. You can try 4 more times."
    assert agreed == "Ca Van Inh may sell for you now. We text you all they do. To end it: HUY"
    assert helped == [household]
    assert ended == "Ended: Ca Van Inh may no longer act for you."
    assert not sellers_of(agent.pk).exists()


def test_what_a_helper_may_do_is_not_done_by_the_helpers_own_phone(farmer, household):
    agent = UserFactory(name="Cà Văn Inh")
    joining.ask_for(seller=household, agent=agent, scopes=["listing"], now=timezone.now())
    code = re.search(r"\d{6}", Message.objects.get(purpose="code").text)[0]
    text(farmer, f"DONG Y {code}")

    assert text(agent, "TIEN").startswith("This number does not sell yet.")

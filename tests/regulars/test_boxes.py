"""A repeat box comes when it is due, is paid by its buyer each time, and can be paused."""

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone, translation

from marketplace.errors import Invalid
from marketplace.messaging.models import Message
from marketplace.regulars.models import BoxTurn, RepeatBox
from marketplace.regulars.services import boxes
from tests.factories import ProduceFactory, UserFactory
from tests.regulars.conftest import order_of
from tests.shop.conftest import new_basket

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(8)))


def box_of(user, *goods, every_weeks=2, first_on=MONDAY + timedelta(days=7)) -> RepeatBox:
    return boxes.make(
        user=user,
        quantities={produce.product_id: packs for produce, packs in goods},
        every_weeks=every_weeks,
        first_on=first_on,
        form_id=uuid.uuid4(),
        now=at(MONDAY),
    )


def test_the_buyer_is_reminded_once_on_the_day_and_again_two_weeks_later(buyer):
    box_of(buyer, (ProduceFactory(), 2))
    first = MONDAY + timedelta(days=7)

    early = boxes.remind_due(now=at(first - timedelta(days=1)))
    reminded = [boxes.remind_due(now=at(first)) for _ in range(2)]
    later = boxes.remind_due(now=at(first + timedelta(days=14)))

    assert (early, reminded, later) == (0, [1, 0], 1)
    assert [turn.due_on for turn in BoxTurn.objects.order_by("due_on")] == [first, first + timedelta(days=14)]
    turn = BoxTurn.objects.earliest("due_on")
    assert f"/boxes/due/{turn.pk}/" in Message.objects.get(key=f"box/{turn.pk}").text


@pytest.mark.parametrize("every_weeks", [1, 2, 4])
def test_a_box_that_nobody_looked_after_for_months_comes_once_and_keeps_its_weekday(buyer, every_weeks):
    box = box_of(buyer, (ProduceFactory(), 1), every_weeks=every_weeks)

    assert boxes.remind_due(now=at(MONDAY + timedelta(days=100))) == 1
    box.refresh_from_db()
    assert box.next_on > MONDAY + timedelta(days=100)
    assert box.next_on.weekday() == MONDAY.weekday()


def test_a_paused_box_does_not_come_and_goes_on_from_today(buyer):
    box = box_of(buyer, (ProduceFactory(), 1), every_weeks=1)
    boxes.pause(box=box, now=at(MONDAY))

    paused = boxes.remind_due(now=at(MONDAY + timedelta(days=30)))
    boxes.resume(box=box, now=at(MONDAY + timedelta(days=30)))

    box.refresh_from_db()
    assert (paused, box.next_on) == (0, MONDAY + timedelta(days=35))


def test_a_turn_fills_the_basket_once_and_says_what_is_not_there(buyer):
    rice, honey = ProduceFactory(title="Gạo", stock=10), ProduceFactory(title="Mật ong", stock=0)
    box = box_of(buyer, (rice, 3), (honey, 1))
    boxes.remind_due(now=at(MONDAY + timedelta(days=7)))
    basket = new_basket()

    problems = boxes.fill_basket(turn=box.turns.get(), basket=basket, now=timezone.now())
    again = boxes.fill_basket(turn=box.turns.get(), basket=basket, now=timezone.now())

    assert [problem.code for problem in problems] == ["sold_out"]
    assert problems[0].details["title"] == "Mật ong"
    assert again == []
    assert [(line.product_id, line.quantity) for line in basket.lines.all()] == [(rice.product_id, 3)]


def test_a_basket_that_holds_some_already_is_filled_up(buyer):
    rice = ProduceFactory(stock=10)
    box = box_of(buyer, (rice, 3))
    boxes.remind_due(now=at(MONDAY + timedelta(days=7)))
    basket = new_basket()
    basket.add_product(rice.product, 2)

    boxes.fill_basket(turn=box.turns.get(), basket=basket, now=timezone.now())

    assert basket.lines.get().quantity == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"every_weeks": 3}, "every week"),
        ({"quantities": {}}, "at least one"),
        ({"quantities": {1: 1001}}, "1 to 1000"),
        ({"first_on": MONDAY}, "after today"),
    ],
)
def test_a_box_that_makes_no_sense_is_refused_in_words(buyer, changes, words):
    call = {"quantities": {1: 1}, "every_weeks": 1, "first_on": MONDAY + timedelta(days=1)}
    call |= {"user": buyer, "form_id": uuid.uuid4(), "now": at(MONDAY)} | changes

    with translation.override("en"), pytest.raises(Invalid, match=words):
        boxes.make(**call)

    assert not RepeatBox.objects.exists()


def test_an_order_becomes_a_box_with_one_form_however_often_it_is_sent(page, buyer, post):
    rice = ProduceFactory(title="Gạo tám", stock=10)
    order = order_of(buyer, (rice, 2))
    form = page.get(f"/boxes/new/?order={order.number}").context["form"]
    said = {
        "order": order.number,
        "form_id": str(form.initial["form_id"]),
        "every_weeks": "4",
        "day": (timezone.localdate() + timedelta(days=3)).isoformat(),
        f"q{rice.product_id}": "2",
    }

    answers = [page.post("/boxes/new/", said) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    box = RepeatBox.objects.get(user=buyer)
    assert (box.every_weeks, [(item.product_id, item.quantity) for item in box.items.all()]) == (
        4,
        [(rice.product_id, 2)],
    )
    assert "Gạo tám" in page.get("/regular/").content.decode()
    assert "Gạo tám" in page.get(f"/boxes/{box.pk}/").content.decode()


def test_a_wrong_form_keeps_what_was_typed(page, buyer, post):
    rice = ProduceFactory(stock=10)
    order = order_of(buyer, (rice, 2))
    said = {"order": order.number, "form_id": str(uuid.uuid4()), "every_weeks": "2", "day": "gestern"}

    answer = page.post("/boxes/new/", said | {f"q{rice.product_id}": "7"})

    assert answer.status_code == 422
    assert 'value="7"' in answer.content.decode()


def test_the_boxes_of_others_do_not_exist(page, post):
    other = UserFactory()
    box = box_of(other, (ProduceFactory(), 1))
    turn = BoxTurn.objects.create(box=box, due_on=MONDAY)
    order = order_of(other, (ProduceFactory(), 1))

    asked = [f"/boxes/{box.pk}/", f"/boxes/due/{turn.pk}/", f"/boxes/new/?order={order.number}"]
    assert [page.get(address).status_code for address in asked] == [404, 404, 404]
    posted = [page.post(f"/boxes/{box.pk}/", {"act": "remove"}), page.post(f"/boxes/due/{turn.pk}/")]
    assert [answer.status_code for answer in posted] == [404, 404]
    assert RepeatBox.objects.filter(pk=box.pk).exists()


def test_a_due_box_goes_from_its_page_into_the_basket(page, buyer):
    rice = ProduceFactory(title="Gạo tám", stock=10)
    box = box_of(buyer, (rice, 2))
    turn = BoxTurn.objects.create(box=box, due_on=MONDAY)

    assert "Gạo tám" in page.get(f"/boxes/due/{turn.pk}/").content.decode()
    filled = page.post(f"/boxes/due/{turn.pk}/")
    basket = page.get("/basket/")

    assert filled["Location"] == "/basket/"
    assert "Gạo tám" in basket.content.decode()
    assert "in the basket already" in page.get(f"/boxes/due/{turn.pk}/").content.decode()

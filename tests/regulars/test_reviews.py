"""Only who has received something says how it was, once; the seller answers once."""

import pytest
from django.utils import timezone

from marketplace.regulars.errors import AnsweredAlready, NotReceived, ReviewedAlready
from marketplace.regulars.models import Received
from marketplace.regulars.selectors.reviews import received_by, reviews_of_product, reviews_of_seller
from marketplace.regulars.services import reviewing
from tests.factories import ProduceFactory, SellerFactory, UserFactory
from tests.regulars.conftest import order_of
from tests.settlement.conftest import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post")]


@pytest.fixture
def rice(household):
    return ProduceFactory(title="Gạo tám", stock=20, seller=household)


def say(line, *, user=None, stars=5, words="Rất thơm"):
    return reviewing.review(line=line, user=user, name="Lò Thị Mai", stars=stars, words=words)


def test_a_review_waits_until_the_goods_are_there(rice, buyer):
    order = order_of(buyer, (rice, 1))
    line = order.lines.get()

    with pytest.raises(NotReceived):
        say(line, user=buyer)
    assert not received_by(buyer.pk).exists()
    deliver(order.suborders.get())
    assert received_by(buyer.pk).get() == line
    say(line, user=buyer, stars=4)

    found = reviews_of_product(rice.product_id)
    assert (found.number, found.average, found.newest[0].review.body) == (1, 4.0, "Rất thơm")
    assert found.newest[0].review.name == "Mai"  # of Lò Thị Mai
    rice.product.refresh_from_db()
    assert rice.product.rating == 4.0


def test_what_is_of_another_seller_in_the_same_order_is_not_received_with_it(rice, buyer):
    honey = ProduceFactory(stock=5, seller=SellerFactory())
    order = order_of(buyer, (rice, 1), (honey, 1))
    deliver(order.suborders.get(seller=rice.product.origin.seller))

    say(order.lines.get(product=rice.product_id), user=buyer)
    with pytest.raises(NotReceived):
        say(order.lines.get(product=honey.product_id), user=buyer)


def test_a_line_is_reviewed_once_and_a_person_says_it_once_of_a_product(rice, buyer):
    first, second = order_of(buyer, (rice, 1)), order_of(buyer, (rice, 1))
    for order in (first, second):
        deliver(order.suborders.get())
    say(first.lines.get(), user=buyer)

    for order in (first, second):
        with pytest.raises(ReviewedAlready):
            say(order.lines.get(), user=buyer)

    assert Received.objects.count() == 1


def test_guests_without_an_account_review_what_they_received(rice):
    for stars in (5, 2):
        order = order_of(None, (rice, 1))
        deliver(order.suborders.get())
        say(order.lines.get(), stars=stars)

    found = reviews_of_seller(rice.product.origin.seller)
    assert (found.number, found.average) == (2, 3.5)


def test_the_seller_answers_once(rice, buyer, member):
    order = order_of(buyer, (rice, 1))
    deliver(order.suborders.get())
    received = say(order.lines.get(), user=buyer)

    reviewing.answer(received=received, words="Cảm ơn chị.", by=member, now=timezone.now())
    with pytest.raises(AnsweredAlready):
        reviewing.answer(received=received, words="Khác", by=member, now=timezone.now())

    received.refresh_from_db()
    assert received.answer == "Cảm ơn chị."


def test_the_pages_take_a_review_from_the_order_to_the_product_and_the_answer_below_it(
    page, buyer, rice, member, client
):
    order = order_of(buyer, (rice, 1))
    line = order.lines.get()
    address = f"/orders/{order.number}/review/{line.pk}/"
    early = page.get(address)
    deliver(order.suborders.get())

    assert "Not received yet" in early.content.decode()
    assert address in page.get(f"/orders/{order.number}/").content.decode()
    wrong = page.post(address, {"stars": "9", "words": "Rất thơm & dẻo"})
    done = page.post(address, {"stars": "5", "words": "Rất thơm & dẻo"})
    shown = page.get(rice.product.get_absolute_url()).content.decode()
    assert (wrong.status_code, done.status_code) == (422, 302)
    assert "Rất thơm &amp; dẻo" in wrong.content.decode()
    assert "Rất thơm &amp; dẻo" in shown

    client.force_login(member)
    received = Received.objects.get()
    said = {"review": str(received.pk), "answer": "Mời chị ăn vụ mới"}
    assert client.get("/sell/reviews/").status_code == 200
    assert client.post("/sell/reviews/", said).status_code == 302
    assert "Mời chị ăn vụ mới" in page.get(rice.product.get_absolute_url()).content.decode()
    assert "Mời chị ăn vụ mới" in page.get(f"/farmers/{rice.product.origin.seller.slug}/").content.decode()


def test_nobody_else_opens_the_form_or_answers(visitor, buyer, rice, member, client):
    order = order_of(buyer, (rice, 1))
    deliver(order.suborders.get())
    received = say(order.lines.get(), user=buyer)
    stranger = ProduceFactory(seller=SellerFactory())
    other = UserFactory()
    stranger.product.origin.seller.members.add(other)

    visitor.force_login(UserFactory())
    client.force_login(other)

    assert visitor.get(f"/orders/{order.number}/review/{order.lines.get().pk}/").status_code == 404
    posted = client.post("/sell/reviews/", {"review": str(received.pk), "answer": "Tôi"})
    assert posted.status_code == 404
    received.refresh_from_db()
    assert received.answer == ""

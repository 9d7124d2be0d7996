"""The counter's pages: who may enter, what they show, and what happens when a form is sent."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.models import RoleAssignment
from marketplace.counter.models import TillRule
from marketplace.sellers.models import Member, Seller
from payments import tills
from tests.counter.conftest import (
    DUE_VND,
    agent_of,
    asked_back,
    bank,
    browser_of,
    count,
    order_at,
    paid_at,
    waiting,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    """What a page says, with plain spaces."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.replace("\xa0", " ").split())


def filled(placement: Any, **changes: Any) -> dict[str, Any]:
    operation = waiting(placement)
    fields = {
        "operation": operation.pk,
        "code": operation.action["code"],
        "counted": str(operation.amount_vnd),
    }
    return fields | changes


# --- Who may enter ------------------------------------------------------------------------------


def test_strangers_sign_in_first(office, other_office):
    stranger = browser_of(None)
    number = order_at(office).order.number

    for path in ("/post/", "/post/till/", f"/post/{number}/", "/staff/tills/"):
        assert stranger.get(path).url == f"/accounts/login/?next={path}"
        if not path.startswith("/staff"):
            assert stranger.post(path).url == f"/accounts/login/?next={path}"


def test_nobody_but_agents_of_a_post_point_enters(office):
    placement = order_at(office)
    number = placement.order.number
    seller, buyer, administrator, early = (UserFactory() for _ in range(4))
    Member.objects.create(seller=Seller.objects.get(suborders__order=placement.order), user=seller)
    administrator.is_staff = administrator.is_superuser = True
    administrator.save()
    RoleAssignment.objects.create(user=early, role="agent")  # of no post point yet
    dismissed = agent_of(office)
    dismissed.roles.update(post_office="999999")  # one that is not in our tables

    for person in (seller, buyer, administrator, early, dismissed):
        browser = browser_of(person)
        for path in ("/post/", "/post/till/", f"/post/{number}/", "/post/261123-ABCDEF/"):
            for answer in (browser.get(path), browser.post(path, filled(placement))):
                assert answer.status_code == 403
                assert "Only agents of a post point may enter" in answer.content.decode()
                assert number not in answer.content.decode().replace(path, "")

    assert tills.held_vnd("380000") == 0


def test_an_agent_of_another_office_finds_nothing_there_is_here(office, other_office, agent):
    placement, paid = order_at(office), paid_at(office, agent)
    browser = browser_of(agent_of(other_office))

    for one in (placement, paid):
        path = f"/post/{one.order.number}/"
        assert browser.get(path).status_code == 404
        assert browser.post(path, filled(placement)).status_code == 404
    for sought in (waiting(placement).action["code"], placement.order.number, paid.order.number):
        answer = browser.post("/post/", {"sought": sought})
        assert answer.status_code == 422
        assert "Nothing waits at this counter" in answer.content.decode()
    for path in ("/post/", "/post/till/"):
        page = browser.get(path).content.decode()
        assert placement.order.number not in page
        assert paid.order.number not in page
        assert "217.000" not in page

    assert (tills.held_vnd("380000"), tills.held_vnd("381100")) == (DUE_VND, 0)


def test_no_counter_shows_an_order_that_is_not_paid_in_cash(office, counter):
    by_wallet = order_at(office, provider="viettel")

    assert counter.get(f"/post/{by_wallet.order.number}/").status_code == 404
    assert by_wallet.order.number not in counter.get("/post/").content.decode()


def test_nothing_of_the_counter_is_kept_by_the_browser(office, counter):
    number = order_at(office).order.number

    for path in ("/post/", "/post/till/", f"/post/{number}/"):
        assert counter.get(path)["Cache-Control"] == "no-store"


# --- Today --------------------------------------------------------------------------------------


def test_today_shows_what_waits_and_the_cash(office, agent, counter):
    paid = paid_at(office, agent)
    placement = order_at(office)
    asked_back(paid)
    bank(office, agent, amount_vnd=100_000)

    page = counter.get("/post/")

    said = words(page)
    assert "Post office TP Điện Biên Phủ" in said
    assert "Waiting here (2)" in said
    assert f"Lò Thị Mai {paid.order.number} · 0399 000 001 Give cash back 217.000 ₫" in said
    assert f"Lò Thị Mai {placement.order.number} · 0399 000 001 Take cash 217.000 ₫" in said
    assert "117.000 ₫ Cash in the till" in said
    assert "217.000 ₫ Counted in" in said
    assert "100.000 ₫ Banked" in said
    assert waiting(placement).action["code"] not in page.content.decode()


def test_a_code_or_a_number_leads_to_the_order(office, counter):
    placement = order_at(office)
    path = f"/post/{placement.order.number}/"

    assert counter.post("/post/", {"sought": waiting(placement).action["code"]}).url == path
    assert counter.post("/post/", {"sought": placement.order.number}).url == path


def test_what_is_not_found_is_said_at_the_field(office, counter):
    answer = counter.post("/post/", {"sought": "000000"})

    assert answer.status_code == 422
    assert "Nothing waits at this counter under this code or number." in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert counter.post("/post/", {"sought": ""}).status_code == 422


def test_pages_cost_the_same_for_every_number_of_orders(office, agent, counter):
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert counter.get(path).status_code == 200
        return len(captured)

    path = f"/post/{paid_at(office, agent).order.number}/"
    order_at(office)
    few = [queries(page) for page in ("/post/", path, "/post/till/")]
    for _ in range(3):
        paid_at(office, agent)
        order_at(office)

    many = [queries(page) for page in ("/post/", path, "/post/till/")]

    assert many == few
    assert max(many) <= 16


# --- An order -----------------------------------------------------------------------------------


def test_an_order_shows_who_what_how_much_and_from_whom_and_nothing_is_filled_in(office, counter):
    placement = order_at(office)

    page = counter.get(f"/post/{placement.order.number}/")

    said = words(page)
    assert "Take cash 217.000 ₫" in said
    assert "Lò Thị Mai · 0399 000 001" in said
    assert f"From Hộ ông Giàng A Páo, {office.commune.full_name} 2 × Gạo tám" in said
    assert waiting(placement).action["code"] not in page.content.decode()
    for field in ("code", "counted"):
        (control,) = re.findall(rf'<input[^>]*name="{field}"[^>]*>', page.content.decode())
        assert "value=" not in control


def test_counting_leads_to_the_receipt_and_sending_it_again_too(office, agent, counter):
    placement = order_at(office)
    path, sent = f"/post/{placement.order.number}/", filled(placement, counted="217.000")

    for _ in range(2):
        answer = counter.post(path, sent, follow=True)
        assert answer.redirect_chain == [(path, 302)]
        said = words(answer)
        assert "Recorded. The receipt stands below." in said
        assert "Receipt: cash taken 217.000 ₫" in said
        assert f"Order {placement.order.number}" in said
        assert f"Counted by Cà Văn Điện #{agent.pk}" in said
        assert "Where 896 Tổ Dân Phố 10 (380000)" in said

    assert tills.held_vnd("380000") == DUE_VND


def test_whoever_comes_second_is_told_to_take_nothing(office, agent, counter):
    placement = order_at(office)
    sent = filled(placement)
    count(placement, office, agent_of(office, "Lò Thị Ín"))

    answer = counter.post(f"/post/{placement.order.number}/", sent, follow=True)

    assert re.search(r"Lò Thị Ín #\d+ has already counted this. Take or give no cash", words(answer))


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ("200.000", "You counted 200.000 ₫, 217.000 ₫ are due."),
        ("2170000", "You counted 2.170.000 ₫, 217.000 ₫ are due."),
        ("-217000", "Write a sum of whole đồng"),
        ("217.00", "Write a sum of whole đồng"),
        ("0.1", "Write a sum of whole đồng"),
        ("1e9", "Write a sum of whole đồng"),
        ("9" * 19, "Write a sum of whole đồng"),
        ("٢١٧٠٠٠", "Write a sum of whole đồng"),
        ("0", "Write a sum of whole đồng"),
        ("", "Write the sum"),
    ],
)
def test_a_wrong_sum_is_refused_in_words(office, counter, counted, said):
    placement = order_at(office)

    answer = counter.post(f"/post/{placement.order.number}/", filled(placement, counted=counted))

    assert answer.status_code == 422
    assert said in words(answer)
    assert tills.held_vnd("380000") == 0


@pytest.mark.parametrize("counted", ["217000", "217.000", "217,000", "217 000", "217.000 ₫", "217000đ"])
def test_the_sum_may_be_written_as_people_write_it(office, counter, counted):
    placement = order_at(office)

    answer = counter.post(f"/post/{placement.order.number}/", filled(placement, counted=counted))

    assert answer.status_code == 302
    assert tills.held_vnd("380000") == DUE_VND


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_is_refused_at_the_field(office, counter, code):
    placement = order_at(office)

    answer = counter.post(f"/post/{placement.order.number}/", filled(placement, code=code))

    assert answer.status_code == 422
    assert tills.held_vnd("380000") == 0


@pytest.mark.parametrize("operation", ["", "x", str(uuid.UUID(int=7))])
def test_a_forged_operation_counts_nothing(office, counter, operation):
    placement = order_at(office)

    answer = counter.post(f"/post/{placement.order.number}/", filled(placement, operation=operation))

    assert answer.status_code in (409, 422)
    assert tills.held_vnd("380000") == 0


def test_a_refund_is_given_back_by_its_own_form(office, agent, counter):
    placement = paid_at(office, agent)
    asked_back(placement)
    path = f"/post/{placement.order.number}/"
    assert "Give cash back 217.000 ₫" in words(counter.get(path))

    answer = counter.post(path, filled(placement), follow=True)

    assert "Receipt: cash given back 217.000 ₫" in words(answer)
    assert "Receipt: cash taken 217.000 ₫" in words(answer)
    assert tills.held_vnd("380000") == 0


# --- The till -----------------------------------------------------------------------------------


def test_the_till_shows_a_days_movements_and_takes_a_slip_once(office, agent, counter):
    placement = paid_at(office, agent)
    sent = {"banking_id": uuid.uuid4(), "amount": "200.000", "slip": " bk-1 "}

    for _ in range(2):
        answer = counter.post("/post/till/", sent, follow=True)
        assert answer.redirect_chain == [("/post/till/", 302)]
        assert "Slip BK-1 is recorded." in words(answer)

    said = words(answer)
    assert "17.000 ₫ Cash in the till" in said
    assert f"Counted in {placement.order.number} Cà Văn Điện #{agent.pk} 217.000 ₫ 217.000 ₫" in said
    assert f"Banked BK-1 Cà Văn Điện #{agent.pk} −200.000 ₫ 17.000 ₫" in said
    assert tills.held_vnd("380000") == 17_000


def test_more_than_the_till_holds_is_refused_in_words_and_the_form_kept(office, agent, counter):
    paid_at(office, agent)
    banking_id = uuid.uuid4()

    answer = counter.post("/post/till/", {"banking_id": banking_id, "amount": "217001", "slip": "1"})

    assert answer.status_code == 422
    assert "The till holds 217.000 ₫, you wrote 217.001 ₫." in words(answer)
    assert str(banking_id) in answer.content.decode()
    assert tills.held_vnd("380000") == DUE_VND


def test_another_day_can_be_looked_at(office, agent, counter):
    placement = paid_at(office, agent)
    today = timezone.localdate()

    assert placement.order.number in counter.get("/post/till/", {"day": today.isoformat()}).content.decode()
    for day, heading in (
        ("2026-01-31", "31/01/2026"),
        ("nonsense", f"{today:%d/%m/%Y}"),
        ("2999-01-01", f"{today:%d/%m/%Y}"),
    ):
        page = words(counter.get("/post/till/", {"day": day}))
        assert f"Movements of {heading}" in page
    assert "Nothing came or went on this day." in words(counter.get("/post/till/", {"day": "2026-01-31"}))


# --- Staff --------------------------------------------------------------------------------------


def test_staff_see_every_till_and_the_rule(office, other_office, agent):
    TillRule.objects.all().delete()
    TillRule.objects.create(
        valid_from="2020-01-01", max_days=3, max_vnd=200_000, source="operator's own rule"
    )
    paid_at(office, agent)

    answer = browser_of(UserFactory(is_staff=True)).get("/staff/tills/")

    said = words(answer)
    assert "Cash is to be banked within 3 days, and before a till holds more than 200.000 ₫" in said
    assert "TP Điện Biên Phủ 380000 217.000 ₫ 0 days old never too much" in said
    assert "381100" not in said
    assert 'href="/staff/tills/"' in answer.content.decode()


def test_the_staff_page_is_for_staff_only(office, agent):
    for person in (agent, UserFactory()):
        assert browser_of(person).get("/staff/tills/").status_code == 403


# --- The buyer ----------------------------------------------------------------------------------


def test_the_buyer_reads_the_code_of_a_refund_on_the_page_of_the_order(office, agent):
    placement = paid_at(office, agent)
    path = f"/orders/{placement.order.number}/?key={placement.secret}"
    assert "waits for you" not in words(browser_of(None).get(path))
    refund = asked_back(placement)

    said = words(browser_of(None).get(path))

    code = refund.action["code"]
    assert "217.000 ₫ in cash waits for you at the post office TP Điện Biên Phủ." in said
    assert f"Say this code at the counter: {code}" in said
    count(placement, office, agent)
    assert "waits for you" not in words(browser_of(None).get(path))

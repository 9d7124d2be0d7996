"""Buyers with an account hear that their money came, once, in their language, without an SMS."""

from datetime import timedelta

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment.services import telling
from marketplace.messaging import readers
from marketplace.messaging.models import Message, Notice
from tests.factories import UserFactory

Order = get_model("order", "Order")

pytestmark = pytest.mark.django_db


def place(number, *, user, status="paid", placed_at):
    return Order.objects.create(
        number=number,
        user=user,
        status=status,
        currency="VND",
        total_incl_tax=250_000,
        total_excl_tax=250_000,
        date_placed=placed_at,
    )


def test_a_payment_is_told_once_and_only_to_who_has_an_account(django_assert_num_queries):
    now = timezone.now()
    mai, lan = UserFactory(phone="+84399000781"), UserFactory(phone="+84399000782")
    readers.remember_language(phone=str(lan.phone), language="vi")
    place("A-1", user=mai, placed_at=now)
    place("A-2", user=lan, placed_at=now)
    place("A-3", user=None, placed_at=now)
    place("A-4", user=mai, status="awaiting-payment", placed_at=now)
    place("A-5", user=mai, placed_at=now - timedelta(hours=2))

    # The orders, choices, languages, devices, and the notices between the two ends of a savepoint.
    with django_assert_num_queries(8):
        assert telling.tell_paid(now=now) == 2
    assert telling.tell_paid(now=now) == 0

    told = dict(Notice.objects.values_list("key", "text"))
    assert told["paid/A-1"] == "Your payment of 250.000\u00a0₫ for order A-1 has arrived."
    assert set(told) == {"paid/A-1", "paid/A-2"}
    assert not Message.objects.exists()

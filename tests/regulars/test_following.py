"""Followers hear of what a farmer lists: once a day at most, and only if they want to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.messaging.models import Message
from marketplace.regulars.models import Follow
from marketplace.regulars.services import following
from tests.factories import ProduceFactory, SellerFactory

pytestmark = pytest.mark.django_db


def test_a_follower_is_told_once_a_day_of_what_was_listed_since(household, buyer):
    now = timezone.now()
    ProduceFactory(title="Gạo cũ", seller=household, listed_at=now - timedelta(days=2))
    following.follow(seller=household, user=buyer, now=now - timedelta(days=1))
    ProduceFactory(title="Mật ong rừng", seller=household, listed_at=now - timedelta(hours=1))

    told = following.tell_followers(now=now)
    ProduceFactory(title="Chè dây", seller=household, listed_at=now + timedelta(minutes=1))
    again = following.tell_followers(now=now + timedelta(minutes=2))

    assert (told, again) == (1, 0)
    message = Message.objects.get(key=f"followed/{buyer.pk}/{timezone.localdate(now)}")
    assert str(message.to) == "+84399000001"
    assert "Mat ong rung" in message.text
    assert "Gao cu" not in message.text
    assert following.tell_followers(now=now + timedelta(days=1)) == 1


def test_several_followed_farmers_are_one_message(household, buyer):
    now = timezone.now()
    for number in range(4):
        seller = SellerFactory()
        following.follow(seller=seller, user=buyer, now=now - timedelta(days=1))
        ProduceFactory(title=f"Gạo {number}", seller=seller, listed_at=now)

    assert following.tell_followers(now=now) == 1
    assert (
        Message.objects.filter(purpose="followed", key__startswith="followed/")
        .exclude(key__contains="#")
        .count()
        == 1
    )


def test_whoever_wants_no_messages_gets_none_and_none_later_of_that_time(household, buyer):
    now = timezone.now()
    following.follow(seller=household, user=buyer, now=now - timedelta(days=2))
    following.set_told(seller=household, user=buyer, is_told=False, now=now - timedelta(days=2))
    ProduceFactory(seller=household, listed_at=now - timedelta(days=1))

    silent = following.tell_followers(now=now)
    following.set_told(seller=household, user=buyer, is_told=True, now=now)

    assert (silent, following.tell_followers(now=now)) == (0, 0)


def test_what_is_not_public_is_not_told(household, buyer):
    now = timezone.now()
    following.follow(seller=household, user=buyer, now=now - timedelta(days=1))
    ProduceFactory(seller=household, listed_at=now, is_public=False)

    assert following.tell_followers(now=now) == 0


def test_the_page_of_a_farmer_shows_the_goods_and_is_followed_with_one_tap(
    page, buyer, household, django_assert_max_num_queries
):
    ProduceFactory(title="Gạo tám", name_en="Tam rice", seller=household, season_months=list(range(1, 13)))
    ProduceFactory(title="Ẩn", name_en="Hidden", seller=household, is_public=False)
    address = f"/farmers/{household.slug}/"

    with django_assert_max_num_queries(14):
        shown = page.get(address)
    page.post(f"{address}follow/", {"act": "follow"})
    page.post(f"{address}follow/", {"act": "follow"})
    followed = page.get(address)
    page.post(f"{address}follow/", {"act": "unfollow"})

    assert "Tam rice" in shown.content.decode()
    assert "Hidden" not in shown.content.decode()
    assert "You follow this farmer" in followed.content.decode()
    assert not Follow.objects.exists()


def test_a_stranger_signs_in_before_following_and_an_unknown_farmer_is_nobody(visitor, household):
    ProduceFactory(seller=household)

    sent = visitor.post(f"/farmers/{household.slug}/follow/", {"act": "follow"})

    assert sent.status_code == 302
    assert sent["Location"].endswith(f"next=/farmers/{household.slug}/")
    assert visitor.get("/farmers/nobody/").status_code == 404
    assert visitor.get("/regular/").status_code == 302
    assert not Follow.objects.exists()


def test_a_seller_with_nothing_public_has_no_page(visitor, household):
    ProduceFactory(seller=household, is_public=False)

    assert visitor.get(f"/farmers/{household.slug}/").status_code == 404

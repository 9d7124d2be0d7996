"""A homestay with guests who come today, and a village of houses that share guests."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.delivery.models import Province
from marketplace.sellers.models import Member, Seller
from tests.factories import RoomTypeFactory, SellerFactory, StayFactory, UserFactory
from tourism.desk.models import House, RegisteredGuest, Village
from tourism.desk.services.door import Act
from tourism.desk.services.register import Person
from tourism.models import Booking, RoomType

TODAY = date(2026, 11, 20)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A moment of the day on which the guests of ``home`` arrive, or of one ``days`` after."""
    return timezone.make_aware(datetime.combine(TODAY + timedelta(days=days), time(hour, minute)))


def booking_of(room: RoomType, *, first_night: date = TODAY, nights: int = 2, **facts: Any) -> Booking:
    """A confirmed booking that came through a reseller."""
    facts = {
        "channel": Booking.Channel.RESELLER,
        "rooms": 1,
        "guests": 2,
        "guest_name": "Hà Văn Minh",
        "guest_phone": "+84399000111",
        "state": Booking.State.CONFIRMED,
        "amount_vnd": 600_000,
    } | facts
    return Booking.objects.create(room_type=room, first_night=first_night, nights=nights, **facts)


def act(booking: Booking, kind: str, **facts: Any) -> Act:
    facts = {"id": uuid4(), "happened_at": at(15), "code": "", "knows_guest": True} | facts
    return Act(booking_id=booking.pk, kind=kind, **facts)


def person(**facts: Any) -> Person:
    return Person(**({"name": "Hà Văn Minh", "paper": "identity", "number": "011090001234"} | facts))


def registered(booking: Booking, **facts: Any) -> RegisteredGuest:
    facts = {
        "id": uuid4(),
        "name": "Hà Văn Minh",
        "paper": "identity",
        "number": "011090001234",
        "arrived_on": booking.first_night,
        "leaves_on": booking.leaves_on,
        "arrived_at": at(15),
    } | facts
    return RegisteredGuest.objects.create(booking=booking, **facts)


@pytest.fixture
def home(db: None) -> Any:
    """A homestay, its host, and guests for two nights from TODAY."""
    Province.objects.get_or_create(code="01", defaults={"name": "Thành phố Hà Nội", "zone": "Z5"})
    seller = SellerFactory(name="Hộ bà Lò Thị Pản")
    host = UserFactory(name="Lò Thị Pản", email="pan@example.com")
    Member.objects.create(seller=seller, user=host)
    stay = StayFactory(seller=seller, title="Nhà sàn Che Căn")
    room = RoomTypeFactory(stay=stay, rooms=5, sleeps=4)
    return SimpleNamespace(seller=seller, host=host, stay=stay, room=room, booking=booking_of(room))


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


def village_of(*sleeps: int, together_up_to: int = 4) -> Any:
    """A village whose houses take so many guests each, and a floor on which all of them could sleep."""
    seller = SellerFactory(kind=Seller.Kind.COOPERATIVE, name="Hợp tác xã du lịch Bản Mển")
    village = Village.objects.create(seller=seller, name="Bản Mển", together_up_to=together_up_to)
    houses = [
        House.objects.create(
            village=village, name=f"Nhà {number}", sleeps=each, joined_on=TODAY - timedelta(days=30)
        )
        for number, each in enumerate(sleeps, start=1)
    ]
    stay = StayFactory(seller=seller, title="Bản Mển", kind="community-village")
    room = RoomTypeFactory(stay=stay, kind=RoomType.Kind.FLOOR, sleeps=1, rooms=sum(sleeps))
    return SimpleNamespace(village=village, houses=houses, stay=stay, room=room, seller=seller)

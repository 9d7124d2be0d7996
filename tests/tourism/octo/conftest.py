from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from tests.factories import DepartureFactory, RoomTypeFactory, TourFactory
from tests.tourism.octo import described
from tourism.models import RoomNight, RoomType
from tourism.octo import keys
from tourism.octo.models import Reseller, ResellerTerms
from tourism.tours.models import Departure

BOTH = "octo/pricing, octo/content"
GUEST = {"fullName": "Lò Thị Mai", "phoneNumber": "+84912345678"}


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def make_reseller(name: str = "Du lịch Mẫu", **facts: Any) -> Reseller:
    reseller = Reseller.objects.create(name=name, **facts)
    ResellerTerms.objects.create(
        reseller=reseller, valid_from=date(2026, 1, 1), commission_bp=1_500, source="Contract 1"
    )
    return reseller


class Octo:
    """The OCTO API as a reseller's program calls it: paths below /octo/, JSON, messages in English.

    Every answer is held against OCTO's description.
    """

    def __init__(self, reseller: Reseller, capabilities: str = BOTH, language: str = "en") -> None:
        self.reseller = reseller
        self.key = keys.make(reseller=reseller, now=timezone.now())
        self.http = APIClient(
            headers={
                "Authorization": f"Bearer {self.key}",
                "Octo-Capabilities": capabilities,
                "Accept-Language": language,
            }
        )

    def get(self, path: str, **query: Any) -> Any:
        return self._judged("get", path, self.http.get(f"/octo/{path}", query))

    def post(self, path: str, **body: Any) -> Any:
        return self._judged("post", path, self.http.post(f"/octo/{path}", body, format="json"))

    def patch(self, path: str, **body: Any) -> Any:
        return self._judged("patch", path, self.http.patch(f"/octo/{path}", body, format="json"))

    def _judged(self, method: str, path: str, answer: Any) -> Any:
        described.check(method, path, answer.status_code, answer.json())
        return answer

    def reserve(self, wish: dict[str, Any], **body: Any) -> Any:
        return self.post("bookings/", **wish | body)

    def booked(self, wish: dict[str, Any], **body: Any) -> dict[str, Any]:
        """Reserve and confirm; return the booking."""
        held = self.reserve(wish, **body).json()
        answer = self.post(f"bookings/{held['uuid']}/confirm", contact=GUEST)
        assert answer.status_code == 200, answer.json()
        confirmed: dict[str, Any] = answer.json()
        return confirmed


@pytest.fixture
def reseller(db: None) -> Reseller:
    return make_reseller()


@pytest.fixture
def octo(reseller: Reseller) -> Octo:
    return Octo(reseller)


@pytest.fixture
def room(db: None) -> RoomType:
    """Three rooms for two at 300,000 đồng, on sale from today for forty nights."""
    return RoomTypeFactory(
        title="Phòng đôi", rooms=3, sleeps=2, price_vnd=300_000, open_from=in_days(0), open_to=in_days(39)
    )


@pytest.fixture
def departure(db: None) -> Departure:
    """Ten seats in ten days at eight, adults 600,000, children 420,000 đồng."""
    return DepartureFactory(tour=TourFactory(), starts_at=at(in_days(10), time(8)))


def room_wish(room: RoomType, *, day: int = 5, nights: int = 2, rooms: int = 1) -> dict[str, Any]:
    return {
        "productId": f"room-{room.pk}",
        "optionId": f"nights-{nights}",
        "availabilityId": in_days(day).isoformat(),
        "unitItems": [{"unitId": "room"} for _n in range(rooms)],
    }


def seat_wish(departure: Departure, *, adults: int = 2, children: int = 0) -> dict[str, Any]:
    units = ["adult"] * adults + ["child"] * children
    return {
        "productId": f"tour-{departure.tour_id}",
        "optionId": "DEFAULT",
        "availabilityId": timezone.localtime(departure.starts_at).isoformat(),
        "unitItems": [{"unitId": unit} for unit in units],
    }


def taken_of(room: RoomType, *days: int) -> list[int]:
    nights = RoomNight.objects.filter(room_type=room, night_on__in=[in_days(day) for day in days])
    return list(nights.order_by("night_on").values_list("taken", flat=True))


def new_uuid() -> str:
    return str(uuid.uuid4())

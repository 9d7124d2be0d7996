"""The day in the houses: villages that share guests, who comes today, and what guests and hosts wrote."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.errors import NightsTaken
from marketplace.sellers.models import Member, Seller
from tourism import bookings
from tourism.desk.codes import door_code
from tourism.desk.models import BillItem, DoorAct, FundRule, House, Review, Village
from tourism.desk.rules import register_rule
from tourism.desk.services import bills, door, register, villages
from tourism.models import AddOn, Booking, BookingExtra, RoomType
from tourism.opening import open_nights

from .peoples import NAMINGS, people_named
from .sellers import FIRST_SALES_ON
from .stays import House as Stays

SAMPLE = "dữ liệu mẫu"
FUND_BP = 500
FUND_SOURCE = f"Họp bản ngày 15/01/2025 ({SAMPLE})"
SLEEPS = (4, 5, 6, 6, 8, 10, 12)
REVIEWED = 40
TELEPHONED = (2, 3, 2, 4, 1, 2, 7, 3)  # guests of each party
# What guests and hosts write: stars, the guest's words, the host's stars and words.
WORDS = (
    (5, "Nhà sạch, chăn ấm, bữa tối có cá nướng rất ngon.", 5, "Khách vui vẻ, đúng giờ."),
    (5, "Cô chủ nhà chỉ đường lên rừng ban, các cháu rất thích.", 5, "Cả nhà dễ mến, mời quay lại."),
    (4, "Yên tĩnh, sáng sớm nghe suối chảy. Đường vào hơi khó đi.", 5, "Khách gọn gàng."),
    (4, "Cơm ngon, sàn rộng. Nên có thêm đèn ở cầu thang.", 4, "Khách về muộn nhưng có báo trước."),
    (3, "Chỗ ngủ hơi đông vào cuối tuần.", 5, "Cảm ơn góp ý, nhà đã thêm rèm."),
    (5, "Được học dệt khăn với bà, nhớ mãi.", 5, ""),
)
GUESTS = (
    ("Trần Thị Hoa Mẫu", 2, "+84399000201"),
    ("Bùi Hữu Nam Mẫu", 3, "+84399000202"),
    ("Hoàng Thu Hà Mẫu", 1, "+84399000203"),
)


def save(houses: Sequence[Stays], *, elder: User, elders_house: str, host: User) -> None:
    """Make a village of every co-operative that sells stays, before anything is sold.

    ``elder`` acts for the co-operative of the stay ``elders_house`` (its slug); ``host`` has a house there.
    """
    random = Random("desk villages")  # noqa: S311 (nothing here is a secret)
    sellers = {
        house.draft.saved: house
        for house in houses
        if house.draft.saved.kind == Seller.Kind.COOPERATIVE and house.village
    }
    for seller, stay in sellers.items():
        village = Village.objects.create(seller=seller, name=stay.village)
        FundRule.objects.create(
            village=village, share_bp=FUND_BP, valid_from=FIRST_SALES_ON, source=FUND_SOURCE
        )
        naming = NAMINGS[people_named(stay.row.hosts) or "Thái"]
        names = [f"Nhà {naming.name(random)}" for _ in SLEEPS]
        is_elders = stay.row.slug == elders_house
        if is_elders:
            names[0] = f"Nhà {host.name}"
            Member.objects.create(seller=seller, user=elder)
        House.objects.bulk_create(
            House(
                village=village,
                name=name,
                sleeps=sleeps,
                joined_on=FIRST_SALES_ON,
                user=host if is_elders and not number else None,
            )
            for number, (name, sleeps) in enumerate(zip(dict.fromkeys(names), SLEEPS, strict=False))
        )


def live(house: Stays, *, host: User, now: datetime) -> None:
    """Share past guests out, review their stays, and let guests come to ``house`` today."""
    for village_id in Village.objects.order_by("pk").values_list("pk", flat=True):
        villages.share_out_of(village_id, now=now, since=FIRST_SALES_ON)
    _review(now=now)
    _today(house, host=host, now=now)
    for village in Village.objects.filter(houses__user=host).order_by("pk"):
        _coming(village, now=now)


def _coming(village: Village, *, now: datetime) -> None:
    """Let guests telephone a village for the next days, and the queue give them to its houses."""
    floor = RoomType.objects.filter(
        stay__product__origin__seller=village.seller_id, kind=RoomType.Kind.FLOOR
    ).first()
    if floor is None:
        return
    for number, guests in enumerate(TELEPHONED):
        name, _guests, phone = GUESTS[number % len(GUESTS)]
        first_night = timezone.localdate(now) + timedelta(days=number % 4)
        with suppress(NightsTaken):  # by the guests of the story
            _book(floor.pk, name, guests, phone, first_night=first_night, now=now)
    villages.share_out_of(village.pk, now=now)


def _review(*, now: datetime) -> None:
    today = timezone.localdate(now)
    past = Booking.objects.filter(state=Booking.State.CONFIRMED, first_night__lt=today - timedelta(days=31))
    days = register_rule(today).review_days
    reviews = []
    for number, booking in enumerate(past.order_by("-first_night", "pk")[:REVIEWED]):
        stars, words, host_stars, host_words = WORDS[number % len(WORDS)]
        written_at = timezone.make_aware(datetime.combine(booking.leaves_on, time(20)))
        for side, given, said in (
            (Review.Side.GUEST, stars, words),
            (Review.Side.HOST, host_stars, host_words),
        ):
            reviews.append(
                Review(
                    booking=booking,
                    side=side,
                    stars=given,
                    words=said,
                    written_at=written_at,
                    shown_on=booking.leaves_on + timedelta(days=days),
                )
            )
    Review.objects.bulk_create(reviews)


def _today(house: Stays, *, host: User, now: datetime) -> None:
    """Two parties come today, one of them is there; one came yesterday, ate, and leaves today."""
    today = timezone.localdate(now)
    floor = house.rooms[0].room_type
    open_nights([floor], first=today - timedelta(days=1), days=1)
    staying = [
        _book(floor.pk, name, guests, phone, first_night=today - timedelta(days=number == 2), now=now)
        for number, (name, guests, phone) in enumerate(GUESTS)
    ]
    for booking in staying:
        _meals(booking)
    arrived, leaving = staying[0], staying[2]
    for booking, moment in ((arrived, now - timedelta(minutes=20)), (leaving, now - timedelta(hours=20))):
        midnight = timezone.make_aware(datetime.combine(booking.first_night, time()))
        came_at = max(moment, midnight)
        act = door.Act(uuid.uuid4(), booking.pk, DoorAct.Kind.ARRIVED, came_at, code=door_code(booking.pk))
        door.note(act, by=host, now=now)
        person = register.Person(
            name=booking.guest_name, paper="identity", number="001190000000", province="01", address=SAMPLE
        )
        guest = register.register(guest_id=uuid.uuid4(), booking=booking, person=person, by=host, now=now)
        if booking == leaving:
            register.report(guest_ids=[guest.pk], by=host, now=now)
    for title, quantity, unit_vnd in (("Rượu ngô", 1, 50_000), ("Gà đồi nướng", 1, 220_000)):
        bills.add(
            item_id=uuid.uuid4(), booking=leaving, title=title, quantity=quantity, unit_vnd=unit_vnd,
            by=host, now=now,
        )  # fmt: skip
    bills.pay(booking=leaving, how=BillItem.Paid.CASH, now=now)
    bills.add(
        item_id=uuid.uuid4(), booking=leaving, title="Thuê xe đạp", quantity=2, unit_vnd=60_000,
        by=host, now=now,
    )  # fmt: skip


def _book(
    room_type_id: int, name: str, guests: int, phone: str, *, first_night: date, now: datetime
) -> Booking:
    return bookings.book(
        room_type_id=room_type_id,
        first_night=first_night,
        nights=1 if first_night < timezone.localdate(now) else 2,
        rooms=guests,
        guests=guests,
        channel=Booking.Channel.HOST,
        guest_name=name,
        guest_phone=phone,
        note=SAMPLE,
        now=now,
    )


def _meals(booking: Booking) -> None:
    for kind, name in ((AddOn.Kind.DINNER, "Bữa tối"), (AddOn.Kind.BREAKFAST, "Bữa sáng")):
        BookingExtra.objects.create(
            booking=booking,
            kind=kind,
            per=AddOn.Per.GUEST_NIGHT,
            name=name,
            quantity=booking.guests * booking.nights,
            amount_vnd=0,
        )

"""The guest register: written by the host, told to the police, and emptied when its time is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from tourism.desk.errors import ActConflict, AlreadyReported, NotConfirmed, RegisterFull
from tourism.desk.models import RegisteredGuest, ReportReminder
from tourism.desk.rules import register_rule
from tourism.desk.selectors.register import Unreported, unreported
from tourism.models import Booking

REMINDED_BEFORE = timedelta(hours=2)
PER_RUN = 5_000


@dataclass(frozen=True)
class Person:
    """Who sleeps in the house, as the paper says. ``country`` is ISO 3166-1, ``province`` a code of ours."""

    name: str
    paper: str
    number: str = ""
    born_on: date | None = None
    reason: str = RegisteredGuest.Reason.TRAVEL
    address: str = ""
    country: str = "VN"
    province: str = ""


@transaction.atomic
def register(
    *, guest_id: UUID, booking: Booking, person: Person, by: User | None, now: datetime
) -> RegisteredGuest:
    """Write a guest into the register; ``by`` is None for guests who write themselves in beforehand.

    The same ``guest_id`` again changes nothing. Raises NotConfirmed, RegisterFull when all guests of the
    booking are in it, ActConflict if the id stands for somebody else.
    """
    booking = Booking.objects.select_for_update().get(pk=booking.pk)
    known = RegisteredGuest.objects.filter(pk=guest_id).first()
    if known is not None:
        if (known.booking_id, known.name, known.number) != (booking.pk, person.name, person.number):
            raise ActConflict
        return known
    if booking.state != Booking.State.CONFIRMED:
        raise NotConfirmed
    if RegisteredGuest.objects.filter(booking=booking).count() >= booking.guests:
        raise RegisterFull(guests=booking.guests)
    return RegisteredGuest.objects.create(
        pk=guest_id,
        booking=booking,
        name=person.name,
        born_on=person.born_on,
        paper=person.paper,
        number=person.number,
        reason=person.reason,
        address=person.address,
        country=person.country,
        province=person.province,
        arrived_on=booking.first_night,
        leaves_on=booking.leaves_on,
        arrived_at=now,
        registered_by=by,
    )


@transaction.atomic
def strike(*, guest_id: UUID, booking: Booking) -> None:
    """Take out of the register who was written down by mistake. Repeats change nothing.

    Raises AlreadyReported: what the police were told stays.
    """
    guest = RegisteredGuest.objects.select_for_update().filter(pk=guest_id, booking=booking).first()
    if guest is None:
        return
    if guest.reported_at is not None:
        raise AlreadyReported
    guest.delete()


@transaction.atomic
def report(*, guest_ids: Collection[UUID], by: User, now: datetime) -> int:
    """Note that these guests were reported to the commune's police; return how many were not before."""
    guests = RegisteredGuest.objects.filter(pk__in=guest_ids, reported_at=None)
    bookings = list(guests.values_list("booking", flat=True))
    reported = guests.update(reported_at=now, reported_by=by)
    sellers = Booking.objects.filter(pk__in=bookings).values_list(
        "room_type__stay__product__origin__seller", flat=True
    )
    for seller_id in set(sellers):
        if not unreported(now=now, seller_ids=[seller_id]):
            ReportReminder.objects.filter(seller=seller_id, done_at=None).update(done_at=now)
    return reported


def remind(*, now: datetime) -> int:
    """Remind every house whose guests of today must be reported within two hours; return how many.

    Each deadline is reminded of once: by a notice on the host's pages, and by e-mail where there is one.
    """
    due: dict[tuple[int, datetime], list[Unreported]] = {}
    for each in unreported(now=now):
        if each.report_by - REMINDED_BEFORE <= now:
            due.setdefault((each.seller_id, each.report_by), []).append(each)
    reminded = 0
    for (seller_id, report_by), bookings in sorted(due.items()):
        guests = sum(each.missing for each in bookings)
        _reminder, is_new = ReportReminder.objects.get_or_create(
            seller_id=seller_id,
            day=bookings[0].booking.first_night,
            report_by=report_by,
            defaults={"guests": guests, "reminded_at": now},
        )
        if is_new:
            reminded += 1
            _write(seller_id, report_by, guests)
    return reminded


def _write(seller_id: int, report_by: datetime, guests: int) -> None:
    people = User.objects.filter(memberships__seller=seller_id, is_active=True).exclude(email="")
    addresses = list(people.order_by("pk").values_list("email", flat=True))
    if addresses:
        words = {"guests": guests, "time": date_format(timezone.localtime(report_by), "H:i d/m/Y")}
        send_mail(
            subject=_("Report your guests by %(time)s") % words,
            message=_(
                "%(guests)d of your guests are not reported to the police yet. Report them by %(time)s."
            )
            % words,
            from_email=None,
            recipient_list=addresses,
            fail_silently=True,  # the notice stands on the host's pages in any case
        )


def forget(*, now: datetime) -> int:
    """Empty what says who somebody is, once the rule's time after the stay is over; return how many.

    Where a guest was from stays, for the statistics. Repeats change nothing.
    """
    today = timezone.localdate(now)
    last_kept = today - relativedelta(months=register_rule(today).keep_months)
    old = RegisteredGuest.objects.filter(forgotten_at=None, leaves_on__lte=last_kept).order_by("leaves_on")
    chosen = list(old.values_list("pk", flat=True)[:PER_RUN])
    return RegisteredGuest.objects.filter(pk__in=chosen, forgotten_at=None).update(
        name="", number="", address="", born_on=None, forgotten_at=now
    )

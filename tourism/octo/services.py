"""Everything that writes for resellers: reserving, confirming, changing and giving up."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tourism import policies
from tourism.closures import selectors as closures
from tourism.models import Booking
from tourism.tours.models import SeatBooking

from . import catalogue, units
from .errors import InvalidBooking, Unprocessable
from .items import Guest, Party, Place
from .models import Reseller, ResellerBooking
from .selectors import booking_of, commission_bp, known_booking
from .states import CONFIRMED, EXPIRED, ON_HOLD, REDEEMED, status_of

Body = Mapping[str, Any]
# Letters and digits nobody takes for another.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
REFERENCE_LENGTH = 8
NAME_MAX, PHONE_MAX, NOTE_MAX = 120, 20, 300  # of the host's list
NAMES = ("fullName", "firstName", "lastName")
BY_HOST = "Cancelled by the host or the market."


def reserve(*, reseller: Reseller, body: Body, now: datetime) -> ResellerBooking:
    """Hold what ``body`` (a ReservationBody) asks for, for the minutes it asks for or the reseller's usual.

    The same ``uuid`` again returns the booking as it is now, whatever has become of it. Raises Unprocessable
    if that one was something else, if nothing is free, or for units that cannot be booked together; the
    Invalid ids; ShopError from the rows. Nothing is held then.
    """
    uuid = body.get("uuid") or uuid4()
    asked = _digest_of(body)
    if "uuid" in body and (known := _known(reseller, uuid, asked)):
        return known  # also of what is not sold any more
    item = catalogue.product(body["productId"])
    place = catalogue.place(item, catalogue.option(item, body["optionId"]), body["availabilityId"], now=now)
    party = units.party_of(item, body["unitItems"])
    until = min(now + timedelta(minutes=_minutes(reseller, body)), place.slot.cut_off_at)
    with transaction.atomic():
        _wait_for_the_same(reseller, uuid)
        if known := _known(reseller, uuid, asked):
            return known
        check(place, party)
        priced = units.priced(body["unitItems"], place, commission_bp(reseller, on=timezone.localdate(now)))
        guest = _guest(body.get("contact", {}), body.get("notes"), reseller)
        taken = catalogue.shelf_of(item).reserve(
            place, party, guest=guest, amount_vnd=units.retail_vnd(priced), hold_until=until, now=now
        )
        return ResellerBooking.objects.create(
            reseller=reseller,
            uuid=uuid,
            asked=asked,
            reference="".join(secrets.choice(ALPHABET) for _n in range(REFERENCE_LENGTH)),
            reseller_reference=body.get("resellerReference", ""),
            **_as_field(taken),
            unit_items=priced,
            contact=dict(body.get("contact", {})),
            notes=body.get("notes") or "",
            policy=dict(item.policy),
            retail_vnd=units.retail_vnd(priced),
            net_vnd=units.net_vnd(priced),
            created_at=now,
            updated_at=now,
            expires_at=until,
        )


@transaction.atomic
def confirm(*, reseller: Reseller, uuid: str, body: Body, now: datetime) -> ResellerBooking:
    """Make a hold final, for the guest ``body`` (a ConfirmationBody) names. A confirmed one stays as it is.

    Units that are named replace those that were reserved. Raises InvalidBooking if there is no such booking
    or its hold is over, Unprocessable without a name of the guest.
    """
    row = known_booking(reseller, uuid, for_update=True)
    status = status_of(row, now=now)
    if status in (CONFIRMED, REDEEMED):
        return row
    if status != ON_HOLD:
        raise InvalidBooking(
            uuid, _("This reservation is over. Look whether it is still free, and begin again.")
        )
    contact = _contact_after(row, body)
    if not _name(contact):
        raise Unprocessable(_("The host needs a name: send contact.firstName or contact.fullName."))
    _change(row, body, contact=contact, now=now)
    catalogue.shelf_of_booking(row).confirm(row.taken)
    row.taken.state = Booking.State.CONFIRMED
    row.confirmed_at = now
    row.save(update_fields=["confirmed_at"])
    return row


@transaction.atomic
def update(*, reseller: Reseller, uuid: str, body: Body, now: datetime) -> ResellerBooking:
    """Change a hold or a booking as ``body`` (an UpdateBody) says: what it names is replaced.

    Another product, option, availability or other units are taken before the old ones are lost: either all
    of the change happens, or none of it. Raises InvalidBooking, the Invalid ids, ShopError if it is not
    free, Unprocessable for what is over or has begun.
    """
    row = known_booking(reseller, uuid, for_update=True)
    _refuse_unless_changeable(row, now)
    _change(row, body, contact=_contact_after(row, body), now=now)
    if "expirationMinutes" in body and status_of(row, now=now) == ON_HOLD:
        _extend(row, body, now)
    return row


@transaction.atomic
def extend(*, reseller: Reseller, uuid: str, body: Body, now: datetime) -> ResellerBooking:
    """Hold a reservation for so many minutes from now, never for less than it is held already.

    However often it is extended, it ends with the reseller's longest hold. Raises InvalidBooking if there
    is none, Unprocessable unless it is on hold, or if it is held as long as may be.
    """
    row = known_booking(reseller, uuid, for_update=True)
    if status_of(row, now=now) != ON_HOLD:
        raise Unprocessable(_("Only a reservation that is on hold can be held longer."))
    _extend(row, body, now)
    return row


@transaction.atomic
def cancel(*, reseller: Reseller, uuid: str, body: Body, now: datetime) -> ResellerBooking:
    """Give up a hold, or a booking before it begins: the policy agreed says what the reseller still owes.

    Nothing is owed where an official has closed the commune for these days.

    One that was given up stays as it is. Raises InvalidBooking if there is none, Unprocessable for a hold
    that ran out and for what has begun.
    """
    row = known_booking(reseller, uuid, for_update=True)
    if row.cancelled_at is not None:
        return row
    _refuse_unless_changeable(row, now)
    shelf = catalogue.shelf_of_booking(row)
    percent = 100
    if row.confirmed_at is not None and not _cannot_be_reached(row, now):
        percent = policies.refund_percent(row.policy, starts_at=shelf.starts_at(row.taken), now=now)
    shelf.cancel(row.taken)
    row.taken.state = Booking.State.RELEASED
    row.cancelled_at = row.updated_at = now
    row.cancel_reason = body.get("reason") or ""
    row.refund_percent = percent
    row.save(update_fields=["cancelled_at", "updated_at", "cancel_reason", "refund_percent"])
    return row


def notice_released(*, now: datetime, pks: list[int] | None = None) -> int:
    """Write down of confirmed bookings that their host or the market gave them up: nothing is owed then.

    Returns how many that were. ``pks`` narrows it to some bookings. Repeats change nothing.
    """
    released = Q(stay_booking__state=Booking.State.RELEASED) | Q(
        seat_booking__state=SeatBooking.State.RELEASED
    )
    rows = ResellerBooking.objects.filter(released, confirmed_at__isnull=False, cancelled_at=None)
    if pks is not None:
        rows = rows.filter(pk__in=pks)
    return rows.update(cancelled_at=now, updated_at=now, cancel_reason=BY_HOST, refund_percent=100)


def check(place: Place, party: Party) -> None:
    """Raise Unprocessable if the party cannot be booked at this time."""
    for unit_id, number in party.items():
        unit = place.item.units[unit_id]
        if number > unit.most:
            words = _("At most %(most)d × %(unit)s can be booked together.")
            raise Unprocessable(words % {"most": unit.most, "unit": unit.title})
        if unit.goes_with and not any(party.get(other) for other in unit.goes_with):
            words = _("%(unit)s cannot be booked alone.")
            raise Unprocessable(words % {"unit": unit.title})
    if place.slot.is_closed:
        raise Unprocessable(_("This time is not for sale any more. Choose another."))


def _change(row: ResellerBooking, body: Body, *, contact: dict[str, Any], now: datetime) -> None:
    """Write what ``body`` names into the booking, and take other nights or seats where it says so."""
    before = catalogue.places_of([row], now=now)[row.pk]
    after = _place_after(before, body, now)
    items = body.get("unitItems")
    row.contact = contact
    row.reseller_reference = body.get("resellerReference", row.reseller_reference)
    row.notes = (body.get("notes") or "") if "notes" in body else row.notes
    row.updated_at = now
    guest = _guest(contact, row.notes, row.reseller)
    wanted = units.merged(row.unit_items, items)
    if _is_other(before, after) or units.party_of(after.item, wanted) != units.party_of(
        before.item, row.unit_items
    ):
        _take_other(row, before, after, wanted, guest=guest, now=now)
    else:
        row.unit_items = wanted
        catalogue.shelf_of_booking(row).name(row.taken, guest=guest)
    row.save()


def _place_after(before: Place, body: Body, now: datetime) -> Place:
    """Where the booking is to be; what is not named stays. The times of another product are its own."""
    wanted_id = body.get("productId", before.item.id)
    item = before.item if wanted_id == before.item.id else catalogue.product(wanted_id)
    option_id = body.get("optionId", before.option.id)
    slot_id = body.get("availabilityId", before.slot.id)
    if (item.id, option_id, slot_id) == (before.item.id, before.option.id, before.slot.id):
        return before
    return catalogue.place(item, catalogue.option(item, option_id), slot_id, now=now)


def _take_other(
    row: ResellerBooking,
    before: Place,
    after: Place,
    wanted: list[dict[str, Any]],
    *,
    guest: Guest,
    now: datetime,
) -> None:
    """Give up what is booked and take something else, at the prices of now. Must run in a transaction."""
    party = units.party_of(after.item, wanted)
    check(after, party)
    old, new = catalogue.shelf_of_booking(row), catalogue.shelf_of(after.item)
    for shelf in catalogue.SHELVES:  # nights before seats, whoever changes what
        if mine := [place for place in (before, after) if catalogue.shelf_of(place.item) is shelf]:
            shelf.lock(mine)
    old.cancel(row.taken)
    priced = units.priced(wanted, after, commission_bp(row.reseller, on=timezone.localdate(now)))
    taken = new.reserve(
        after,
        party,
        guest=guest,
        amount_vnd=units.retail_vnd(priced),
        hold_until=None if row.confirmed_at else row.expires_at,
        now=now,
    )
    row.stay_booking, row.seat_booking = None, None
    for name, value in _as_field(taken).items():
        setattr(row, name, value)
    row.unit_items, row.policy = priced, dict(after.item.policy)
    row.retail_vnd, row.net_vnd = units.retail_vnd(priced), units.net_vnd(priced)


def _extend(row: ResellerBooking, body: Body, now: datetime) -> None:
    cut_off_at = catalogue.places_of([row], now=now)[row.pk].slot.cut_off_at
    latest = min(row.created_at + timedelta(minutes=row.reseller.hold_minutes_max), cut_off_at)
    until = min(now + timedelta(minutes=_minutes(row.reseller, body)), latest)
    if row.expires_at >= latest:
        raise Unprocessable(_("This reservation is held as long as may be. Confirm it, or let it go."))
    row.expires_at = max(until, row.expires_at)
    row.updated_at = now
    catalogue.shelf_of_booking(row).extend(row.taken, hold_until=row.expires_at)
    row.save(update_fields=["expires_at", "updated_at"])


def _refuse_unless_changeable(row: ResellerBooking, now: datetime) -> None:
    status = status_of(row, now=now)
    if status == EXPIRED:
        raise Unprocessable(_("This reservation is over. Look whether it is still free, and begin again."))
    if status not in (ON_HOLD, CONFIRMED, REDEEMED):
        raise Unprocessable(_("This booking was cancelled."))
    if status == REDEEMED or catalogue.shelf_of_booking(row).starts_at(row.taken) <= now:
        raise Unprocessable(_("This booking has begun: it can be neither changed nor cancelled."))


def _cannot_be_reached(row: ResellerBooking, now: datetime) -> bool:
    """Whether a closure in force touches the days of a booking."""
    place = catalogue.places_of([row], now=now)[row.pk]
    first = place.slot.day
    nights = place.option.nights
    last = first + timedelta(days=nights - 1) if nights else timezone.localdate(place.slot.ends_at)
    communes = [place.item.origin.commune_id]
    return closures.in_force(first_night=first, last_night=last, commune_ids=communes).exists()


def _known(reseller: Reseller, uuid: UUID, asked: str) -> ResellerBooking | None:
    """Return the booking of this uuid. Raises Unprocessable if it was asked for as something else."""
    known = booking_of(reseller, uuid)
    if known is not None and known.asked != asked:
        raise Unprocessable(_("This uuid was used for another booking. Make a new one."))
    return known


def _wait_for_the_same(reseller: Reseller, uuid: UUID) -> None:
    """Let two requests with one uuid come one after the other; the second then finds the first's booking."""
    key = int.from_bytes(hashlib.sha256(f"octo {reseller.pk} {uuid}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _digest_of(body: Body) -> str:
    """What tells one wish from another: what, when, and how many of which units."""
    number = sorted(Counter(each["unitId"] for each in body["unitItems"]).items())
    asked = [body["productId"], body["optionId"], body["availabilityId"], number]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _minutes(reseller: Reseller, body: Body) -> int:
    return min(body.get("expirationMinutes", reseller.hold_minutes), reseller.hold_minutes_max)


def _is_other(before: Place, after: Place) -> bool:
    return (before.item.id, before.option.id, before.slot.id) != (
        after.item.id,
        after.option.id,
        after.slot.id,
    )


def _as_field(taken: Any) -> dict[str, Any]:
    return {"stay_booking" if isinstance(taken, Booking) else "seat_booking": taken}


def _contact_after(row: ResellerBooking, body: Body) -> dict[str, Any]:
    """What is said anew replaces what was said; a name replaces the whole name."""
    said = units.given(body.get("contact", {}))
    kept = row.contact
    if any(name in said for name in NAMES):
        kept = {name: value for name, value in kept.items() if name not in NAMES}
    return dict(kept) | said


def _name(contact: Body) -> str:
    whole = contact.get("fullName") or f"{contact.get('firstName') or ''} {contact.get('lastName') or ''}"
    return str(whole).strip()


def _guest(contact: Body, notes: str | None, reseller: Reseller) -> Guest:
    """Who comes, as it stands on the host's list: until there is a name, the reseller's."""
    return Guest(
        name=(_name(contact) or reseller.name)[:NAME_MAX],
        phone=str(contact.get("phoneNumber") or "")[:PHONE_MAX],
        note=str(notes or "")[:NOTE_MAX],
    )

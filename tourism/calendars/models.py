"""What hosts write down, which other calendars are read and told, and guests who ask before they book."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class HostEntry(models.Model):
    """A booking a host wrote down. Its id is made with the form, so that sending it twice books once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.OneToOneField("tourism.Booking", on_delete=models.PROTECT, related_name="entry")
    written_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written down"))

    def __str__(self) -> str:
        return f"{self.booking_id} by {self.written_by_id}"


class Feed(models.Model):
    """Another site's calendar of a room type, read over and over: what is sold there is taken here.

    ``rooms`` is how many rooms one entry of it means. The secret opens what is told to that site: everything
    but what came from there, or it would hear its own bookings back as ours for ever.
    """

    room_type = models.ForeignKey("tourism.RoomType", on_delete=models.CASCADE, related_name="feeds")
    name = models.CharField(_("name of the site"), max_length=60)
    url = models.URLField(_("address of its calendar"), max_length=1_000)
    rooms = models.PositiveSmallIntegerField(_("rooms an entry means"), default=1)
    secret = models.CharField(max_length=40, unique=True, default=new_secret)
    added_at = models.DateTimeField(_("added"))
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    # Why the last try failed, and how many entries of the last reading made no sense.
    problem = models.CharField(_("problem"), max_length=400, blank=True)
    skipped = models.PositiveIntegerField(_("entries that could not be read"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room_type", "url"], name="feed_of_a_room_once"),
            models.CheckConstraint(condition=Q(rooms__gte=1), name="feed_means_rooms"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.room_type_id}"


class FeedEntry(models.Model):
    """A run of nights that another calendar says is sold: taken here by ``booking``, else a clash.

    An entry of the other calendar that is partly taken here becomes several runs. A clash is an alarm until
    the other calendar gives the nights up, they come free here, or the host has settled it.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    uid = models.CharField(max_length=255)
    summary = models.CharField(_("what it says"), max_length=120, blank=True)
    first_night = models.DateField(_("first night"))
    nights = models.PositiveSmallIntegerField(_("nights"))
    booking = models.OneToOneField(
        "tourism.Booking", on_delete=models.PROTECT, null=True, blank=True, related_name="feed_entry"
    )
    seen_at = models.DateTimeField(_("first seen"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "uid", "first_night"], name="one_run_per_entry_and_night"
            ),
            models.CheckConstraint(condition=Q(nights__gte=1), name="run_has_nights"),
        ]
        indexes = [
            models.Index(fields=["feed", "first_night"], name="clashes_of_feed", condition=Q(booking=None)),
        ]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.first_night} +{self.nights}"

    @property
    def leaves_on(self) -> date:
        return self.first_night + timedelta(days=self.nights)

    @property
    def days(self) -> list[date]:
        return [self.first_night + timedelta(days=number) for number in range(self.nights)]


class ExportLink(models.Model):
    """The secret address under which anybody may read which nights of a room type are taken."""

    room_type = models.OneToOneField(
        "tourism.RoomType", on_delete=models.CASCADE, related_name="export_link", primary_key=True
    )
    secret = models.CharField(max_length=40, unique=True, default=new_secret)

    def __str__(self) -> str:
        return f"export of {self.room_type_id}"


class StayRequest(models.Model):
    """A guest's question whether some nights may be had. Nothing is held until the host says yes.

    Accepted, the nights are held by ``booking`` until ``pay_by``; the price is the one the guest was told.
    That it was paid is said by the booking's order line, and that time ran out by the clock.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the host")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNANSWERED = "unanswered", _("not answered in time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room_type = models.ForeignKey("tourism.RoomType", on_delete=models.PROTECT, related_name="requests")
    first_night = models.DateField(_("first night"))
    nights = models.PositiveSmallIntegerField(_("nights"))
    rooms = models.PositiveSmallIntegerField(_("rooms"))
    guests = models.PositiveSmallIntegerField(_("guests"))
    guest_name = models.CharField(_("guest"), max_length=120)
    guest_phone = models.CharField(_("phone number"), max_length=20)
    message = models.CharField(_("message to the host"), max_length=500, blank=True)
    amount_vnd = models.PositiveBigIntegerField(_("price, VND"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked"))
    answer_by = models.DateTimeField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(_("the host's words"), max_length=300, blank=True)
    pay_by = models.DateTimeField(_("to be paid by"), null=True, blank=True)
    booking = models.OneToOneField(
        "tourism.Booking", on_delete=models.PROTECT, null=True, blank=True, related_name="stay_request"
    )

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="accepted", booking__isnull=False, pay_by__isnull=False)
                | (~Q(state="accepted") & Q(booking=None, pay_by=None)),
                name="request_holds_nights_once_accepted",
            ),
            models.CheckConstraint(
                condition=Q(nights__gte=1, rooms__gte=1, guests__gte=1),
                name="request_is_for_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], name="requests_that_wait", condition=Q(state="waiting")),
            models.Index(fields=["room_type", "first_night"], name="requests_of_room_type"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"

    @property
    def leaves_on(self) -> date:
        return self.first_night + timedelta(days=self.nights)

"""Villages that host together: a co-operative sells, and a fair queue says which house takes the guests."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day
from marketplace.sellers.models import Seller
from tourism.models import Booking

FUND_BP_MAX = 2_000  # a fifth of the price


class Village(models.Model):
    """A village that hosts. All that its co-operative sells by the night is shared out among its houses.

    Parties of up to ``together_up_to`` guests stay in one house; larger ones are shared out.
    """

    seller = models.OneToOneField(Seller, on_delete=models.PROTECT, related_name="village")
    name = models.CharField(_("name"), max_length=80)
    together_up_to = models.PositiveSmallIntegerField(_("guests who stay in one house"), default=4)
    # Where the fund's share is paid to; empty: to the co-operative's own wallet, as a payout of its own.
    fund_provider = models.CharField(_("wallet operator of the fund"), max_length=20, blank=True)
    fund_msisdn = PhoneNumberField(_("wallet number of the fund"), blank=True)

    class Meta:
        verbose_name = _("village")
        verbose_name_plural = _("villages")
        constraints = [
            models.CheckConstraint(condition=Q(together_up_to__gte=1), name="somebody_stays_together"),
            models.CheckConstraint(
                condition=Q(fund_msisdn="") | ~Q(fund_provider=""), name="fund_wallet_names_its_operator"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def payee(self) -> str:
        """The name under which the fund is paid; the ledger has it behind ``payable:`` and ``debt:``."""
        return f"village-{self.pk}"

    @property
    def fund_name(self) -> str:
        """What the fund is called, in the reader's language."""
        return gettext("Fund of %(village)s") % {"village": self.name}

    @property
    def fund_wallet(self) -> tuple[str, str]:
        """Operator and number the fund is paid to; needs the seller. Empty where neither has a wallet."""
        if self.fund_msisdn:
            return self.fund_provider, str(self.fund_msisdn)
        return self.seller.wallet_provider, str(self.seller.wallet_msisdn)


class House(models.Model):
    """A house of the village. ``credit`` is added to its turns: turns it missed without a right to them."""

    village = models.ForeignKey(Village, on_delete=models.PROTECT, related_name="houses")
    name = models.CharField(_("household"), max_length=80)
    phone = PhoneNumberField(_("phone number"), blank=True)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="village_houses"
    )
    sleeps = models.PositiveSmallIntegerField(_("guests it takes"))
    credit = models.PositiveIntegerField(_("turns counted without guests"), default=0)
    joined_on = models.DateField(_("takes part from"))
    is_active = models.BooleanField(_("takes part"), default=True)

    class Meta:
        verbose_name = _("house of a village")
        verbose_name_plural = _("houses of villages")
        constraints = [
            models.UniqueConstraint(fields=["village", "name"], name="one_house_of_a_name"),
            models.CheckConstraint(condition=Q(sleeps__gte=1), name="house_takes_somebody"),
        ]

    def __str__(self) -> str:
        return self.name


class HouseAway(models.Model):
    """Nights on which a house cannot host, said beforehand: it costs no turn and earns none."""

    house = models.ForeignKey(House, on_delete=models.CASCADE, related_name="away")
    first_night = models.DateField(_("from the night of"))
    last_night = models.DateField(_("to the night of"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("absence of a house")
        verbose_name_plural = _("absences of houses")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_night__gte=F("first_night")), name="away_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.house_id} {self.first_night} - {self.last_night}"


class Turn(models.Model):
    """Guests of one booking, given to one house by the queue."""

    class State(models.TextChoices):
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")  # counts as a turn
        CANCELLED = "cancelled", _("cancelled")  # does not

    house = models.ForeignKey(House, on_delete=models.PROTECT, related_name="turns")
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="turns")
    guests = models.PositiveSmallIntegerField(_("guests"))
    # Copied from the booking: if that is moved, the guests are given anew.
    first_night = models.DateField(_("first night"))
    nights = models.PositiveSmallIntegerField(_("nights"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.GIVEN)
    given_at = models.DateTimeField(_("given"))
    ended_at = models.DateTimeField(_("refused or cancelled"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        constraints = [
            models.CheckConstraint(condition=Q(guests__gte=1, nights__gte=1), name="turn_is_for_somebody"),
            models.UniqueConstraint(
                fields=["house", "booking"], condition=Q(state="given"), name="one_turn_per_house_and_booking"
            ),
            models.CheckConstraint(
                condition=Q(state="given", ended_at=None) | (~Q(state="given") & Q(ended_at__isnull=False)),
                name="turn_ended_when",
            ),
        ]
        indexes = [
            models.Index(fields=["booking"], name="turns_of_booking"),
            models.Index(fields=["house", "first_night"], name="turns_of_house"),
        ]

    def __str__(self) -> str:
        return f"{self.house_id} {self.booking_id} {self.guests} {self.state}"

    @property
    def leaves_on(self) -> date:
        return self.first_night + timedelta(days=self.nights)


class FundRule(DatedRule):
    """What of the price of guests' nights and seats goes to the village's fund, as the village agreed."""

    village = models.ForeignKey(Village, on_delete=models.PROTECT, related_name="fund_rules")
    share_bp = models.PositiveIntegerField(_("share, hundredths of a per cent"))

    class Meta:
        verbose_name = _("rule of a village's fund")
        verbose_name_plural = _("rules of villages' funds")
        constraints = [
            only_one_a_day("one_fund_rule_a_day", number="village_id"),
            ends_after_it_begins("fund_rule_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(share_bp__lte=FUND_BP_MAX), name="fund_share_is_at_most_a_fifth"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village_id} {self.share_bp} bp from {self.valid_from}"

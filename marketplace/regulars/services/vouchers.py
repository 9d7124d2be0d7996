"""Codes with which a seller gives something off the own goods, at the own cost. The rest is Oscar's."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from agriculture.selectors import on_sale
from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.messaging.acts import note_act
from marketplace.regulars.errors import VoucherRefused
from marketplace.regulars.models import SellerVoucher
from marketplace.sellers.models import Seller
from marketplace.shop.basket.models import Basket

Benefit = get_model("offer", "Benefit")
Condition = get_model("offer", "Condition")
ConditionalOffer = get_model("offer", "ConditionalOffer")
Range = get_model("offer", "Range")
Voucher = get_model("voucher", "Voucher")

CODE = re.compile(r"[A-Z0-9]{4,20}")
PERCENT_MAX, USES_MAX = 50, 10_000
IN_A_BASKET = 3


@transaction.atomic
def make_voucher(
    *,
    seller: Seller,
    code: str,
    percent: int,
    first_day: date,
    last_day: date,
    uses: int,
    by: User,
    now: datetime,
) -> SellerVoucher:
    """Let ``code`` take ``percent`` off what the seller sells today, on these days, in so many orders.

    Calling again with the same code and facts returns the first. Raises Invalid, naming the field.
    """
    code = code.strip().upper()
    known = SellerVoucher.objects.filter(seller=seller, voucher__code=code).first()
    if known is not None and _same(known, percent, last_day):
        return known
    _check(code, percent, first_day, last_day, uses, today=timezone.localdate(now))
    products = list(on_sale().filter(product__origin__seller=seller, product__pool=None))
    if not products:
        raise Invalid("code", _("You sell nothing at the moment. Put something up for sale first."))
    try:
        with transaction.atomic():
            offer = _make_offer(seller, code, percent, uses, [produce.product for produce in products])
            voucher = Voucher.objects.create(
                name=offer.name,
                code=code,
                usage=Voucher.MULTI_USE,
                start_datetime=_moment(first_day),
                end_datetime=_moment(last_day + timedelta(days=1)) - timedelta(seconds=1),
            )
            voucher.offers.add(offer)
    except IntegrityError as error:
        raise Invalid("code", _("This code is used already. Choose another.")) from error
    note_act(seller=seller, by=by, what=gettext_noop("Made a voucher"), detail=code, now=now)
    return SellerVoucher.objects.create(voucher=voucher, seller=seller, made_by=by)


def _make_offer(seller: Seller, code: str, percent: int, uses: int, products: list[Any]) -> Any:
    """Make what Oscar wants of an offer. Its name is unique, so a code the seller used before is refused."""
    name = f"{seller.pk} {code}"
    goods = Range.objects.create(name=name)
    for product in products:
        goods.add_product(product)
    return ConditionalOffer.objects.create(
        name=name,
        offer_type=ConditionalOffer.VOUCHER,
        condition=Condition.objects.create(range=goods, type=Condition.COUNT, value=Decimal(1)),
        benefit=Benefit.objects.create(range=goods, type=Benefit.PERCENTAGE, value=Decimal(percent)),
        max_basket_applications=1,
        max_global_applications=uses,
    )


def end_voucher(*, own: SellerVoucher, by: User, now: datetime) -> None:
    """Let the code work no longer. Orders that used it stay as they are. Repeats change nothing."""
    with transaction.atomic():
        if Voucher.objects.filter(pk=own.voucher_id, end_datetime__gt=now).update(end_datetime=now):
            code = own.voucher.code
            note_act(seller=own.seller, by=by, what=gettext_noop("Ended a voucher"), detail=code, now=now)


def use_code(*, basket: Basket, code: str, now: datetime) -> Any:
    """Put a code into the basket; return Oscar's voucher. Repeats change nothing. Raises VoucherRefused."""
    code = code.replace("\x00", "").strip().upper()
    voucher = Voucher.objects.filter(code=code).first() if code else None
    if voucher is None:
        raise VoucherRefused(
            _("There is no code “%(code)s”. Look again how it is written.") % {"code": code[:20]}
        )
    if not voucher.is_active(now):
        raise VoucherRefused(_("The code %(code)s does not work today.") % {"code": code})
    if not basket.id or basket.is_empty:
        raise VoucherRefused(_("Put something into the basket first, then the code."))
    with basket.locked():
        others = basket.vouchers.exclude(pk=voucher.pk).count()
        if others >= IN_A_BASKET:
            raise VoucherRefused(_("At most %(most)d codes work together.") % {"most": IN_A_BASKET})
        if not any(_is_for(offer, basket) for offer in voucher.offers.select_related("condition__range")):
            raise VoucherRefused(_("The code %(code)s is for other goods than yours.") % {"code": code})
        basket.vouchers.add(voucher)
    return voucher


def drop_code(*, basket: Basket, code: str) -> None:
    """Take a code out of the basket. Repeats change nothing."""
    if basket.id:
        with basket.locked():
            basket.vouchers.remove(*basket.vouchers.filter(code=code.replace("\x00", "").upper()))


def _is_for(offer: Any, basket: Basket) -> bool:
    return offer.get_max_applications() > 0 and any(
        offer.condition.range.contains_product(line.product) for line in basket.all_lines()
    )


def _same(known: SellerVoucher, percent: int, last_day: date) -> bool:
    offer = known.voucher.offers.get()
    ends_on = timezone.localdate(known.voucher.end_datetime)
    return int(offer.benefit.value) == percent and ends_on == last_day


def _check(code: str, percent: int, first_day: date, last_day: date, uses: int, *, today: date) -> None:
    if not CODE.fullmatch(code):
        raise Invalid("code", _("A code is 4 to 20 letters without accents, and digits."))
    if not 1 <= percent <= PERCENT_MAX:
        raise Invalid("percent", _("Choose 1 to %(most)d percent.") % {"most": PERCENT_MAX})
    if not 1 <= uses <= USES_MAX:
        raise Invalid("uses", _("Choose how many orders may use it: 1 to %(most)d.") % {"most": USES_MAX})
    if last_day < max(first_day, today):
        raise Invalid("last_day", _("The last day is over. Choose a later one."))


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))

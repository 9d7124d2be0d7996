"""Looking at new sellers, listings and photos: who asked for it and why, and what was decided, by whom."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from frontend.pictures import delete_renditions
from marketplace.accounts.models import User
from marketplace.errors import Invalid, ShopError
from marketplace.sellers.models import Seller

from . import rules
from .models import Listing, Look, Photo

Product = get_model("catalogue", "Product")
ProductImage = get_model("catalogue", "ProductImage")

WORDS_MAX = 300


class AlreadyDecided(ShopError):
    code = "already_decided"

    def __init__(self) -> None:
        super().__init__(_("Somebody has decided this already. Open the list again."))


def ask(*, product: Any, findings: rules.Findings, now: datetime) -> None:
    """Have somebody look at a listing, and at its seller with the first one. In the caller's transaction."""
    seller = product.origin.seller
    facts = {"reasons": findings.reasons, "detail": "; ".join(findings.detail)[:300], "asked_at": now}
    Look.objects.get_or_create(
        subject=Look.Subject.LISTING,
        seller=seller,
        product=product,
        photo=None,
        verdict=Look.Verdict.OPEN,
        defaults=facts,
    )
    if rules.NEW_SELLER in findings.reasons:
        ask_about_seller(seller=seller, now=now)


def ask_about_seller(*, seller: Seller, now: datetime) -> None:
    """Have somebody look at a seller who was not looked at yet. Repeats change nothing."""
    if not Look.objects.filter(subject=Look.Subject.SELLER, seller=seller).exists():
        Look.objects.create(
            subject=Look.Subject.SELLER, seller=seller, reasons=[rules.NEW_SELLER], asked_at=now
        )


def ask_about_photo(*, photo: Photo, now: datetime) -> None:
    """Have somebody look at a photo that was added to what is for sale; it is shown meanwhile."""
    Look.objects.get_or_create(
        subject=Look.Subject.PHOTO,
        seller=photo.seller,
        product=photo.product,
        photo=photo,
        verdict=Look.Verdict.OPEN,
        defaults={"asked_at": now},
    )


def look_at_price(*, product: Any, price_vnd: int, now: datetime) -> None:
    """After a new price: have somebody look if it is far from the usual one. What is public stays public."""
    rule = rules.rule_on(timezone.localdate(now))
    if rule is None:
        return
    findings, produce, seller = rules.Findings(), product.produce, product.origin.seller
    facts = {"crop": produce.crop, "weight_g": produce.weight_g, "price_vnd": price_vnd}
    rules.examine_price(findings, rule=rule, seller=seller, **facts)
    if findings.reasons:
        ask(product=product, findings=findings, now=now)


@transaction.atomic
def decide(*, look_id: int, passes: bool, words: str, by: User, now: datetime) -> Look:
    """Write what somebody decided, and let it have its effect at once.

    A listing that passes is public unless its seller paused it; one that is refused is not. A refused photo
    is deleted with its pictures. A refused seller has every listing refused. Refusing needs ``words``, which
    the seller reads. Raises Invalid, and AlreadyDecided for what is not open.
    """
    look = Look.objects.select_for_update(of=["self"]).select_related("seller", "photo").get(pk=look_id)
    if look.verdict != Look.Verdict.OPEN:
        raise AlreadyDecided
    words = " ".join(words.split())
    if len(words) > WORDS_MAX or (not passes and not words):
        raise Invalid("words", _("Tell the seller why, in at most %(max)d letters.") % {"max": WORDS_MAX})
    look.verdict = Look.Verdict.PASSED if passes else Look.Verdict.REFUSED
    look.words, look.decided_by, look.decided_at = words, by, now
    look.save(update_fields=["verdict", "words", "decided_by", "decided_at"])
    if look.subject == Look.Subject.LISTING and look.product_id is not None:
        _judge([look.product_id], passes=passes, words=words, look=look)
    elif look.subject == Look.Subject.SELLER and not passes:
        waiting = Listing.objects.filter(product__origin__seller=look.seller)
        _judge(list(waiting.values_list("product_id", flat=True)), passes=False, words=words, look=look)
    elif look.subject == Look.Subject.PHOTO and not passes and look.photo is not None:
        if look.photo.name:
            transaction.on_commit(partial(delete_renditions, look.photo.name))
        ProductImage.objects.filter(product=look.product_id, original=look.photo.name).delete()
        Photo.objects.filter(pk=look.photo.pk).delete()
    return look


def show(listing: Listing) -> None:
    """Let the product be public or not, as its listing says. In the caller's transaction."""
    is_public = listing.state == Listing.State.PASSED and listing.paused_at is None
    Product.objects.filter(pk=listing.product_id).update(is_public=is_public)


def _judge(product_ids: list[int], *, passes: bool, words: str, look: Look) -> None:
    state = Listing.State.PASSED if passes else Listing.State.REFUSED
    listings = Listing.objects.select_for_update(of=["self"]).filter(product__in=product_ids)
    for listing in listings.order_by("pk"):
        listing.state, listing.words = state, words
        listing.save(update_fields=["state", "words"])
        show(listing)

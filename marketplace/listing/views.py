"""The seller's pages of what is for sale. Everybody sees their own sellers' things, agents by mandate."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.crops import crops
from agriculture.prices import parse_price
from agriculture.units import FIXED_G, Unit, parse_number, size_words
from marketplace.errors import Invalid
from marketplace.messaging.acts import NotAllowed
from marketplace.sellers.models import Mandate, Seller
from marketplace.sellers.pages import SellerPage
from payments.money import to_vnd

from . import hints, moderation, photos, selectors, services, wizard
from .errors import EMPTY, REFUSALS, PhotoRefused
from .models import Draft, Photo

PAGE_SIZE = 20


class SellerView(SellerPage):
    """The pages of what is for sale: for members of sellers, and agents who may list for them."""

    scope = Mandate.Scope.LISTING

    def seller(self, pk: str | None) -> Seller:
        """Return the chosen one of one's sellers; the only one needs no choice."""
        if len(self.sellers) == 1 and not pk:
            return self.sellers[0]
        found = next((each for each in self.sellers if str(each.pk) == pk), None)
        if found is None:
            raise Http404
        return found

    def produce(self, pk: int) -> Any:
        return get_object_or_404(selectors.products_of(self.sellers), product_id=pk)


class NewView(SellerView):
    """GET: the first question, a photo. POST ``{id, seller, photo | skip}``: keep it and ask on."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        draft_id, now = uuid_of(request.POST.get("id")), timezone.now()
        seller = self.seller(request.POST.get("seller"))
        photo = None
        try:
            if "skip" not in request.POST:
                photo = _upload(request, seller=seller, photo_id=draft_id)
        except PhotoRefused as refused:
            return self._page(request, error=str(refused), status=400)
        facts: dict[str, Any] = {"seller": seller, "by": request.user, "photo": photo, "begun_at": now}
        draft, _new = Draft.objects.get_or_create(pk=draft_id, defaults=facts)
        if draft.by_id != request.user.pk:
            raise Http404
        return redirect("listing:step", draft.pk, wizard.next_step(draft))

    def _page(self, request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
        drafts = Draft.objects.filter(by=request.user.pk, seller__in=self.sellers).order_by("-begun_at")
        context = {
            "sellers": self.sellers,
            "draft_id": uuid4(),
            "draft": Draft(),
            "drafts": [(each, wizard.next_step(each)) for each in drafts[:3]],
            "error": error,
            **_choices(self.sellers[0]),
        }
        return render(request, "listing/photo.html", context, status=status)


class StepView(SellerView):
    """GET: one question of a draft. POST: its answer, and on to the next; the last puts it up for sale."""

    def get(self, request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
        draft = self._draft(pk)
        if draft is None:
            return redirect("listing:products")
        return self._page(request, draft, step)

    def post(self, request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
        draft = self._draft(pk)
        if draft is None:  # tapped twice: it is for sale already
            return redirect("listing:done", pk)
        try:
            if step == "check":
                wizard.finish(draft, by=request.user, now=timezone.now())  # type: ignore[arg-type]
                return redirect("listing:done", pk)
            wizard.answer(draft, step, _said(request))
        except (Invalid, NotAllowed) as error:
            return self._page(request, draft, step, error=str(error), status=400)
        draft.save()
        back_to_check = "again" in request.GET and wizard.next_step(draft) == "check"
        following = "check" if back_to_check else _following(draft, step)
        return redirect("listing:step", draft.pk, following)

    def _draft(self, pk: UUID) -> Draft | None:
        """Return one's draft; None for one that became a listing of one's sellers. Others are not there."""
        mine = Draft.objects.select_related("seller__unit", "photo").filter(seller__in=self.sellers, pk=pk)
        draft = mine.first()
        if draft is None and not selectors.products_of(self.sellers).filter(product__listing=pk).exists():
            raise Http404
        return draft

    def _page(
        self, request: HttpRequest, draft: Draft, step: str, *, error: str = "", status: int = 200
    ) -> HttpResponse:
        if step not in wizard.STEPS:
            raise Http404
        crop = crops().get(draft.crop)
        context: dict[str, Any] = {
            "draft": draft,
            "step": step,
            "crop": crop,
            "before": wizard.before(draft, step),
            "number": wizard.STEPS.index(step) + (1 if step == "crop" else 0),
            "error": error,
            "typed": request.POST,
            "photo_words": _photo_words(draft.photo),
            **_choices(draft.seller),
        }
        context |= _units(crop)
        if step == "price" and draft.unit:
            context |= _price_context(draft)
        if step == "check" and draft.unit:
            context["unit_label"] = Unit(draft.unit).label
            context["weight_words"] = size_words(Unit.BAG, draft.weight_g or 0)
            context["says_weight"] = Unit(draft.unit) not in FIXED_G
        return render(request, f"listing/{step}.html", context, status=status)


class DoneView(SellerView):
    """GET: it is for sale, or waits for a look."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        produce = get_object_or_404(selectors.products_of(self.sellers), product__listing=pk)
        return render(request, "listing/done.html", {"produce": produce, "listing": produce.product.listing})


class SendView(SellerView):
    """POST a whole listing that a phone kept while it had no signal: once, however often it is sent.

    Answers ``{noted, message, url}``; 400 with ``{message, field}`` for what cannot be listed.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        listing_id, now = uuid_of(request.POST.get("id")), timezone.now()
        seller = self.seller(request.POST.get("seller"))
        photo, words = None, ""
        try:
            if request.FILES.get("photo"):
                try:
                    photo = _upload(request, seller=seller, photo_id=listing_id)
                except PhotoRefused as refused:
                    words = str(refused)  # the rest is worth having
            facts = wizard.of_form(_said(request))
            wizard.publish(
                listing_id=listing_id,
                seller=seller,
                said=facts,
                photo_id=photo.pk if photo else None,
                by=request.user,  # type: ignore[arg-type]
                now=now,
            )
        except Invalid as error:
            return JsonResponse({"noted": False, "message": str(error), "field": error.field}, status=400)
        message = " ".join(filter(None, [_("It is there."), words]))
        return JsonResponse(
            {"noted": True, "message": message, "url": reverse("listing:done", args=[listing_id])}
        )


class HintView(SellerView):
    """GET ?crop=&unit=&seller=: what others got: ``{price_vnd, words}``; empty where that tells too much."""

    def get(self, request: HttpRequest) -> HttpResponse:
        crop = crops().get(request.GET.get("crop", ""))
        unit = request.GET.get("unit", "")
        if crop is None or unit not in Unit.values:
            return JsonResponse({})
        seller, now = self.seller(request.GET.get("seller")), timezone.localdate()
        weight_g = crop.grams_of(Unit(unit))
        hint = hints.price_hint(seller=seller, crop=crop, unit=Unit(unit), weight_g=weight_g, today=now)
        return JsonResponse({"price_vnd": hint.price_vnd, "words": hint.words} if hint else {})


class PhotoStateView(SellerView):
    """GET: how far the pictures of a photo are: ``{state, words}``."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        photo = get_object_or_404(Photo, pk=pk, seller__in=self.sellers)
        return JsonResponse({"state": photo.state, "words": _photo_words(photo)})


class ProductsView(SellerView):
    """GET ?page=: what one has for sale. POST is to each product's own address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return products_page(request, self.sellers)


class ProductView(SellerView):
    """POST ``{act: price | stock | pause | resume | photo, value}``: change one thing of one product."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        produce, now = self.produce(pk), timezone.now()
        try:
            said = self._act(request, produce.product, now)
        except (Invalid, NotAllowed) as error:
            return products_page(request, self.sellers, wrong=pk, error=str(error), status=400)
        messages.success(request, said)
        return redirect(f"{reverse('listing:products')}#p{pk}")

    def _act(self, request: HttpRequest, product: Any, now: Any) -> str:
        act, value = request.POST.get("act"), request.POST.get("value", "")
        facts: dict[str, Any] = {"product": product, "by": request.user, "now": now}
        if act == "price":
            price_vnd = parse_price(value)
            if price_vnd is None:
                raise Invalid("price", _("Write the price in đồng, for example 18000 or 18k."))
            services.change_price(price_vnd=price_vnd, **facts)
            return _("The new price counts from now on.")
        if act == "stock":
            number = parse_number(value)
            if number is None or number != int(number):
                raise Invalid("quantity", _("Write a whole number; 0 means sold out."))
            services.change_stock(quantity=int(number), **facts)
            return _("Noted: this is how many there are now.")
        if act == "photo":
            photo = _upload(request, seller=product.origin.seller, photo_id=uuid_of(request.POST.get("id")))
            photos.show(photo_id=photo.pk, product=product)
            moderation.ask_about_photo(photo=Photo.objects.get(pk=photo.pk), now=now)
            return _("The photo is there. It is shown as soon as it is ready.")
        if act == "pause":
            services.pause(**facts)
            return _("It is off the shelf.")
        if act == "resume":
            services.resume(**facts)
            return _("It is back on the shelf.")
        raise Http404


def products_page(
    request: HttpRequest, sellers: list[Seller], *, wrong: int = 0, error: str = "", status: int = 200
) -> HttpResponse:
    page = Paginator(selectors.products_of(sellers), PAGE_SIZE).get_page(request.GET.get("page"))
    rows: Any = page
    for produce in rows:
        produce.price_vnd = to_vnd(produce.price) if produce.price is not None else None
    context = {"page_obj": page, "sellers": sellers, "wrong": wrong, "error": error, "photo_id": uuid4()}
    return render(request, "listing/products.html", context, status=status)


def _upload(request: HttpRequest, *, seller: Seller, photo_id: UUID) -> Photo:
    file = request.FILES.get("photo")
    if file is None:
        raise PhotoRefused(EMPTY)
    by: Any = request.user
    return photos.upload(seller=seller, file=file, photo_id=photo_id, by=by, now=timezone.now())


def _said(request: HttpRequest) -> dict[str, str]:
    """Return what was said under each name: a tapped tile stands before the field beside it, left empty."""
    return {
        name: next((str(value) for value in values if str(value).strip()), "")
        for name, values in request.POST.lists()
    }


def uuid_of(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise Http404 from None


def _following(draft: Draft, step: str) -> str:
    """Return the question after ``step``, skipping those that need not be asked."""
    later = wizard.STEPS[wizard.STEPS.index(step) + 1 :]
    following = later[0] if later else "check"
    if following == "name" and draft.crop != wizard.OTHER:
        following = "quantity"
    if step == "name" and draft.crop != wizard.OTHER:
        following = "check" if wizard.next_step(draft) == "check" else wizard.next_step(draft)
    if step == "quantity" and draft.unit and draft.weight_g:
        following = "price"
    return following


def _photo_words(photo: Photo | None) -> str:
    if photo is None:
        return ""
    if photo.state == Photo.State.WAITING:
        return _("The photo is being prepared. You can go on.")
    if photo.state == Photo.State.READY:
        return _("The photo is ready.")
    return str(REFUSALS.get(photo.refusal, ""))


def _choices(seller: Seller) -> dict[str, Any]:
    month = timezone.localdate().month
    return {
        "choices": selectors.crop_choices(seller=seller, month=month),
        "quantities": wizard.QUANTITIES,
        "categories": wizard.category_choices(),
        "all_units": list(Unit),
        "unit_tiles": [(unit, unit.label) for unit in Unit],
    }


def _units(crop: Any) -> dict[str, Any]:
    """The tiles of units: a crop's own first, each with what one weighs."""
    units = list(crop.units) if crop else [Unit.KG, Unit.YEN, Unit.TA, Unit.LANG]
    return {"units": [(unit, services.label_of(unit, crop)) for unit in units]}


def _price_context(draft: Draft) -> dict[str, Any]:
    crop, unit = crops().get(draft.crop), Unit(draft.unit)
    weight_g = draft.weight_g or 0
    facts: dict[str, Any] = {"seller": draft.seller, "unit": unit, "weight_g": weight_g}
    facts["today"] = timezone.localdate()
    last = selectors.last_price_vnd(seller=draft.seller, crop=draft.crop, unit=draft.unit)
    return {
        "unit_label": unit.label,
        "hint": hints.price_hint(crop=crop, **facts) if crop else None,
        "last_vnd": to_vnd(last) if last is not None else None,
    }

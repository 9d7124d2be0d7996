"""Where an order's goods go, and what it costs to bring them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.delivery.models import Destination, FreeDelivery, PostOffice, Province, Rate, RouteFee
from marketplace.delivery.services.addresses import HOME_PROVINCE, Address, checked_postal_code, read_address
from marketplace.errors import Invalid
from marketplace.places.models import Commune, Neighbour
from marketplace.places.selectors import communes_at
from payments.compiled import compiled

NEAR_ROADS = ("I", "II")  # communes of these zones are reached a day sooner than those of zone III


@dataclass(frozen=True)
class Wish:
    """What a buyer says about delivery: to the door or to a post office, in words and codes."""

    method: str
    province_code: str = HOME_PROVINCE
    commune_code: str = ""
    detail: str = ""
    post_office_code: str = ""
    postal_code: str = ""
    # A whole address in one line, old names welcome: then province, commune and detail are read in it.
    written: str = ""


@dataclass(frozen=True)
class Parcel:
    """What one seller sends: from which commune of today, how heavy, and the price of the goods in đồng."""

    origin_id: int
    weight_g: int
    goods_vnd: int = 0


@dataclass(frozen=True)
class Fee:
    amount_vnd: int
    days: int


def resolve(wish: Wish, *, on: date) -> Destination:
    """Return the (unsaved) destination a wish names. Raises Invalid naming the field that is wrong."""
    if wish.method == Destination.Method.POST_OFFICE:
        office = PostOffice.objects.select_related("commune").filter(code=wish.post_office_code).first()
        if office is None:
            raise Invalid("post_office", _("Choose the post office where you collect the parcel."))
        return at_office(office)
    if wish.method != Destination.Method.HOME:
        raise Invalid("method", _("Choose delivery to the door or to a post office."))
    if wish.written.strip():
        return _at_home(wish, read_address(wish.written, on=on))
    province = next(iter(_provinces(wish.province_code)), None)
    if province is None:
        raise Invalid("province", _("Choose a province."))
    commune = communes_at(on).filter(code=wish.commune_code).first() if wish.commune_code else None
    if province.code == HOME_PROVINCE and commune is None:
        raise Invalid("commune", _("Choose the commune or ward."))
    if not wish.detail.strip():
        raise Invalid("detail", _("Write the hamlet, house or a landmark the carrier can find."))
    return _at_home(wish, Address(wish.detail.strip(), province, commune))


def _at_home(wish: Wish, address: Address) -> Destination:
    """To a door: in the province by the postman of the commune's post office."""
    commune, province = address.commune, address.province
    return Destination(
        method=wish.method,
        province=province,
        commune=commune,
        detail=address.detail[:200],
        postal_code=checked_postal_code(wish.postal_code, province_code=province.code),
        brought_from=PostOffice.objects.filter(commune=commune).order_by("code").first() if commune else None,
    )


def at_office(office: PostOffice) -> Destination:
    """Return the (unsaved) destination of who collects at ``office``."""
    method = Destination.Method.POST_OFFICE
    return Destination(method=method, province_id=HOME_PROVINCE, commune=office.commune, post_office=office)


def fees(*, parcels: Sequence[Parcel], destination: Destination, on: date) -> list[Fee]:
    """Return what each parcel costs, in the order given. Four queries at most, whatever their number.

    By weight and zone, and what the route to the last post office costs more; nothing from the price on from
    which the carrier asks nothing. All dated rows; their sources stand in delivery/data/README.md.
    """
    rates = {rate.zone: rate for rate in _rates(on)}
    is_near = destination.province_id == HOME_PROVINCE
    near = _near(destination.commune) if is_near else frozenset()
    free = {}
    if is_near:
        rows = FreeDelivery.objects.filter(valid_from__lte=on).order_by("valid_from")
        free = dict(rows.values_list("zone", "from_vnd"))
    route_vnd = _route_vnd(destination, on)
    found = []
    for parcel in parcels:
        zone = _zone(parcel, destination, near)
        free_from_vnd = free.get(zone)
        is_free = free_from_vnd is not None and parcel.goods_vnd >= free_from_vnd
        fee = _fee(parcel, rates[zone])
        found.append(Fee(0 if is_free else fee.amount_vnd + route_vnd, fee.days))
    return found


@compiled
def _provinces(code: str) -> QuerySet[Province]:
    return Province.objects.filter(code=code)


@compiled
def _rates(on: date) -> QuerySet[Rate]:
    return Rate.objects.filter(valid_from__lte=on).order_by("valid_from")


def _route_vnd(destination: Destination, on: date) -> int:
    """What the route to the buyer's post office costs more; the last row that holds counts."""
    office_id = destination.post_office_id or destination.brought_from_id
    if office_id is None:
        return 0
    rows = RouteFee.objects.filter(route__stops__office=office_id, valid_from__lte=on)
    return rows.order_by("-valid_from").values_list("parcel_vnd", flat=True).first() or 0


def _near(commune: Commune | None) -> frozenset[int]:
    """The commune itself and its neighbours."""
    assert commune is not None
    pairs = Neighbour.objects.filter(Q(a=commune) | Q(b=commune)).values_list("a_id", "b_id")
    return frozenset({commune.pk}.union(*pairs))


def _zone(parcel: Parcel, destination: Destination, near: frozenset[int]) -> str:
    if destination.province_id != HOME_PROVINCE:
        return destination.province.zone
    assert destination.commune is not None
    if parcel.origin_id in near:
        return "Z1"
    return "Z2" if destination.commune.zone in NEAR_ROADS else "Z3"


def _fee(parcel: Parcel, rate: Rate) -> Fee:
    steps = max(0, -(-(parcel.weight_g - rate.first_g) // rate.step_g))  # every step begun counts
    return Fee(amount_vnd=rate.first_vnd + steps * rate.step_vnd, days=rate.days)

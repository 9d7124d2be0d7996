"""Whom the accounts of the ledger belong to, as people are called."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from marketplace.delivery.models import PostOffice
from marketplace.sellers.models import Seller, SubOrder
from tourism.desk.models import Village

from .services.booking import CARRIER

SELLER = "seller-"
VILLAGE = "village-"
DELIVERY = "-D"  # after the number of a part: the escrow of its delivery


def names_of(codes: Collection[str]) -> dict[str, str]:
    """Return the names of the accounts ``codes`` that belong to somebody: sellers, the post, post offices.

    Escrow is called by the seller of the part. Four queries at most, fewer where a kind is absent.
    """
    parts = {code: code.partition(":")[::2] for code in codes}
    payees = {code: name for code, (kind, name) in parts.items() if kind in ("payable", "debt")}
    escrows = {code: name.removesuffix(DELIVERY) for code, (kind, name) in parts.items() if kind == "escrow"}
    tills = {code: name for code, (kind, name) in parts.items() if kind == "till"}
    names = {code: _("Post") for code, payee in payees.items() if payee == CARRIER}
    sellers = {
        code: int(number)
        for code, payee in payees.items()
        if payee.startswith(SELLER) and (number := payee.removeprefix(SELLER)).isdecimal()
    }
    if sellers:
        called = dict(Seller.objects.filter(pk__in=sellers.values()).values_list("pk", "name"))
        names |= {code: called[pk] for code, pk in sellers.items() if pk in called}
    funds = {
        code: int(number)
        for code, payee in payees.items()
        if payee.startswith(VILLAGE) and (number := payee.removeprefix(VILLAGE)).isdecimal()
    }
    if funds:
        villages = Village.objects.in_bulk(funds.values())
        names |= {code: villages[pk].fund_name for code, pk in funds.items() if pk in villages}
    if escrows:
        own = SubOrder.objects.filter(number__in=escrows.values()).values_list("number", "seller__name")
        of_part = dict(own)
        names |= {code: of_part[number] for code, number in escrows.items() if number in of_part}
    if tills:
        offices = dict(PostOffice.objects.filter(code__in=tills.values()).values_list("code", "name"))
        names |= {code: offices[office] for code, office in tills.items() if office in offices}
    return names

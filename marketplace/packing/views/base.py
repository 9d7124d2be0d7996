"""What the seller's pages of packing share: who may look, and at whose orders."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from marketplace.packing.selectors import work
from marketplace.sellers.models import Mandate, Seller
from marketplace.sellers.pages import SellerPage


class SellerView(SellerPage):
    """The pages of packing: for members of sellers, and agents who may prepare their orders."""

    scope = Mandate.Scope.ORDERS

    def work(self, number: str) -> work.Work:
        """A part of an order of one of the person's sellers. To them there are no others."""
        found = work.work_of(self.sellers, number, today=timezone.localdate())
        if found is None:
            raise Http404
        return found

    def seller(self, slug: str) -> Seller:
        """One of the person's sellers, the first without a ``slug``."""
        for seller in self.sellers:
            if slug in ("", seller.slug):
                return seller
        raise Http404

"""What a page of a seller needs: somebody who acts for one."""

from __future__ import annotations

from marketplace.sellers.models import Mandate
from marketplace.sellers.pages import SellerPage


class SellingView(SellerPage):
    """A page for members of a seller, and for agents whom it allows to list things."""

    scope = Mandate.Scope.LISTING

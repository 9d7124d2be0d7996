"""What the pages of sellers share: who may look, and what those hear who sell nothing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.accounts.pages import PrivatePage, Refusal

from .models import Mandate, Seller
from .selectors import sellers_of

NOT_SELLING = Refusal(
    title=_("Sell"),
    heading=_("You do not sell here yet"),
    text=_(
        "Open your shop in a few minutes. "
        "The post point in your commune or your co-operative does it with you, if you like."
    ),
    icon="leaf",
    leads_to="joining:what",
    action=_("Open my shop"),
)


class SellerPage(PrivatePage):
    """For members of sellers, and agents whose mandate has ``scope``; ``sellers`` are those they act for."""

    refusal = NOT_SELLING
    scope: Mandate.Scope
    sellers: list[Seller]

    def may_enter(self) -> bool:
        self.sellers = list(sellers_of(self.user.pk, scope=self.scope))
        return bool(self.sellers)

    def shared(self) -> dict[str, Any]:
        return {"sellers": self.sellers}

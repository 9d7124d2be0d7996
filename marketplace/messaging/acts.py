"""Who did what for a seller: written down always, and told to the farmer when somebody else did it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.sellers.models import Act, Mandate, Member, Seller

from . import services
from .readers import speaking_to

TOLD_LETTERS = 60  # of the detail, so that the whole is at most two SMS


class NotAllowed(Exception):
    """Somebody acts for a seller without being a member, and without leave that lives."""

    def __init__(self, *, by: User, seller: Seller) -> None:
        super().__init__(
            _("%(who)s may not act for %(seller)s. Ask the farmer for leave first.")
            % {"who": by.get_full_name(), "seller": seller.name}
        )


@transaction.atomic
def note_act(*, seller: Seller, by: User, what: str, detail: str = "", now: datetime) -> Act:
    """Write down that ``by`` did ``what`` for ``seller``, in the caller's transaction.

    ``what`` is an English sentence without its subject, marked with ``gettext_noop`` ("Changed a price");
    ``detail`` is shown as it is ("Gạo séng cù: 18.000 ₫"). When ``by`` is no member, the farmer is told by
    SMS. Not for repeats: call it where something new was written. Raises NotAllowed for somebody who is
    neither a member nor has a mandate that lives, which undoes what the caller wrote.
    """
    is_member = Member.objects.filter(seller=seller, user=by).exists()
    mandate = None
    if not is_member:
        living = Mandate.objects.filter(seller=seller, agent=by, revoked_at=None)
        # Locked: an act and the end of the leave follow each other.
        mandate = living.exclude(consented_at=None).select_for_update().first()
        if mandate is None:
            raise NotAllowed(by=by, seller=seller)
    act = Act.objects.create(seller=seller, by=by, mandate=mandate, what=what, detail=detail[:200], at=now)
    if mandate is not None and seller.phone:
        with speaking_to(seller.phone):
            text = _("%(who)s for you: %(what)s. %(detail)s. Not right? Send HUY, or sell/helpers/.") % {
                "who": by.get_full_name(),
                "what": _(what),
                "detail": detail[:TOLD_LETTERS] or seller.name,
            }
        services.send(to=str(seller.phone), text=text, purpose="act", key=f"act/{act.pk}", now=now)
    return act

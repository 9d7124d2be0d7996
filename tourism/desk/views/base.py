"""What the pages of the desk share: who may look, and that nothing of it is kept anywhere."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone

from marketplace.accounts.pages import PrivatePage
from marketplace.sellers.pages import NOT_SELLING
from tourism.desk.selectors import day
from tourism.desk.selectors.register import open_reminders


class DeskView(PrivatePage):
    """For hosts and the houses of villages; others hear how one begins to sell."""

    refusal = NOT_SELLING
    desk: day.Desk

    def may_enter(self) -> bool:
        self.desk = day.desk_of(self.user)
        return self.desk.is_open

    def shared(self) -> dict[str, Any]:
        reminders = open_reminders(seller_ids=self.desk.seller_ids, now=timezone.now())
        return {"desk": self.desk, "reminders": reminders}

    def row(self, booking_id: int) -> day.GuestRow:
        """A booking of this desk. To it there are no others."""
        found = day.row_of(self.desk, booking_id)
        if found is None:
            raise Http404
        return found

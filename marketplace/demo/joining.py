"""The agent the demo's farmer gave leave to, and how a co-operative of the demo divides its money."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.sellers.identity import LevelStep, Share, ShareTable
from marketplace.sellers.models import Act, Mandate, Seller

SINCE = timedelta(days=40)
SHARES = (("Lò Văn Hặc (dữ liệu mẫu)", 4_500), ("Quàng Thị Ánh (dữ liệu mẫu)", 3_250), ("Quỹ chung", 2_250))


def save(seller: Seller, *, farmer: User, agent: User, cooperative: Seller, now: datetime) -> None:
    """Let ``agent`` act for ``seller`` since forty days, whom they also confirmed. Five queries."""
    began = now - SINCE
    mandate = Mandate.objects.create(
        seller=seller,
        agent=agent,
        scopes=Mandate.Scope.values,
        asked_at=began,
        consented_at=began + timedelta(minutes=4),
    )
    told = agent.get_full_name()
    Act.objects.bulk_create(
        [
            Act(
                seller=seller,
                by=farmer,
                what=gettext_noop("Gave leave to act"),
                detail=told,
                at=began + timedelta(minutes=4),
            ),
            Act(
                seller=seller,
                by=agent,
                mandate=mandate,
                what=gettext_noop("Looked at who sells"),
                detail="dữ liệu mẫu",
                at=began + timedelta(minutes=9),
            ),
        ]
    )
    LevelStep.objects.create(
        seller=seller, level=1, by=agent, grounds=LevelStep.Grounds.KNOWN, at=began + timedelta(minutes=9)
    )
    table = ShareTable.objects.create(
        seller=cooperative, valid_from=timezone.localdate(began), by=agent, written_at=began
    )
    Share.objects.bulk_create(Share(table=table, name=name, basis_points=points) for name, points in SHARES)

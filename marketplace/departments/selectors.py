"""What is known of departments: what they asked, and what they were told."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from .models import Call, CallsOfDay, Delivery, Department

SHOWN = 20


def departments(*, today: date) -> QuerySet[Department]:
    """Every department by name, with ``calls_today``, ``living_keys`` and ``failed`` messages. One query."""
    of_today = CallsOfDay.objects.filter(department=OuterRef("pk"), called_on=today).values("calls")
    return Department.objects.annotate(
        calls_today=Subquery(of_today),
        living_keys=Count("keys", filter=Q(keys__revoked_at=None), distinct=True),
        failed=Count("webhooks__deliveries", filter=Q(webhooks__deliveries__state="failed"), distinct=True),
    ).order_by("name")


def deliveries(department: Department) -> QuerySet[Delivery]:
    """The last that was told to the addresses of ``department``, newest first. One query."""
    found = Delivery.objects.filter(webhook__department=department).select_related("webhook", "release")
    return found.order_by("-queued_at", "-pk")[:SHOWN]


def calls(department: Department) -> QuerySet[Call]:
    """The last that was asked with a key of ``department``, newest first. One query."""
    found = Call.objects.filter(key__department=department).select_related("key")
    return found.order_by("-asked_at", "-pk")[:SHOWN]

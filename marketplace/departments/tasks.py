from uuid import UUID

from celery import shared_task
from django.utils import timezone

from marketplace.sweeps import each

from . import keys, outgoing, reports, webhooks
from .models import Delivery, Report


@shared_task
def announce_releases() -> int:
    """Write what webhooks are to be told and send what is due; return how many were told."""
    now = timezone.now()
    webhooks.announce(now=now)
    return each(
        outgoing.due(Delivery, now=now),
        lambda delivery_id: webhooks.deliver(delivery_id=delivery_id, now=timezone.now()),
        failure="Delivery %s to a webhook failed",
    )


@shared_task
def deliver_webhook(*, delivery_id: str) -> bool:
    """Send one message. Returns False if it was not due; a failure is tried again by the sweep."""
    return webhooks.deliver(delivery_id=UUID(delivery_id), now=timezone.now())


@shared_task
def write_reports() -> int:
    """Write the reports of what is over and send what is due; return how many went out."""
    now = timezone.now()
    reports.write_due(now=now)
    return each(
        outgoing.due(Report, now=now),
        lambda report_id: reports.deliver(report_id=report_id, now=timezone.now()),
        failure="Report %s failed",
    )


@shared_task
def deliver_report(*, report_id: int) -> bool:
    """Send one letter. Returns False if it was not due; a failure is tried again by the sweep."""
    return reports.deliver(report_id=report_id, now=timezone.now())


@shared_task
def forget_calls() -> int:
    """Delete what departments asked years ago; return how many calls. Meant for once a day."""
    return keys.forget(now=timezone.now())

"""Telling departments of new releases: signed as Standard Webhooks says, until they answer.

Source of the headers and the signature: https://www.standardwebhooks.com/ (webhook-id, webhook-timestamp,
webhook-signature: v1 and HMAC-SHA256 over "id.timestamp.body"), which libraries in many languages check.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.statistics.releases.documents import moment
from marketplace.statistics.releases.models import Release
from payments.services.outbox import run_later

from . import calling, outgoing
from .catalogue import tables_of
from .errors import AddressRefused, NotAnswered
from .models import Delivery, Department, Webhook

PUBLISHED, TEST = "release.published", "test"


def add(*, webhook_id: uuid.UUID, department: Department, url: str, by: User, now: datetime) -> Webhook:
    """Let ``department`` be told of releases at ``url`` from now on.

    The same ``webhook_id`` again changes nothing. Raises AddressRefused for an address that is never called,
    or that the department has already.
    """
    calling.check_address(url)
    known = Webhook.objects.filter(pk=webhook_id).first()
    if known is not None:
        return known
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=department.pk)
        if Webhook.objects.filter(department=department, url=url, ended_at=None).exists():
            raise AddressRefused(_("%(url)s is told of releases already.") % {"url": url})
        return Webhook.objects.create(id=webhook_id, department=department, url=url, made_at=now, made_by=by)


def end(*, webhook: Webhook, now: datetime) -> None:
    """Tell this address nothing any more, also of what is waiting."""
    Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(ended_at=now)


def renew_secret(*, webhook_id: uuid.UUID, version: int) -> bool:
    """Make the next secret in place of that of ``version``; False if it is not the one in use any more."""
    in_use = Webhook.objects.filter(pk=webhook_id, version=version, ended_at=None)
    return bool(in_use.update(version=version + 1))


def secret_of(webhook: Webhook) -> str:
    """Return the secret this webhook's messages are signed with. It is kept nowhere."""
    words = f"webhooks/{webhook.pk}/{webhook.version}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(digest).decode()


def announce(*, now: datetime) -> int:
    """Write a delivery of every release that a webhook has lived to see and was not told of; return how many.

    Repeats write nothing. Meant for every minute.
    """
    written = 0
    for webhook in Webhook.objects.filter(ended_at=None, department__is_active=True).order_by(
        "made_at", "pk"
    ):
        new = Release.objects.filter(made_at__gte=webhook.made_at).exclude(
            pk__in=Delivery.objects.filter(webhook=webhook, release__isnull=False).values("release")
        )
        for release in new.order_by("number"):
            body = _body(PUBLISHED, published(release), now)
            _delivery, is_new = Delivery.objects.get_or_create(
                webhook=webhook,
                release=release,
                defaults={"body": body, "queued_at": now, "next_try_at": now},
            )
            written += is_new
    return written


@transaction.atomic
def test(*, delivery_id: uuid.UUID, webhook: Webhook, now: datetime) -> None:
    """Send a message that says nothing, to try the way. The same ``delivery_id`` again sends nothing."""
    Delivery.objects.get_or_create(
        id=delivery_id,
        defaults={
            "webhook": webhook,
            "body": _body(TEST, {"department": webhook.department.name}, now),
            "queued_at": now,
            "next_try_at": now,
        },
    )
    run_later("marketplace.departments.tasks.deliver_webhook", delivery_id=str(delivery_id))


@transaction.atomic
def replay(*, delivery: Delivery, now: datetime) -> None:
    """Send the same message with the same id once more."""
    outgoing.queue_again(delivery, now=now)
    run_later("marketplace.departments.tasks.deliver_webhook", delivery_id=str(delivery.pk))


def deliver(*, delivery_id: uuid.UUID, now: datetime) -> bool:
    """Send one message if it is due. Returns False if it is not, or was not taken."""
    delivery = outgoing.claim(Delivery, delivery_id, now=now)
    if delivery is None:
        return False
    webhook = Webhook.objects.get(pk=delivery.webhook_id)
    if webhook.ended_at is not None:
        outgoing.given_up(delivery, "The webhook was ended.")
        return False
    body = delivery.body.encode()
    try:
        calling.post(webhook.url, body=body, headers=signed(webhook, delivery.pk, body, now=now))
    except (NotAnswered, AddressRefused) as error:
        outgoing.failed(delivery, error)
        return False
    outgoing.sent(delivery, now=now)
    return True


def signed(webhook: Webhook, message_id: uuid.UUID, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the three headers by which the receiver knows that we wrote ``body``, and when."""
    name, timestamp = f"msg_{message_id.hex}", str(int(now.timestamp()))
    secret = base64.b64decode(secret_of(webhook).removeprefix("whsec_"))
    digest = hmac.new(secret, f"{name}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def published(release: Release) -> dict[str, Any]:
    """Return a release as programs are told of it: what it is, its hash, and where its tables are."""

    def address(name: str, form: str) -> str:
        path = reverse("release-data", kwargs={"number": release.number, "name": name, "format": form})
        return settings.PUBLIC_BASE_URL + path

    header = reverse("release-header", args=[release.number])
    return {
        "number": release.number,
        "month": f"{release.month:%Y-%m}",
        "revision": release.revision,
        "as_of": moment(release.as_of),
        "changelog": release.changelog,
        "hash": release.hash,
        "header": settings.PUBLIC_BASE_URL + header,
        "tables": {
            name: {"json": address(name, "json"), "csv": address(name, "csv")} for name in tables_of(release)
        },
    }


def _body(kind: str, data: dict[str, Any], now: datetime) -> str:
    return json.dumps({"type": kind, "timestamp": moment(now), "data": data}, ensure_ascii=False)

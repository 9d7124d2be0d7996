"""What readers of codes report, and what officials found."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.trace.errors import CertificateInvalid
from agriculture.trace.models import Mistake
from marketplace.accounts.models import User
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.sellers.models import Seller


@transaction.atomic
def report_mistake(
    *,
    mistake_id: uuid.UUID,
    code: str,
    seller: Seller,
    product: Any,
    kind: str,
    words: str,
    phone: str,
    now: datetime,
) -> Mistake:
    """Keep what somebody reports of a code, once per id, and tell its seller, at most once a day."""
    assert kind in Mistake.Kind.values, kind
    mistake, is_new = Mistake.objects.get_or_create(
        pk=mistake_id,
        defaults={
            "code": code,
            "seller": seller,
            "product": product,
            "kind": kind,
            "words": words,
            "phone": phone,
            "reported_at": now,
        },
    )
    if is_new and seller.phone:
        with speaking_to(seller.phone):
            text = _(
                "Somebody reports a mistake about your pack %(code)s: %(what)s. See /sell/certificates/"
            ) % {
                "code": code,
                "what": mistake.get_kind_display(),
            }
        messaging.send(
            to=str(seller.phone),
            text=text,
            purpose="mistake",
            key=f"mistake/{seller.pk}/{timezone.localdate(now)}",
            now=now,
        )
    return mistake


def close_mistake(*, mistake_id: uuid.UUID, answer: str, by: User, now: datetime) -> Mistake:
    """Say what was found. The first answer stays; the number of who reported it is emptied, as nobody calls
    there any more. Raises CertificateInvalid without an answer.
    """
    if not answer.strip():
        raise CertificateInvalid("answer", _("Write what you found, for the next who looks."))
    with transaction.atomic():
        mistake = Mistake.objects.select_for_update().get(pk=mistake_id)
        if mistake.closed_at is None:
            mistake.answer, mistake.closed_by, mistake.closed_at = answer.strip()[:300], by, now
            mistake.phone = ""
            mistake.save(update_fields=["answer", "closed_by", "closed_at", "phone"])
    return mistake

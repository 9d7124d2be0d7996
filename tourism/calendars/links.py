"""The secret addresses of guests' requests: whoever has one is the guest."""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from .models import StayRequest

_SIGNER = Signer(salt="tourism.calendars.request", sep=".")


def signed(request: StayRequest) -> str:
    return _SIGNER.sign(str(request.pk))


def address_of(request: StayRequest) -> str:
    return reverse("stay-requests:request", args=[signed(request)])


def read(text: str) -> UUID | None:
    """Return the id of the request behind a signed text; None if nobody here has signed it."""
    try:
        return UUID(_SIGNER.unsign(text))
    except (BadSignature, ValueError):
        return None

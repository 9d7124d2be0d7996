"""How a payment stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from payments import selectors
from payments.models import Intent

from .endpoint import Endpoint


class PaymentShape(serializers.Serializer):
    """`action` is what the payer must do next, in the provider's terms; empty if nothing but confirm."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(Intent.State.values)
    action = serializers.DictField()


def payment_data(payment_id: UUID, intent: Intent | None) -> dict[str, Any]:
    """What a PaymentShape shows. Without an ``intent`` the money has not been asked for yet."""
    if intent is None:
        return {"id": payment_id, "state": Intent.State.CREATED.value, "action": {}}
    return {"id": payment_id, "state": intent.state, "action": selectors.action_of(intent)}


class PaymentView(Endpoint):
    """GET: the state of one payment. The id is unguessable and is the permission to read it."""

    authentication_classes = ()

    class Output(PaymentShape):
        reference = serializers.CharField(help_text="The order's number.")
        provider = serializers.CharField()
        amount_vnd = serializers.IntegerField()
        expires_at = serializers.DateTimeField()

    @extend_schema(responses=Output)
    def get(self, request: Request, payment_id: UUID) -> Response:
        """How the payment stands. Ask again every few seconds while it is `pending`."""
        intent = Intent.objects.filter(pk=payment_id).first()
        if intent is None:
            raise NotFound(_("There is no payment with this id."))
        facts = {
            "reference": intent.reference,
            "provider": intent.provider,
            "amount_vnd": intent.amount_vnd,
            "expires_at": intent.expires_at,
        }
        return Response(self.Output(payment_data(intent.pk, intent) | facts).data)

"""The control panel of the sandbox below ``/sim/stripe/``, for tests and demonstrations."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.simulator.stripe import services
from payments.simulator.stripe.models import EventDelivery

KEY_PREFIX, SECRET_PREFIX = "sk_test_", "whsec_"


@method_decorator(csrf_exempt, name="dispatch")
class AccountsView(View):
    """POST ``{key, name, webhook_url, webhook_secret}``: open a merchant's account, or change it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            values: dict[str, Any] = json.loads(request.body)
            asked = {
                name: str(values.get(name, "")) for name in ("key", "name", "webhook_url", "webhook_secret")
            }
        except (ValueError, AttributeError):
            asked = {"key": "", "webhook_secret": ""}
        if not asked["key"].startswith(KEY_PREFIX) or not asked["webhook_secret"].startswith(SECRET_PREFIX):
            message = f"key must start with {KEY_PREFIX}, webhook_secret with {SECRET_PREFIX}."
            return JsonResponse({"code": "invalid_input", "message": message, "details": {}}, status=400)
        account = services.open_account(
            key=asked["key"],
            name=asked["name"][:100] or "Merchant",
            webhook_url=asked["webhook_url"],
            webhook_secret=asked["webhook_secret"],
        )
        return JsonResponse({"id": account.reference}, status=201)


class DeliveriesView(View):
    """GET ``?event=``: what the sandbox did about telling of an event, what it dropped among it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        owed = EventDelivery.objects.filter(event__reference=request.GET.get("event", "")).order_by("id")
        rows = [
            {
                "tries": delivery.tries,
                "last_answer": delivery.last_answer,
                "is_delivered": delivery.delivered_at is not None,
                "is_waiting": delivery.next_try_at is not None,
            }
            for delivery in owed
        ]
        return JsonResponse({"deliveries": rows})

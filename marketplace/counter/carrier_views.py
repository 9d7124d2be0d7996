"""What carriers tell by themselves."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from marketplace.delivery.carriers.base import BadSignature, CarrierError
from marketplace.delivery.carriers.registry import carrier
from marketplace.fulfilment.services.tracking import hear_carrier

BODY_MAX = 10_000


@method_decorator(csrf_exempt, name="dispatch")
class EventsView(View):
    """POST: one signed event of a parcel. 200 ``{"heard": bool}``; 403 not signed, 400 not readable.

    Told again it changes nothing. A parcel that is not ours is not heard, and need not be told again.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        sender = carrier(code)
        if sender is None:
            raise Http404
        body, now = request.read(BODY_MAX + 1), timezone.now()
        if len(body) > BODY_MAX:
            return JsonResponse({"heard": False}, status=413)
        try:
            told = sender.read_webhook(body=body, headers=request.headers, now=now)
        except BadSignature:
            return JsonResponse({"heard": False}, status=403)
        except CarrierError:
            return JsonResponse({"heard": False}, status=400)
        return JsonResponse({"heard": hear_carrier(told, carrier_code=code, now=now)})

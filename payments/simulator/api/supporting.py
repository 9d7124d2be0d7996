"""GSMA's supporting resources: is the operator there, and what became of a request."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from payments.simulator import transfers
from payments.simulator.api import fields
from payments.simulator.api.endpoint import Endpoint, answer
from payments.simulator.api.reading import read_patches, read_uuid
from payments.simulator.errors import IncorrectState, NotIdentified, TooManyPolls
from payments.simulator.models import Call, Transaction
from payments.simulator.shapes import POLL_LIMIT, call_state_object, request_state_object


class Heartbeat(Endpoint):
    """GET: whether requests are taken. Whoever gets an answer was authenticated against the database."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer({"serviceStatus": "available"})


class RequestStateDetail(Endpoint):
    """GET: how far a request has come, POLL_LIMIT times at most. PATCH: give one up that is pending."""

    def get(self, request: HttpRequest, server_correlation_id: str) -> HttpResponse:
        wanted = read_uuid(server_correlation_id, name="serverCorrelationId")
        found: Transaction | Call | None
        mine = {"merchant": self.merchant, "server_correlation_id": wanted}
        if Transaction.objects.filter(**mine).update(polls=F("polls") + 1):
            transactions = Transaction.objects.select_related("merchant", "wallet", "original", "prompt")
            found = transactions.get(**mine)
            shape = request_state_object(found)
        elif Call.objects.filter(**mine).update(polls=F("polls") + 1):
            found = Call.objects.get(**mine)
            shape = call_state_object(found)
        else:
            raise NotIdentified("You made no request with this serverCorrelationId.")
        if found.polls > POLL_LIMIT:
            raise TooManyPolls(POLL_LIMIT)
        return answer(shape)

    def patch(self, request: HttpRequest, server_correlation_id: str) -> HttpResponse:
        wanted = read_uuid(server_correlation_id, name="serverCorrelationId")
        reader = fields.choice("pending", "completed", "failed")
        status = read_patches(request, {"/status": reader})["/status"]
        mine = {"merchant": self.merchant, "server_correlation_id": wanted}
        found = Transaction.objects.filter(**mine).first()
        if found is not None:
            if status != found.status:
                transfers.confirm(
                    merchant=self.merchant, reference=found.reference, status=status, now=timezone.now()
                )
        elif not Call.objects.filter(**mine).exists():
            raise NotIdentified("You made no request with this serverCorrelationId.")
        elif status != "completed":
            raise IncorrectState(f"The request has ended and cannot become {status}.")
        return HttpResponse(status=204)


class ResponseDetail(Endpoint):
    """GET: where to find what a request made, for a caller whose answer was lost."""

    def get(self, request: HttpRequest, client_correlation_id: str) -> HttpResponse:
        wanted = read_uuid(client_correlation_id, name="clientCorrelationId")
        mine = {"merchant": self.merchant, "correlation_id": wanted}
        found = Transaction.objects.filter(**mine).first()
        if found is not None:
            return answer({"link": f"/transactions/{found.reference}"})
        call = Call.objects.filter(**mine).first()
        if call is None:
            raise NotIdentified(
                "No request with this X-CorrelationID was carried out. Send it again with the same id."
            )
        return answer({"link": call.link})

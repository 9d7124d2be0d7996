"""GSMA's supporting resources: is the operator there, and what became of a request."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse

from payments.simulator.api.endpoint import Endpoint, answer
from payments.simulator.api.reading import read_uuid
from payments.simulator.errors import NotIdentified, TooManyPolls
from payments.simulator.models import Transaction
from payments.simulator.shapes import POLL_LIMIT, request_state_object


class Heartbeat(Endpoint):
    """GET: whether requests are taken. Whoever gets an answer was authenticated against the database."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer({"serviceStatus": "available"})


class RequestStateDetail(Endpoint):
    """GET: how far a request has come, POLL_LIMIT times at most."""

    def get(self, request: HttpRequest, server_correlation_id: str) -> HttpResponse:
        wanted = read_uuid(server_correlation_id, name="serverCorrelationId")
        mine = Transaction.objects.filter(merchant=self.merchant, server_correlation_id=wanted)
        if not mine.update(polls=F("polls") + 1):
            raise NotIdentified("You made no request with this serverCorrelationId.")
        found = mine.select_related("merchant", "wallet", "original", "prompt").get()
        if found.polls > POLL_LIMIT:
            raise TooManyPolls(POLL_LIMIT)
        return answer(request_state_object(found))


class ResponseDetail(Endpoint):
    """GET: where to find what a request made, for a caller whose answer was lost."""

    def get(self, request: HttpRequest, client_correlation_id: str) -> HttpResponse:
        wanted = read_uuid(client_correlation_id, name="clientCorrelationId")
        found = Transaction.objects.filter(merchant=self.merchant, correlation_id=wanted).first()
        if found is None:
            raise NotIdentified(
                "No request with this X-CorrelationID was carried out. Send it again with the same id."
            )
        return answer({"link": f"/transactions/{found.reference}"})

"""What the phone's pages and the control panel read of the network."""

from django.db.models import QuerySet

from payments.simulator.telecom.models import Dialogue, Line, Text

SHOWN = 30


def line_of(msisdn: str) -> Line | None:
    return Line.objects.filter(msisdn=msisdn).first()


def texts_of(msisdn: str) -> QuerySet[Text]:
    """Return the latest SMS and calls of a phone, both ways, the newest first."""
    return Text.objects.filter(line__msisdn=msisdn).order_by("-sent_at", "-pk")[:SHOWN]


def dialogue_of(msisdn: str) -> Dialogue | None:
    """Return the last USSD session of a phone, ended or not."""
    return (
        Dialogue.objects.filter(line__msisdn=msisdn)
        .select_related("line")
        .order_by("-began_at", "-pk")
        .first()
    )

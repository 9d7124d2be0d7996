"""What the network remembers: phones, what was written to and by them, and the USSD session of each."""

import json
import uuid

import httpx
from django.conf import settings
from django.db import models

from payments.simulator.deliveries import Delivery, clock_of
from payments.simulator.shapes import moment
from payments.simulator.telecom.signing import signed_headers

TEXT_MOST = 1000
SCREEN_MOST = 182  # as many 7-bit characters as a USSD message carries: 3GPP TS 23.038, section 5


class Line(models.Model):
    """A phone that is switched on, whether or not there is a wallet behind its number."""

    msisdn = models.CharField("phone number, E.164", max_length=16, unique=True)

    def __str__(self) -> str:
        return self.msisdn  # unique


class Text(models.Model):
    """An SMS, or a call that speaks a text, as it stands on one phone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="texts")
    other = models.CharField("sender's name, or the number written to", max_length=20)
    text = models.CharField(max_length=TEXT_MOST)
    is_outgoing = models.BooleanField("written on this phone")
    is_call = models.BooleanField("spoken in a call", default=False)
    reference = models.CharField("the sender's own id", max_length=200, blank=True)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=~models.Q(reference=""), name="telecom_reference_used_once"
            ),
        ]
        indexes = [models.Index(fields=["line", "-sent_at"], name="telecom_text_by_line")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.sent_at:%Y-%m-%d %H:%M:%S}"


class Forwarded(Delivery):
    """An SMS to the short code that the shop behind it is to be told of: a signed POST of JSON."""

    message = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="forwarded")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=models.Q(next_try_at__isnull=False), name="telecom_sms_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.url}"  # unique

    def request(self) -> httpx.Request:
        body = json.dumps(
            {
                "id": str(self.message.pk),
                "from": self.message.line.msisdn,
                "to": self.message.other,
                "text": self.message.text,
                "sent_at": moment(self.message.sent_at),
            },
            ensure_ascii=False,
        ).encode()
        headers = signed_headers(
            body, secret=settings.SANDBOX_TELECOM["secret"], at=clock_of("telecom")
        )  # at the moment of sending: the shop refuses old signatures
        return httpx.Request("POST", self.url, content=body, headers=headers)


class Dialogue(models.Model):
    """A USSD session: what was typed so far and what the screen shows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="dialogues")
    service_code = models.CharField(max_length=20)
    typed = models.CharField("inputs, joined by stars", max_length=1000, blank=True)
    steps = models.PositiveSmallIntegerField("answers of the phone so far", default=0)
    screen = models.CharField(max_length=SCREEN_MOST, blank=True)
    is_open = models.BooleanField(default=True)
    began_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["line", "-began_at"], name="telecom_dialogue_by_line")]

    def __str__(self) -> str:
        return f"{self.pk} {self.service_code}"  # unique

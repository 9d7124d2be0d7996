"""Everything that writes to the mobile network: SMS in both directions and USSD sessions."""

import re
import uuid
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.db import transaction

from payments.simulator import faults
from payments.simulator.callbacks import REORDER_PAUSE
from payments.simulator.deliveries import clock_of
from payments.simulator.telecom.errors import NotCarried, Unreachable
from payments.simulator.telecom.models import SCREEN_MOST, TEXT_MOST, Dialogue, Forwarded, Line, Text
from payments.simulator.telecom.signing import signed_headers

DIALOGUE_LASTS = timedelta(minutes=3)
ANSWER_TIMEOUT_S = 10.0
# Mobile network codes of Việt Nam, country 452, from the ITU's list (E.212): 01 MobiFone, 02 VinaPhone,
# 04 Viettel. By the first digits of a number at home.
NETWORKS = {"45201": "070 076 077 078 079 089 090 093", "45202": "081 082 083 084 085 088 091 094"}
VIETTEL = "45204"


def switch_on(msisdn: str) -> Line:
    """Return the phone with this number, an E.164 one. Repeats change nothing."""
    return Line.objects.get_or_create(msisdn=msisdn)[0]


def deliver(
    *, to: str, sender: str, text: str, is_call: bool, reference: str, now: datetime
) -> tuple[Text, bool]:
    """Put an SMS, or a call that speaks ``text``, on the phone ``to``; whether it is new.

    The same ``reference``, if there is one, delivers once.
    """
    line = switch_on(to)
    values = {"line": line, "other": sender, "text": text, "is_outgoing": False, "is_call": is_call}
    values["sent_at"] = now
    if not reference:
        return Text.objects.create(**values), True
    return Text.objects.get_or_create(reference=reference, defaults=values)


def write(*, line: Line, to: str, text: str, message_id: uuid.UUID, now: datetime) -> Text:
    """Send an SMS from a phone. To the short code it goes to the shop behind it; once per ``message_id``.

    Raises NotCarried if there is nothing to send or nobody has that number.
    """
    number, written = re.sub(r"[\s.]", "", to), text.replace("\x00", "").strip()
    if number != settings.SANDBOX_TELECOM["short_code"]:
        raise NotCarried(
            f"Không gửi được đến số {to[:20]}. Mạng mô phỏng chỉ có đầu số "
            f"{settings.SANDBOX_TELECOM['short_code']}."
        )
    if not written or len(written) > TEXT_MOST:
        raise NotCarried(f"Tin nhắn phải có từ 1 đến {TEXT_MOST} ký tự.")
    draw = faults.draw_next("telecom")
    with transaction.atomic():
        message, is_new = Text.objects.get_or_create(
            pk=message_id,
            defaults={"line": line, "other": number, "text": written, "is_outgoing": True, "sent_at": now},
        )
        if is_new:
            _forward(message, draw, now=now)
    return message


def _forward(message: Text, draw: faults.Draw, *, now: datetime) -> None:
    """Owe the shop an SMS; the plan of faults may drop, double or delay it."""
    is_dropped = draw.happens("drop_callbacks")
    due_at = now + timedelta(seconds=draw.seconds("delay_callbacks_s"))
    if draw.happens("reorder"):
        due_at += REORDER_PAUSE
    for _ in range(2 if draw.happens("duplicate_callbacks") else 1):
        Forwarded.objects.create(
            message=message,
            url=settings.SANDBOX_TELECOM["sms_url"],
            created_at=now,
            next_try_at=None if is_dropped else due_at,
            last_answer="dropped by the plan of faults" if is_dropped else "",
        )


def dial(*, line: Line, code: str, now: datetime) -> Dialogue:
    """Open a USSD session and ask its service for the first screen. Ends the phone's session before it.

    Raises NotCarried if nobody has that code, Unreachable if its service does not answer.
    """
    wanted = re.sub(r"\s", "", code)
    if wanted != settings.SANDBOX_TELECOM["ussd_code"]:
        raise NotCarried(
            f"Mã {wanted[:20]} không có dịch vụ. Mạng mô phỏng chỉ có mã "
            f"{settings.SANDBOX_TELECOM['ussd_code']}."
        )
    Dialogue.objects.filter(line=line, is_open=True).update(is_open=False)
    dialogue = Dialogue.objects.create(line=line, service_code=wanted, began_at=now)
    return _ask(dialogue, typed="")


def reply(*, dialogue: Dialogue, typed: str, step: int, now: datetime) -> Dialogue:
    """Send what was typed under the screen number ``step``. A second tap on an old screen sends nothing.

    Raises Unreachable if the service does not answer; the session has ended then.
    """
    written = typed.replace("\x00", "").strip()[:160]
    if not dialogue.is_open or dialogue.steps != step or not written:
        return dialogue
    if now - dialogue.began_at > DIALOGUE_LASTS or len(dialogue.typed) + len(written) + 1 > TEXT_MOST:
        hang_up(dialogue)
        raise Unreachable
    text = f"{dialogue.typed}*{written}" if dialogue.steps else written
    # Only one of two taps goes on: this is one conditional update.
    taken = Dialogue.objects.filter(pk=dialogue.pk, steps=step, is_open=True).update(
        typed=text, steps=step + 1
    )
    dialogue.refresh_from_db()
    return _ask(dialogue, typed=text) if taken else dialogue


def hang_up(dialogue: Dialogue) -> None:
    """End a session and put its screen away. Repeats change nothing."""
    dialogue.is_open, dialogue.screen = False, ""
    dialogue.save(update_fields=["is_open", "screen"])


def network_of(msisdn: str) -> str:
    """Return the network code (MCC and MNC) of a number by its first digits, Viettel's without."""
    start = "0" + msisdn.removeprefix("+84")[:2]
    return next((code for code, starts in NETWORKS.items() if start in starts.split()), VIETTEL)


def _ask(dialogue: Dialogue, *, typed: str) -> Dialogue:
    """POST the session in the shape of Africa's Talking's USSD callback, and keep the screen it answers."""
    body = urlencode(
        {
            "sessionId": str(dialogue.pk),
            "serviceCode": dialogue.service_code,
            "phoneNumber": dialogue.line.msisdn,
            "networkCode": network_of(dialogue.line.msisdn),
            "text": typed,
        }
    ).encode()
    headers = signed_headers(
        body,
        secret=settings.SANDBOX_TELECOM["secret"],
        at=clock_of("telecom"),
        kind="application/x-www-form-urlencoded",
    )
    try:
        answer = httpx.post(
            settings.SANDBOX_TELECOM["ussd_url"],
            content=body,
            headers=headers,
            timeout=ANSWER_TIMEOUT_S,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        hang_up(dialogue)
        raise Unreachable from error
    kind, _, screen = answer.text.partition(" ")
    if not answer.is_success or kind not in ("CON", "END"):
        hang_up(dialogue)
        raise Unreachable
    dialogue.screen, dialogue.is_open = screen[:SCREEN_MOST], kind == "CON"
    dialogue.save(update_fields=["screen", "is_open"])
    return dialogue

"""Reading what a transaction of each type asks for. A reader checks it and returns what carries it out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import HttpRequest

from payments.simulator import faults, parties, services, transfers
from payments.simulator.api.reading import Body, check_own, read_msisdn, read_request
from payments.simulator.errors import (
    GsmaError,
    MalformedValue,
    MandatoryValueMissing,
    MerchantNotAuthorised,
    NotIdentified,
)
from payments.simulator.models import ORGANISATION, Merchant, Transaction, Wallet
from payments.simulator.moments import read_moment
from payments.simulator.parties import MANDATE, Party
from payments.simulator.records import Request

PROMPT_LIFE = timedelta(minutes=10)
PROMPT_LIFE_MAX = timedelta(days=1)
# A pair of the caller's metadata that asks for two stages: money set aside now, moved by a PATCH.
TWO_STAGE = {"key": "twoStage", "value": "true"}

CarryOut = Callable[[faults.Draw], Transaction]
OrderReader = Callable[[HttpRequest, Merchant, datetime], CarryOut]


def _read_payment(http: HttpRequest, merchant: Merchant, now: datetime) -> CarryOut:
    """Check a merchantpay. The payer is asked, unless they started it or gave leave before."""
    body = Body(http)
    request = read_request(http, body, merchant=merchant)
    debit, credit = body.party("debitParty"), body.party("creditParty")
    if not debit and not credit:
        raise MandatoryValueMissing("debitParty or creditParty")
    is_own = not credit or credit.get(ORGANISATION) == merchant.identifier
    is_same = body.get("debitParty") == body.get("creditParty")
    if not (is_own or is_same or _is_known(credit, merchant=merchant)):
        raise MerchantNotAuthorised("creditParty")
    if not is_own or _has_leave(http, request, debit):
        return _carry_out(http, body, request, Transaction.Type.MERCHANT_PAY, now)
    wallet = _read_payer(body, merchant=merchant)
    expires_at = _read_expiry(request.metadata, now=now)

    def carry_out(draw: faults.Draw) -> Transaction:
        return services.request_payment(
            request=replace(request, fault_number=draw.number),
            wallet=wallet,
            expires_at=expires_at + timedelta(seconds=draw.seconds("prompt_extra_s")),
            now=now,
        )

    return carry_out


def _read_refund(http: HttpRequest, merchant: Merchant, now: datetime) -> CarryOut:
    """Check an adjustment that gives back (a part of) a payment. It is booked a moment later."""
    return _read_giving_back(http, merchant, now, type=Transaction.Type.ADJUSTMENT, is_later=True)


def _read_reversal(http: HttpRequest, merchant: Merchant, now: datetime) -> CarryOut:
    return _read_giving_back(http, merchant, now, type=Transaction.Type.REVERSAL, is_later=False)


def _read_giving_back(
    http: HttpRequest, merchant: Merchant, now: datetime, *, type: Transaction.Type, is_later: bool
) -> CarryOut:
    body = Body(http)
    request = read_request(http, body, merchant=merchant)
    original_reference = body.text("originalTransactionReference")
    if not original_reference and body.get("creditParty") and type == Transaction.Type.ADJUSTMENT:
        # A gesture of goodwill: it gives back no payment in particular.
        check_own(body.party("debitParty"), merchant=merchant, name="debitParty")
        return _carry_out(http, body, request, type, now)
    if not original_reference:
        raise MandatoryValueMissing("originalTransactionReference")
    debit, credit = body.party("debitParty"), body.party("creditParty")
    if not debit and not credit:
        raise MandatoryValueMissing("debitParty or creditParty")
    payer = ""
    if type == Transaction.Type.ADJUSTMENT:
        check_own(debit, merchant=merchant, name="debitParty")
        payer = read_msisdn(credit, name="creditParty") if credit else ""

    def carry_out(draw: faults.Draw) -> Transaction:
        return transfers.take_back(
            request=replace(request, fault_number=draw.number),
            type=type,
            original_reference=original_reference,
            amount_vnd=request.amount_vnd,
            payer=payer,
            is_later=is_later,
            now=now,
        )

    return carry_out


def _reader_of(type: Transaction.Type) -> OrderReader:
    def read(http: HttpRequest, merchant: Merchant, now: datetime) -> CarryOut:
        body = Body(http)
        return _carry_out(http, body, read_request(http, body, merchant=merchant), type, now)

    return read


READERS: dict[str, OrderReader] = {
    "merchantpay": _read_payment,
    "adjustment": _read_refund,
    "reversal": _read_reversal,
    **{
        type.value: _reader_of(type)
        for type in (
            Transaction.Type.TRANSFER,
            Transaction.Type.DEPOSIT,
            Transaction.Type.WITHDRAWAL,
            Transaction.Type.DISBURSEMENT,
            Transaction.Type.BILL_PAY,
        )
    },
}


def read_parties(body: Body, *, merchant: Merchant) -> tuple[Party, Party]:
    """Return who pays and who is paid. One of both may be left out: it is the caller."""
    if body.get("debitParty") is None and body.get("creditParty") is None:
        raise MandatoryValueMissing("debitParty or creditParty")
    debit, credit = (_read_party(body, name, merchant=merchant) for name in ("debitParty", "creditParty"))
    return debit, credit


def _read_party(body: Body, name: str, *, merchant: Merchant) -> Party:
    body.party(name)
    identifiers = body.pairs(name, most=10)
    if not identifiers:
        return parties.of_merchant(merchant)
    return parties.find(operator=merchant.operator, identifiers=identifiers, name=name)


def _carry_out(
    http: HttpRequest, body: Body, request: Request, type: Transaction.Type, now: datetime
) -> CarryOut:
    debit, credit = read_parties(body, merchant=request.merchant)
    pin = http.headers.get("X-User-Credential-1", "")
    code = request.details.get("oneTimeCode", "")

    def carry_out(draw: faults.Draw) -> Transaction:
        numbered = replace(request, fault_number=draw.number)
        transfers.check_credential(wallet=debit.wallet, pin=pin, now=now)
        try:
            return transfers.carry_out(
                request=numbered,
                type=type,
                debit=debit,
                credit=credit,
                code=code,
                is_two_stage=TWO_STAGE in request.metadata,
                now=now,
            )
        except GsmaError as error:
            # Whoever asked for a callback is told the outcome by it, whatever the outcome is.
            if not (request.callback_url and error.is_outcome):
                raise
            return transfers.refuse(
                request=numbered, type=type, debit=debit, credit=credit, error=error, now=now
            )

    return carry_out


def _has_leave(http: HttpRequest, request: Request, debit: dict[str, str]) -> bool:
    """Return whether the payer's PIN, a code or a mandate comes with the request."""
    by_pin = bool(http.headers.get("X-User-Credential-1"))
    return by_pin or bool(request.details.get("oneTimeCode")) or MANDATE in debit


def _is_known(party: dict[str, str], *, merchant: Merchant) -> bool:
    """Return whether an organisation of that name is here. Who is named otherwise is looked up later."""
    if ORGANISATION not in party:
        return True
    return Merchant.objects.filter(
        operator=merchant.operator, identifier=party.get(ORGANISATION, "")
    ).exists()


def _read_payer(body: Body, *, merchant: Merchant) -> Wallet:
    if body.get("debitParty") is None:
        raise MandatoryValueMissing("debitParty")
    party = _read_party(body, "debitParty", merchant=merchant)
    if party.wallet is None:
        raise NotIdentified("debitParty names no customer. Name one by key msisdn.", property="debitParty")
    parties.check_available(party)
    return party.wallet


def _read_expiry(metadata: list[dict[str, str]], *, now: datetime) -> datetime:
    """Return until when the payer may answer: the caller's expiresAt, else PROMPT_LIFE from now."""
    asked = {pair["key"]: pair["value"] for pair in metadata}.get("expiresAt")
    if asked is None:
        return now + PROMPT_LIFE
    expires_at = read_moment(asked, name="expiresAt")
    if not now < expires_at <= now + PROMPT_LIFE_MAX:
        raise MalformedValue("expiresAt", wanted="a moment within the next 24 hours")
    return expires_at

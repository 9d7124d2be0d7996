"""PaymentIntents, charges, refunds, balance transactions and events: docs.stripe.com/api."""

import json
from typing import Any

from payments.simulator.stripe import selectors, services
from payments.simulator.stripe.cards import BY_METHOD, Card
from payments.simulator.stripe.endpoint import Call
from payments.simulator.stripe.failures import StripeFailure, missing_object
from payments.simulator.stripe.models import BalanceTransaction, Event, PaymentIntent, Refund, new_reference
from payments.simulator.stripe.objects import (
    Shape,
    charge_object,
    intent_object,
    movement_object,
    refund_object,
)
from payments.simulator.stripe.parameters import (
    Values,
    flag,
    inside,
    many,
    metadata,
    one_of,
    optional,
    required,
    text,
)
from payments.simulator.stripe.selectors import listing
from payments.simulator.stripe.sessions import amount, currency, merged

CREATE = required(amount=amount, currency=currency) | optional(
    automatic_payment_methods=inside(
        required(enabled=flag) | optional(allow_redirects=one_of("always", "never"))
    ),
    capture_method=one_of("automatic", "automatic_async", "manual"),
    confirm=flag,
    description=text(500),
    metadata=metadata,
    payment_method=text(100),
    payment_method_types=many(one_of("card")),
    return_url=text(2_000),
)
UPDATE = optional(description=text(500), metadata=metadata)
CONFIRM = optional(payment_method=text(100), return_url=text(2_000))
CAPTURE = optional(amount_to_capture=amount, metadata=metadata)
CANCEL = optional(cancellation_reason=one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer"))
REFUND = optional(
    amount=amount,
    charge=text(100),
    metadata=metadata,
    payment_intent=text(100),
    reason=one_of("duplicate", "fraudulent", "requested_by_customer"),
)


def create(call: Call) -> Shape:
    values = call.read(CREATE)
    services.check_amount(values["amount"], param="amount")
    intent = PaymentIntent.objects.create(
        reference=new_reference("pi_"),
        account=call.account,
        amount_vnd=values["amount"],
        is_manual=values.get("capture_method") == "manual",
        description=values.get("description", ""),
        metadata=values.get("metadata", {}),
        return_url=values.get("return_url", ""),
        created_at=call.now,
    )
    if values.get("payment_method"):
        intent.payment_method = _card(values).method
        intent.status = PaymentIntent.Status.REQUIRES_CONFIRMATION
        intent.save(update_fields=["payment_method", "status"])
    if values.get("confirm"):
        services.pay(intent, _card(values), host=call.host, draw=call.draw, now=call.now)
    return _shown(call, intent, values)


def confirm(call: Call, reference: str) -> Shape:
    values = call.read(CONFIRM)
    intent = selectors.locked_intent(reference, account=call.account)
    card = _card(values if values.get("payment_method") else {"payment_method": intent.payment_method})
    intent.return_url = values.get("return_url", intent.return_url)
    services.pay(intent, card, host=call.host, draw=call.draw, now=call.now)
    return _shown(call, intent, values)


def update(call: Call, reference: str) -> Shape:
    values = call.read(UPDATE)
    intent = selectors.locked_intent(reference, account=call.account)
    intent.metadata = merged(intent.metadata, values)
    intent.description = values.get("description", intent.description)
    intent.save(update_fields=["metadata", "description"])
    return _shown(call, intent, values)


def capture(call: Call, reference: str) -> Shape:
    values = call.read(CAPTURE)
    intent = selectors.locked_intent(reference, account=call.account)
    services.require(intent, [PaymentIntent.Status.REQUIRES_CAPTURE], verb="capture")
    intent.metadata = merged(intent.metadata, values)
    services.capture(intent, amount_vnd=values.get("amount_to_capture"), draw=call.draw, now=call.now)
    return _shown(call, intent, values)


def cancel(call: Call, reference: str) -> Shape:
    values = call.read(CANCEL)
    intent = selectors.locked_intent(reference, account=call.account)
    reason = values.get("cancellation_reason", "")
    services.cancel(intent, reason=reason, draw=call.draw, now=call.now)
    return _shown(call, intent, values)


def retrieve(call: Call, reference: str) -> Shape:
    values = call.read(optional(client_secret=text(200)))
    intent = PaymentIntent.objects.filter(account=call.account, reference=reference).first()
    if intent is None:
        raise missing_object("payment_intent", reference)
    return _shown(call, intent, values)


def listed(call: Call) -> Shape:
    values = call.read(listing())
    rows = PaymentIntent.objects.filter(account=call.account)

    def shape(intent: PaymentIntent) -> Shape:
        return intent_object(intent, host=call.host, expand=_of_items(values))

    return selectors.page(rows, values, url="/v1/payment_intents", shape=shape, name="payment_intent")


def search(call: Call) -> Shape:
    values = call.read(required(query=text(1_000)) | listing())
    rows = selectors.search(call.account, values["query"])

    def shape(intent: PaymentIntent) -> Shape:
        return intent_object(intent, host=call.host, expand=_of_items(values))

    url = "/v1/payment_intents/search"
    found = selectors.page(rows, values, url=url, shape=shape, name="payment_intent")
    return found | {"object": "search_result", "next_page": None}


def retrieve_charge(call: Call, reference: str) -> Shape:
    values = call.read({})
    intent = PaymentIntent.objects.filter(account=call.account, charge_reference=reference).first()
    if intent is None:
        raise missing_object("charge", reference)
    return charge_object(intent, expand=values.get("expand", ()))


def create_refund(call: Call) -> Shape:
    values = call.read(REFUND)
    if "charge" in values:
        rows = PaymentIntent.objects.filter(account=call.account, charge_reference=values["charge"])
        reference = rows.values_list("reference", flat=True).first()
        if reference is None:
            raise missing_object("charge", values["charge"], param="charge")
    elif "payment_intent" in values:
        reference = values["payment_intent"]
    else:
        raise StripeFailure(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    made = services.refund(
        selectors.locked_intent(reference, account=call.account, param="payment_intent"),
        amount_vnd=values.get("amount"),
        reason=values.get("reason", ""),
        metadata=values.get("metadata", {}),
        draw=call.draw,
        now=call.now,
    )
    return refund_object(made, expand=values.get("expand", ()))


def retrieve_refund(call: Call, reference: str) -> Shape:
    values = call.read({})
    found = Refund.objects.filter(intent__account=call.account, reference=reference)
    refund = found.select_related("intent").first()
    if refund is None:
        raise missing_object("refund", reference)
    return refund_object(refund, expand=values.get("expand", ()))


def list_refunds(call: Call) -> Shape:
    values = call.read(listing(payment_intent=text(100), charge=text(100)))
    rows = Refund.objects.filter(intent__account=call.account).select_related("intent")
    if "payment_intent" in values:
        rows = rows.filter(intent__reference=values["payment_intent"])
    if "charge" in values:
        rows = rows.filter(intent__charge_reference=values["charge"])

    def shape(refund: Refund) -> Shape:
        return refund_object(refund, expand=_of_items(values))

    return selectors.page(rows, values, url="/v1/refunds", shape=shape, name="refund")


def retrieve_movement(call: Call, reference: str) -> Shape:
    values = call.read({})
    found = BalanceTransaction.objects.filter(account=call.account, reference=reference)
    movement = found.select_related("intent", "refund__intent").first()
    if movement is None:
        raise missing_object("balance_transaction", reference)
    return movement_object(movement, expand=values.get("expand", ()))


def list_movements(call: Call) -> Shape:
    values = call.read(listing(type=text(40), source=text(100), currency=text(3)))
    rows = BalanceTransaction.objects.filter(account=call.account).select_related("intent", "refund__intent")
    if "type" in values:
        rows = rows.filter(refund__isnull=values["type"] == "charge")
    if "source" in values:
        by_charge = rows.filter(refund=None, intent__charge_reference=values["source"])
        rows = by_charge | rows.filter(refund__reference=values["source"])

    def shape(movement: BalanceTransaction) -> Shape:
        return movement_object(movement, expand=_of_items(values))

    url = "/v1/balance_transactions"
    return selectors.page(rows, values, url=url, shape=shape, name="balance_transaction")


def retrieve_event(call: Call, reference: str) -> Shape:
    call.read({})
    event = Event.objects.filter(account=call.account, reference=reference).first()
    if event is None:
        raise missing_object("event", reference)
    return _event_object(event)


def list_events(call: Call) -> Shape:
    values = call.read(listing(type=text(60)))
    rows = Event.objects.filter(account=call.account)
    if "type" in values:
        rows = rows.filter(type=values["type"])
    return selectors.page(rows, values, url="/v1/events", shape=_event_object, name="event")


def _event_object(event: Event) -> Shape:
    shape: dict[str, Any] = json.loads(event.body)
    return shape


def _shown(call: Call, intent: PaymentIntent, values: Values) -> Shape:
    return intent_object(intent, host=call.host, expand=values.get("expand", ()))


def _of_items(values: Values) -> set[str]:
    return {path.removeprefix("data.") for path in values.get("expand", ())}


def _card(values: Values) -> Card:
    method = values.get("payment_method", "")
    if not method:
        raise StripeFailure(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    if method not in BY_METHOD:
        raise missing_object("PaymentMethod", method, param="payment_method")
    return BY_METHOD[method]

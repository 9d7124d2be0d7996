"""Checkout Sessions: docs.stripe.com/api/checkout/sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from payments.simulator.stripe import selectors, services
from payments.simulator.stripe.endpoint import Call
from payments.simulator.stripe.failures import StripeFailure, missing_object
from payments.simulator.stripe.models import Session, new_reference
from payments.simulator.stripe.objects import CURRENCY, Shape, session_object
from payments.simulator.stripe.parameters import (
    Values,
    inside,
    many,
    metadata,
    one_of,
    optional,
    required,
    text,
    whole,
)
from payments.simulator.stripe.selectors import LATEST, listing

LEAST_LIFE, LONGEST_LIFE = timedelta(minutes=30), timedelta(hours=24)
# A request that took a moment to come is not refused for it.
GRACE = timedelta(seconds=5)


def currency(value: Any, name: str) -> str:
    if value != CURRENCY:
        raise StripeFailure(
            f"Invalid currency: {str(value)[:10]}. This sandbox knows {CURRENCY} only.", param=name
        )
    return CURRENCY


amount = whole(1, services.MAXIMUM_VND)
CREATE = required(
    mode=one_of("payment"),
    success_url=text(2_000),
    line_items=many(
        inside(
            required(
                price_data=inside(
                    required(
                        currency=currency,
                        unit_amount=amount,
                        product_data=inside(
                            required(name=text(250)) | optional(description=text(500), metadata=metadata)
                        ),
                    )
                )
            )
            | optional(quantity=whole(1, 1_000))
        )
    ),
) | optional(
    cancel_url=text(2_000),
    client_reference_id=text(200),
    currency=currency,
    customer_email=text(500),
    expires_at=whole(0, LATEST),
    locale=text(10),
    metadata=metadata,
    payment_intent_data=inside(
        optional(
            capture_method=one_of("automatic", "automatic_async", "manual"),
            description=text(500),
            metadata=metadata,
            statement_descriptor_suffix=text(22),
        )
    ),
    payment_method_types=many(one_of("card")),
    submit_type=one_of("auto", "pay"),
    ui_mode=one_of("hosted", "hosted_page"),
)
UPDATE = optional(metadata=metadata)
LIST = listing(status=one_of("open", "complete", "expired"), payment_intent=text(100))


def create(call: Call) -> Shape:
    values = call.read(CREATE)
    total_vnd = sum(
        item["price_data"]["unit_amount"] * item.get("quantity", 1) for item in values["line_items"]
    )
    services.check_amount(total_vnd, param="line_items")
    if total_vnd > services.MAXIMUM_VND:
        raise StripeFailure(
            f"The total is more than {services.MAXIMUM_VND}.", code="amount_too_large", param="line_items"
        )
    session = Session.objects.create(
        reference=new_reference("cs_test_a1", 56),
        account=call.account,
        amount_vnd=total_vnd,
        product=values["line_items"][0]["price_data"]["product_data"]["name"],
        client_reference_id=values.get("client_reference_id", ""),
        metadata=values.get("metadata", {}),
        intent_data=values.get("payment_intent_data", {}),
        locale=values.get("locale", ""),
        success_url=_web_address(values["success_url"], "success_url"),
        cancel_url=_web_address(values.get("cancel_url", ""), "cancel_url"),
        created_at=call.now,
        expires_at=_read_expiry(values, now=call.now),
    )
    return session_object(session, host=call.host, expand=values.get("expand", ()))


def retrieve(call: Call, reference: str) -> Shape:
    values = call.read({})
    found = Session.objects.filter(account=call.account, reference=reference).select_related("intent").first()
    if found is None:
        raise missing_object("checkout.session", reference)
    return session_object(found, host=call.host, expand=values.get("expand", ()))


def update(call: Call, reference: str) -> Shape:
    values = call.read(UPDATE)
    session = selectors.locked_session(reference, account=call.account)
    session.metadata = merged(session.metadata, values)
    session.save(update_fields=["metadata"])
    return session_object(session, host=call.host, expand=values.get("expand", ()))


def expire(call: Call, reference: str) -> Shape:
    values = call.read({})
    session = selectors.locked_session(reference, account=call.account)
    services.expire(session, host=call.host, draw=call.draw, now=call.now)
    return session_object(session, host=call.host, expand=values.get("expand", ()))


def listed(call: Call) -> Shape:
    values = call.read(LIST)
    expand = {path.removeprefix("data.") for path in values.get("expand", ())}
    rows = Session.objects.filter(account=call.account).select_related("intent")
    if "status" in values:
        rows = rows.filter(status=values["status"])
    if "payment_intent" in values:
        rows = rows.filter(intent__reference=values["payment_intent"])

    def shape(session: Session) -> Shape:
        return session_object(session, host=call.host, expand=expand)

    return selectors.page(rows, values, url="/v1/checkout/sessions", shape=shape, name="checkout.session")


def merged(before: dict[str, str], values: Values) -> dict[str, str]:
    """Return metadata with what ``values`` sets and unsets: an empty value takes a key away."""
    if "metadata" not in values:
        return before
    both = before | values["metadata"]
    return {key: value for key, value in both.items() if value} if values["metadata"] else {}


def _web_address(url: str, name: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise StripeFailure("Not a valid URL", code="url_invalid", param=name)
    return url


def _read_expiry(values: Values, *, now: datetime) -> datetime:
    if "expires_at" not in values:
        return now + LONGEST_LIFE
    asked = datetime.fromtimestamp(values["expires_at"], UTC)
    if asked < now + LEAST_LIFE - GRACE:
        raise StripeFailure(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if asked > now + LONGEST_LIFE + GRACE:
        raise StripeFailure(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return asked

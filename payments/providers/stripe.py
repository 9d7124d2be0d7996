"""Cards by Stripe: a hosted page the payer is sent to (Checkout), and PaymentIntents behind it.

How Stripe's API is used, by docs.stripe.com: VND has no decimals (currencies); a POST repeated with its
Idempotency-Key is answered as the first time, with the header Idempotent-Replayed (api/idempotent_requests);
a page lives 30 minutes to 24 hours (api/checkout/sessions/create); an authorisation is captured once, and
what is not captured is released (payments/place-a-hold-on-a-payment-method).
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import stripe

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers import stripe_objects as objects
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report, StatementLine

AT_HOME = ZoneInfo("Asia/Ho_Chi_Minh")
# No page may end sooner after it was made. One made in the last moment of our hold outlives it by this.
PAGE_LIFE_MIN, PAGE_LIFE_MAX = timedelta(minutes=31), timedelta(hours=23, minutes=59)
# Clocks differ, and an answer may have been long on its way.
CLOCKS_DIFFER = timedelta(minutes=10)
PAGE_OF_LIST = 100

# The library would write an id into the home directory and send how long requests took.
stripe.enable_telemetry = False

Params = dict[str, Any]


class StripeProvider(Provider):
    """Stripe's API, spoken to by stripe-python.

    Our operation id is the Idempotency-Key of what it asks for, the session's client_reference_id, and in the
    metadata of whatever Stripe makes of it. The provider_ref is the Checkout Session's id of a payment or an
    authorisation, the PaymentIntent's of a capture, the Refund's of a refund. A release has none.
    """

    capabilities = frozenset(
        {
            Capability.AUTHORIZE,
            Capability.SALE,
            Capability.CAPTURE,
            Capability.VOID,
            Capability.REFUND,
            Capability.REDIRECT,
            Capability.STATEMENT,
        }
    )
    refusals = objects.REFUSALS

    def __init__(
        self,
        *,
        code: str,
        label: str,
        api_key: str,
        webhook_secret: str,
        timeout_s: float,
        api_base: str = "",
        tolerance_s: int = 300,
        http_client: stripe.HTTPClient | None = None,
    ) -> None:
        super().__init__(code=code, label=label)
        if not api_key or not webhook_secret:
            raise ValueError(f"Payment provider {code}: set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET.")
        self._webhook_secret = webhook_secret
        self._tolerance_s = tolerance_s
        self._api = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base.rstrip("/")} if api_base else None,
            max_network_retries=0,  # whether and when to repeat is decided by the operations, not here
            http_client=http_client or stripe.RequestsClient(timeout=timeout_s),
        ).v1

    # --- Asking for something ----------------------------------------------------------------------

    def authorize(self, charge: Charge) -> Report:
        kind = objects.SALE if charge.is_sale else objects.AUTHORIZATION
        ours = {"operation": str(charge.operation_id), "reference": charge.reference, "kind": kind}
        params: Params = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "client_reference_id": str(charge.operation_id),
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": objects.CURRENCY,
                        "unit_amount": charge.amount_vnd,
                        "product_data": {"name": charge.description or charge.reference},
                    },
                }
            ],
            "metadata": ours,
            "payment_intent_data": {
                "capture_method": "automatic" if charge.is_sale else "manual",
                "description": charge.description or charge.reference,
                "metadata": ours,
            },
            "expires_at": int(_page_ends_at(charge).timestamp()),
            "success_url": charge.return_url,
            "cancel_url": charge.return_url,
            "locale": charge.language,
        }
        with self._conversation(charge.operation_id):
            made = self._api.checkout.sessions.create(cast(Any, params), _key(charge))
        return objects.read_session(charge.operation_id, self._first_answer(charge, made))

    def capture(self, charge: Charge) -> Report:
        _, intent = self._must_have(charge)
        params: Params = {
            "amount_to_capture": charge.amount_vnd,
            "metadata": {"capture": str(charge.operation_id)},
        }
        with self._conversation(charge.operation_id):
            taken = self._api.payment_intents.capture(_id(charge, intent), cast(Any, params), _key(charge))
        return objects.read_capture(charge.operation_id, self._first_answer(charge, taken))

    def void(self, charge: Charge) -> Report:
        """Close the payer's page, or release what was authorised. Refused once the money was taken."""
        session, intent = self._must_have(charge)
        if _is_released(session, intent):
            if _released_by(session, intent) == str(charge.operation_id):
                raise AlreadySubmitted(f"Operation {charge.operation_id}: it was released before.")
            return self._released(charge, session)  # Stripe itself let it go in the meantime
        mark = {"metadata": {"void": str(charge.operation_id)}}
        with self._conversation(charge.operation_id):
            # Neither an expiry nor a cancellation takes a name: what ends says before on whose behalf.
            if session["status"] == "open":
                self._api.checkout.sessions.update(session["id"], cast(Any, mark), _key(charge, "mark"))
                self._api.checkout.sessions.expire(session["id"], {}, _key(charge))
            else:
                intent_ref = _id(charge, intent)
                self._api.payment_intents.update(intent_ref, cast(Any, mark), _key(charge, "mark"))
                self._api.payment_intents.cancel(intent_ref, {}, _key(charge))
        return self._released(charge, session)

    def refund(self, charge: Charge) -> Report:
        _, intent = self._must_have(charge)
        params: Params = {
            "payment_intent": _id(charge, intent),
            "amount": charge.amount_vnd,
            "metadata": {"operation": str(charge.operation_id), "reference": charge.reference},
        }
        with self._conversation(charge.operation_id):
            made = self._api.refunds.create(cast(Any, params), _key(charge))
        return objects.read_refund(charge.operation_id, self._first_answer(charge, made))

    # --- Asking about something --------------------------------------------------------------------

    def query(self, charge: Charge) -> Report:
        try:
            return self._query(charge)
        except ProviderRefused as error:
            # A question that is refused is no word on the payment: the key may be another account's.
            raise ProviderUnavailable(str(error)) from error

    def statement(self, day: date) -> Iterator[StatementLine]:
        """Return the charges and refunds of one day, oldest first: what was taken and given back, in đồng.

        Stripe's own movements (payouts to our bank, fees, exchange) are not among them.
        """
        starts_at = datetime(day.year, day.month, day.day, tzinfo=AT_HOME)
        ends_at = starts_at + timedelta(days=1)
        with self._conversation(None):
            sessions = self._sessions_between(starts_at - timedelta(days=1) - CLOCKS_DIFFER, ends_at)
            by_intent = {one["payment_intent"]: one["id"] for one in sessions if one["payment_intent"]}
            params: Params = {
                "created": {"gte": int(starts_at.timestamp()), "lt": int(ends_at.timestamp())},
                "limit": PAGE_OF_LIST,
                "expand": ["data.source", "data.source.payment_intent"],
            }
            found = self._api.balance_transactions.list(cast(Any, params)).auto_paging_iter()
            movements = [movement.to_dict() for movement in found]
        lines = [objects.read_movement(movement, sessions=by_intent) for movement in reversed(movements)]
        return iter([line for line in lines if line is not None])

    # --- Being told --------------------------------------------------------------------------------

    def parse_webhook(self, notice: Notice) -> Report | None:
        """Read an event with ``Stripe-Signature``: its moment, and an HMAC-SHA256 over moment and body."""
        signature = notice.headers.get("Stripe-Signature", "")
        try:
            body = notice.body.decode()
            event = stripe.Webhook.construct_event(body, signature, self._webhook_secret, self._tolerance_s)
        except stripe.SignatureVerificationError as error:
            raise BadSignature(f"Stripe event: {error.user_message}.") from error
        except (ValueError, AttributeError) as error:
            raise UnreadableReport("Stripe event: the body is no event of Stripe's.") from error
        # The library refuses what is too old, and takes what is from a time to come.
        ahead_s = _signed_at(signature) - time.time()
        if ahead_s > self._tolerance_s:
            raise BadSignature(
                f"Stripe event: it is from {ahead_s:.0f} s after now. Check the clocks of both sides."
            )
        return objects.read_event(event.to_dict())

    # --- Details -----------------------------------------------------------------------------------

    def _query(self, charge: Charge) -> Report:
        if charge.original_id is None:
            session = self._session(charge.provider_ref, charge.operation_id, charge.requested_at)
            return objects.read_session(charge.operation_id, session)
        if charge.provider_ref.startswith("re_"):
            with self._conversation(charge.operation_id):
                found = self._api.refunds.retrieve(charge.provider_ref).to_dict()
            return objects.read_refund(charge.operation_id, found)
        session, intent = self._original(charge)
        wanted = str(charge.operation_id)
        if _told(intent).get("capture") == wanted:
            return objects.read_capture(charge.operation_id, intent)
        if _released_by(session, intent) == wanted and _is_released(session, intent):
            return self._released(charge, session)
        if intent:
            params: Params = {"payment_intent": intent["id"], "limit": PAGE_OF_LIST}
            with self._conversation(charge.operation_id):
                for refund in self._api.refunds.list(cast(Any, params)).auto_paging_iter():
                    if _told(refund.to_dict()).get("operation") == wanted:
                        return objects.read_refund(charge.operation_id, refund.to_dict())
        raise UnknownToProvider(f"{self.label} has no operation {charge.operation_id}.")

    def _must_have(self, charge: Charge) -> tuple[Params, Params]:
        """Return the original for a request: ProviderRefused if there is none to do anything with."""
        try:
            return self._original(charge)
        except UnknownToProvider as error:
            raise ProviderRefused(str(error), reason="resource_missing") from error

    def _original(self, charge: Charge) -> tuple[Params, Params]:
        """Return the Checkout Session of the original and its PaymentIntent, empty before a card was sent.

        Raises UnknownToProvider.
        """
        assert charge.original_id is not None, charge.operation_id
        session_ref = charge.original_ref
        if session_ref.startswith("pi_"):
            params: Params = {"payment_intent": session_ref, "limit": 1}
            with self._conversation(charge.operation_id):
                found = self._api.checkout.sessions.list(cast(Any, params)).data
            session_ref = found[0].id if found else ""
        asked_at = charge.original_requested_at or charge.requested_at
        session = self._session(session_ref, charge.original_id, asked_at)
        return session, session["payment_intent"] or {}

    def _session(self, reference: str, operation_id: UUID, asked_at: datetime) -> Params:
        """Return a Checkout Session with its PaymentIntent: by its id or, if that was never heard, by ours.

        Sessions cannot be searched; those made around the time are few. Raises UnknownToProvider.
        """
        with self._conversation(operation_id):
            if reference:
                params: Params = {"expand": ["payment_intent"]}
                return self._api.checkout.sessions.retrieve(reference, cast(Any, params)).to_dict()
            for session in self._sessions_between(asked_at - CLOCKS_DIFFER, asked_at + PAGE_LIFE_MAX):
                if session["client_reference_id"] == str(operation_id):
                    return self._session(session["id"], operation_id, asked_at)
        raise UnknownToProvider(f"{self.label} has no payment for operation {operation_id}.")

    def _sessions_between(self, first: datetime, last: datetime) -> Iterator[Params]:
        params: Params = {
            "created": {"gte": int(first.timestamp()), "lte": int(last.timestamp())},
            "limit": PAGE_OF_LIST,
        }
        for session in self._api.checkout.sessions.list(cast(Any, params)).auto_paging_iter():
            yield session.to_dict()

    def _first_answer(self, charge: Charge, made: stripe.StripeObject) -> Params:
        """Return what was made, unless it was made by an earlier request of the same operation."""
        answer = made.last_response
        if answer is not None and answer.headers.get("Idempotent-Replayed") == "true":
            raise AlreadySubmitted(
                f"Operation {charge.operation_id} is at {self.label} already: ask what became of it."
            )
        return made.to_dict()

    def _released(self, charge: Charge, session: Params) -> Report:
        return Report(
            charge.operation_id,
            "",
            Outcome.SUCCEEDED,
            amount_vnd=session["amount_total"],
            reference=_told(session).get("reference", ""),
            raw=objects.kept(session),
        )

    @contextmanager
    def _conversation(self, operation_id: UUID | None) -> Iterator[None]:
        """Turn the library's errors into ours. A repeat is known by its key, a no by its status."""
        words = f"{self.label}, operation {operation_id}"
        try:
            yield
        except stripe.IdempotencyError as error:
            raise AlreadySubmitted(
                f"{words}: its id was used for another request. {error.user_message}"
            ) from error
        except stripe.CardError as error:
            raise _refusal(words, error) from error
        except stripe.InvalidRequestError as error:
            raise _refusal(words, error) from error
        except stripe.StripeError as error:
            # No answer, a broken one, too many requests, or our key is wrong: nobody knows of the money.
            raise ProviderUnavailable(f"{words}: {type(error).__name__} {error.user_message}") from error


def _refusal(words: str, error: stripe.CardError | stripe.InvalidRequestError) -> ProviderRefused:
    told = error.error.to_dict() if error.error else {}
    reason = told.get("decline_code") or error.code or "invalid_request"
    raw = {
        name: told[name] for name in ("type", "code", "decline_code", "param", "message") if told.get(name)
    }
    return ProviderRefused(f"{words}: {error.user_message}", reason=str(reason), raw=raw)


def _page_ends_at(charge: Charge) -> datetime:
    """Return when the payer's page ends: the same for every attempt, or the key would not fit it."""
    return min(charge.expires_at + PAGE_LIFE_MIN, charge.requested_at + PAGE_LIFE_MAX)


def _key(charge: Charge, step: str = "") -> stripe.RequestOptions:
    """Return the Idempotency-Key of the operation, or of one of its lesser steps."""
    return {"idempotency_key": f"{charge.operation_id}:{step}" if step else str(charge.operation_id)}


def _id(charge: Charge, intent: Mapping[str, Any]) -> str:
    """Return the PaymentIntent's id. Raises ProviderRefused if no card was ever sent."""
    if not intent:
        raise ProviderRefused(
            f"Operation {charge.operation_id}: nobody has paid by operation {charge.original_id}.",
            reason="payment_intent_unexpected_state",
        )
    return str(intent["id"])


def _signed_at(signature: str) -> int:
    """Return the moment of a verified ``Stripe-Signature``, in seconds since 1970."""
    return next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))


def _is_released(session: Mapping[str, Any], intent: Mapping[str, Any]) -> bool:
    return bool(session["status"] == "expired" or intent.get("status") == "canceled")


def _released_by(session: Mapping[str, Any], intent: Mapping[str, Any]) -> str:
    return _told(session).get("void") or _told(intent).get("void", "")


def _told(shape: Mapping[str, Any]) -> dict[str, str]:
    return dict(shape.get("metadata") or {})

"""Stripe's error objects: docs.stripe.com/api/errors."""

from typing import Any

DOCS = "https://docs.stripe.com/error-codes/"


class StripeFailure(Exception):
    """A request cannot be carried out. ``is_kept``: an idempotency key remembers it as its answer.

    As at Stripe, that is so once the endpoint has begun its work; a request with wrong parameters is not
    remembered and may be sent again in its right form.
    """

    is_kept = False

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.shape: dict[str, Any] = {"message": message, "type": type}
        if code:
            self.shape |= {"code": code, "doc_url": DOCS + code.replace("_", "-")}
        if param:
            self.shape["param"] = param
        self.shape |= more


class Refused(StripeFailure):
    """The parameters are right, the state of things is not."""

    is_kept = True


class CardDeclined(Refused):
    """The bank said no. ``intent`` is the PaymentIntent's object, which remembers it."""

    def __init__(self, error: dict[str, Any], *, intent: dict[str, Any]) -> None:
        more = {name: error[name] for name in ("decline_code",) if name in error}
        super().__init__(
            error["message"],
            status=402,
            type="card_error",
            code=error["code"],
            payment_intent=intent,
            **more,
        )


def missing_object(name: str, reference: str, *, param: str = "id") -> StripeFailure:
    """Return the 404 of an object that is not this account's."""
    return StripeFailure(
        f"No such {name}: '{reference[:100]}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )

"""Everything that reads more than one row: objects by id, lists page by page, search."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from payments.simulator.stripe.failures import StripeFailure, missing_object
from payments.simulator.stripe.models import Account, PaymentIntent, Session
from payments.simulator.stripe.parameters import Field, Read, Values, inside, optional, text, whole

LIMIT, LIMIT_MAX = 10, 100
LATEST = 4_102_444_800  # the year 2100
_moment = whole(0, LATEST)
Found = TypeVar("Found", bound=Model)
TERM = re.compile(r"(?:metadata\[['\"]([^'\"]{1,40})['\"]\]|(status)):\s*['\"]([^'\"]{0,500})['\"]")


def _read_created(value: Any, name: str) -> dict[str, int]:
    if isinstance(value, str):
        return {"exact": _moment(value, name)}
    bounds = inside(optional(gt=_moment, gte=_moment, lt=_moment, lte=_moment))(value, name)
    return dict(bounds)


def listing(**filters: Read) -> dict[str, Field]:
    """Return the parameters of a list that can also be filtered by ``filters``."""
    return optional(
        limit=whole(1, LIMIT_MAX),
        starting_after=text(100),
        ending_before=text(100),
        created=_read_created,
        **filters,
    )


def page(
    rows: QuerySet[Found], values: Values, *, url: str, shape: Callable[[Found], dict[str, Any]], name: str
) -> dict[str, Any]:
    """Return one page of ``rows``, newest first, as Stripe's list object."""
    for operator, seconds in values.get("created", {}).items():
        # Stripe's moments are whole seconds; ours are finer.
        at = datetime.fromtimestamp(seconds + (operator in ("gt", "lte")), UTC)
        if operator == "exact":
            rows = rows.filter(created_at__gte=at, created_at__lt=datetime.fromtimestamp(seconds + 1, UTC))
        else:
            rows = rows.filter(**{f"created_at__{'gte' if operator in ('gt', 'gte') else 'lt'}": at})
    if "starting_after" in values:
        rows = rows.filter(pk__lt=_place(rows, values["starting_after"], name, "starting_after"))
    is_backwards = "ending_before" in values
    if is_backwards:
        rows = rows.filter(pk__gt=_place(rows, values["ending_before"], name, "ending_before"))
    limit = values.get("limit", LIMIT)
    found = list(rows.order_by("pk" if is_backwards else "-pk")[: limit + 1])
    has_more, found = len(found) > limit, found[:limit]
    if is_backwards:
        found.reverse()
    data = [shape(row) for row in found]
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def search(account: Account, query: str) -> QuerySet[PaymentIntent]:
    """Return the PaymentIntents that fit ``query``: metadata and status, joined by AND."""
    wanted = Q(account=account)
    for term in re.split(r"\s+AND\s+", query.strip()):
        match = TERM.fullmatch(term.strip())
        if match is None:
            raise StripeFailure(
                f"We were unable to parse your search query near {term[:60]!r}.", param="query"
            )
        key, is_status, value = match.groups()
        wanted &= Q(status=value) if is_status else Q(metadata__contains={key: value})
    return PaymentIntent.objects.filter(wanted)


def locked_session(reference: str, *, account: Account | None = None) -> Session:
    """Lock a session and then its intent: always in this order. Raises StripeFailure if there is none."""
    rows = Session.objects.select_for_update(of=("self",)).select_related("account")
    found = rows.filter(reference=reference, **({"account": account} if account else {})).first()
    if found is None:
        raise missing_object("checkout.session", reference)
    if found.intent_id is not None:
        intents = PaymentIntent.objects.select_for_update(of=("self",)).select_related("account")
        found.intent = intents.get(pk=found.intent_id)
    return found


def locked_intent(reference: str, *, account: Account | None = None, param: str = "id") -> PaymentIntent:
    """Lock an intent, its session first. Raises StripeFailure if there is none."""
    session = Session.objects.filter(intent__reference=reference)
    list(session.select_for_update(of=("self",)))
    rows = PaymentIntent.objects.select_for_update(of=("self",)).select_related("account")
    found = rows.filter(reference=reference, **({"account": account} if account else {})).first()
    if found is None:
        raise missing_object("payment_intent", reference, param=param)
    return found


def _place(rows: QuerySet[Found], reference: str, name: str, param: str) -> int:
    found = rows.model._default_manager.filter(reference=reference).values_list("pk", flat=True).first()
    if found is None:
        raise missing_object(name, reference, param=param)
    return int(found)

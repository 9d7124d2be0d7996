import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from payments.errors import AmountMismatch
from payments.models import Claim, Operation
from payments.providers.base import Outcome
from tests.payments.making import operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def reconcile(reference):
    out = StringIO()
    call_command("reconcile", reference, stdout=out)
    return out.getvalue()


def test_both_views_of_a_disputed_amount_are_shown_and_nothing_changes(fake):
    operation = operation_of(start())
    fake.decide(operation.pk, Outcome.SUCCEEDED)
    with pytest.raises(AmountMismatch):
        tell(report_on(operation, amount_vnd=25_000))
    before = (Claim.objects.count(), Operation.objects.get().next_ask_at)

    text = reconcile("ORDER-7")

    assert f"authorize {operation.pk} of 250,000 VND through fake" in text
    assert "ours:   pending, the provider's transaction is unknown" in text
    assert re.search(r"told: .* by callback: succeeded, 25,000 VND, not believed: amount_mismatch", text)
    assert f"theirs: succeeded, 250,000 VND, transaction F-{operation.pk}" in text
    assert (Claim.objects.count(), Operation.objects.get().next_ask_at) == before


def test_what_is_booked_is_shown(fake):
    paid()

    assert (
        "Booked: escrow:ORDER-7-1 holds 200,000 VND\nBooked: escrow:ORDER-7-2 holds 50,000 VND"
        in reconcile("ORDER-7")
    )


def test_a_provider_that_does_not_answer_is_no_obstacle(fake):
    start()
    fake.script.is_silent = True

    assert "theirs: no answer. The fake is silent." in reconcile("ORDER-7")


def test_a_reference_nobody_paid_for_is_a_users_mistake():
    with pytest.raises(CommandError, match="There is no payment for ORDER-8"):
        reconcile("ORDER-8")

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payments import providers, selectors
from payments.errors import PaymentError
from payments.models import Operation
from payments.services.asking import charge_of


class Command(BaseCommand):
    help = (
        "Show both views of one reference: what we asked for, were told and booked, and what the provider "
        "says of it now. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="the order's number")

    def handle(self, *, reference: str, **options: Any) -> None:
        operations = list(selectors.operations_for(reference))
        if not operations:
            raise CommandError(
                f"There is no payment for {reference}. Give the order's number as the buyer sees it."
            )
        for operation in operations:
            self._show(operation)
        for account, balance_vnd in selectors.escrow_of(reference).items():
            self.stdout.write(f"Booked: {account} holds {balance_vnd:,} VND")

    def _show(self, operation: Operation) -> None:
        intent = operation.intent
        self.stdout.write(
            f"{operation.kind} {operation.pk} of {operation.amount_vnd:,} VND through {operation.provider}, "
            f"payment {intent.pk} ({intent.state})"
        )
        transaction = operation.provider_ref or "unknown"
        self.stdout.write(f"  ours:   {operation.state}, the provider's transaction is {transaction}")
        for claim in selectors.claims_about(operation):
            amount = "no amount" if claim.amount_vnd is None else f"{claim.amount_vnd:,} VND"
            verdict = f"not believed: {claim.refusal}" if claim.refusal else "believed"
            self.stdout.write(
                f"  told:   {claim.received_at.isoformat(timespec='seconds')} by {claim.source}: "
                f"{claim.outcome or 'unreadable'}, {amount}, {verdict}"
            )
        self.stdout.write(f"  theirs: {_asked_now(operation)}")


def _asked_now(operation: Operation) -> str:
    try:
        report = providers.get(operation.provider).query(charge_of(operation))
    except PaymentError as error:
        return f"no answer. {error}"
    amount = "no amount" if report.amount_vnd is None else f"{report.amount_vnd:,} VND"
    return f"{report.outcome}, {amount}, transaction {report.provider_ref or 'unknown'}"

from argparse import ArgumentParser
from datetime import date
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from tqdm import tqdm

from payments import providers, selectors, services
from payments.errors import PaymentError
from payments.models import Difference, Operation, Reconciliation
from payments.services.asking import charge_of


class Command(BaseCommand):
    help = (
        "With --provider and --day: compare that statement with what was asked for and booked, settle by it "
        "what had no answer, and name every difference. May be run again. With a reference: show both views "
        "of it, what we asked for, were told and booked, and what the provider says now; changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", nargs="?", help="the order's number")
        parser.add_argument("--provider", help="whose statement, by its code in PAYMENT_PROVIDERS")
        parser.add_argument("--day", type=date.fromisoformat, help="of which day, as 2026-03-02")

    def handle(
        self,
        *,
        reference: str | None,
        provider: str | None,
        day: date | None,
        verbosity: int,
        **options: Any,
    ) -> None:
        if reference and not (provider or day):
            self._show_both_views(reference)
        elif provider and day and not reference:
            self._compare(provider, day, verbosity=verbosity)
        else:
            raise CommandError("Give either an order's number, or --provider and --day.")

    def _compare(self, provider: str, day: date, *, verbosity: int) -> None:
        now = timezone.now()
        if day > timezone.localdate(now):
            raise CommandError(
                f"{day.isoformat()} has not begun. Give a day that has, best one that has ended."
            )
        progress = partial(
            tqdm, unit="line", unit_scale=True, file=self.stderr, disable=verbosity == 0, desc=provider
        )
        try:
            found = services.reconcile(provider=provider, day=day, by="manage.py", now=now, watch=progress)
        except PaymentError as error:
            raise CommandError(str(error)) from error
        self._tell(found)

    def _tell(self, found: Reconciliation) -> None:
        self.stdout.write(
            f"{found.provider} {found.day.isoformat()}: {found.lines:,} lines, {found.in_vnd:,} VND in, "
            f"{found.out_vnd:,} VND out. {found.agreed:,} agree, {found.settled:,} were settled by it."
        )
        still_open = found.differences.filter(state=Difference.State.OPEN).order_by("kind", "key")
        with translation.override("en"):
            for one in still_open.iterator():
                self.stdout.write(f"{one.kind} {one.provider_ref or one.reference}: {_amounts(one)}")
                self.stdout.write(f"  {one.detail + '. ' if one.detail else ''}{one.next_step}")
        self.stdout.write(f"{still_open.count():,} differences are open.")

    def _show_both_views(self, reference: str) -> None:
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


def _amounts(difference: Difference) -> str:
    views = (
        ("statement", difference.statement_vnd),
        ("asked for", difference.asked_vnd),
        ("booked", difference.booked_vnd),
    )
    return ", ".join(f"{name} {amount_vnd:,} VND" for name, amount_vnd in views if amount_vnd is not None)


def _asked_now(operation: Operation) -> str:
    try:
        report = providers.get(operation.provider).query(charge_of(operation))
    except PaymentError as error:
        return f"no answer. {error}"
    amount = "no amount" if report.amount_vnd is None else f"{report.amount_vnd:,} VND"
    return f"{report.outcome}, {amount}, transaction {report.provider_ref or 'unknown'}"

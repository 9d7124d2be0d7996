"""The pages for staff. They read; the two that write ask for a comparison and close a difference."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from payments import providers, services
from payments.ledger import UnknownTransfer, telling
from payments.ledger.selectors import entries_of
from payments.models import Difference, PaymentByHand, Reconciliation
from payments.providers.base import Capability
from payments.services.outbox import run_later
from payments.staff import naming, selectors
from payments.staff.access import StaffOnly

PER_PAGE = 50
NOTE_MAX = 500


class OverviewPage(StaffOnly, View):
    """GET: where the money is, and what waits for somebody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        overview = selectors.overview()
        context = {
            "overview": overview,
            "kinds": [(selectors.words_for(total.kind), total) for total in overview.kinds],
            "days": _labelled(overview.days),
        }
        return render(request, "staff/overview.html", context)


class FindPage(StaffOnly, View):
    """GET ``?q=``: go to the story of an order, a payment, a transfer or an account, whichever it names."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").strip()[:100]
        if address := _address_of(text):
            return redirect(address)
        found = telling.accounts(text=text)[:PER_PAGE] if text else []
        names = naming.names_of(account.code for account in found)
        return render(request, "staff/find.html", {"text": text, "accounts": found, "names": names})


class DaysPage(StaffOnly, View):
    """GET ``?to=``: days by providers, whatever needs somebody first. POST: have a day compared."""

    def get(self, request: HttpRequest) -> HttpResponse:
        yesterday = timezone.localdate() - timedelta(days=1)
        last = min(_read_day(request.GET.get("to", "")) or yesterday, timezone.localdate())
        columns = selectors.statement_providers()
        first = selectors.first_day()
        context = {
            "columns": columns,
            "days": selectors.days(last, columns),
            "waiting": _labelled(selectors.with_open_differences()[:PER_PAGE]),
            "yesterday": yesterday,
            "today": timezone.localdate(),
            "later": last + timedelta(days=selectors.DAYS) if last < yesterday else None,
            "earlier": last - timedelta(days=selectors.DAYS) if first and first < last else None,
        }
        return render(request, "staff/days.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        provider, day = request.POST.get("provider", ""), _read_day(request.POST.get("day", ""))
        if day is None or day > timezone.localdate() or not providers.can(provider, Capability.STATEMENT):
            messages.error(request, _("Choose a provider, and a day that has begun."))
            return redirect("staff:reconciliation")
        return _compare(request, provider, day)


class DayPage(StaffOnly, View):
    """GET: one provider's day. POST: have it compared again."""

    def get(self, request: HttpRequest, provider: str, day: date) -> HttpResponse:
        found = selectors.reconciliation(provider, day)
        if not found.run and not providers.can(provider, Capability.STATEMENT):
            raise Http404
        differences = selectors.differences(found)
        still_open = differences.filter(state=Difference.State.OPEN)
        context = {
            "day": found,
            "label": providers.label(provider),
            "page_obj": _page(request, still_open),
            "closed": differences.exclude(state=Difference.State.OPEN)[:PER_PAGE],
            "can_run": providers.can(provider, Capability.STATEMENT),
            "note_max": NOTE_MAX,
        }
        return render(request, "staff/day.html", context)

    def post(self, request: HttpRequest, provider: str, day: date) -> HttpResponse:
        if day > timezone.localdate() or not providers.can(provider, Capability.STATEMENT):
            raise Http404
        return _compare(request, provider, day)


class DifferencePage(StaffOnly, View):
    """POST ``note``: close one difference, saying what was found and done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider: str, day: date, difference_id: int) -> HttpResponse:
        if not Difference.objects.filter(
            pk=difference_id, reconciliation__provider=provider, reconciliation__day=day
        ).exists():
            raise Http404
        note = request.POST.get("note", "").strip()
        if not note or len(note) > NOTE_MAX:
            messages.error(request, _("Say in a few words what you found and did; then it can be closed."))
        else:
            services.close_difference(
                difference_id=difference_id, note=note, by=_name(request), now=timezone.now()
            )
            messages.success(request, _("The difference is closed, with your note."))
        return redirect("staff:day", provider=provider, day=day)


class AccountsPage(StaffOnly, View):
    """GET ``?kind=&q=``: the accounts of the ledger."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:100]
        page = _page(request, telling.accounts(kind=kind, text=text))
        context = {
            "kinds": [(selectors.words_for(total.kind), total) for total in telling.totals_by_kind()],
            "kind": kind,
            "text": text,
            "page_obj": page,
            "names": naming.names_of(account.code for account in page),
        }
        return render(request, "staff/accounts.html", context)


class AccountPage(StaffOnly, View):
    """GET: one account and its entries, newest first."""

    def get(self, request: HttpRequest, account: str) -> HttpResponse:
        found = telling.account(account)
        if found is None:
            raise Http404
        page = _page(request, entries_of(found.code))
        names = naming.names_in(entry.transfer for entry in page) or naming.names_of([found.code])
        context = {
            "account": found,
            "words": selectors.words_for(found.kind),
            "page_obj": page,
            "names": names,
            "owner": names.get(found.code, ""),
        }
        return render(request, "staff/account.html", context)


class TransferPage(StaffOnly, View):
    """GET: the story of one transfer."""

    def get(self, request: HttpRequest, transfer_id: UUID) -> HttpResponse:
        try:
            story = telling.transfer_story(transfer_id)
        except UnknownTransfer as error:
            raise Http404 from error
        cause = selectors.cause_of(story)
        reference = story.transfer.reference
        about = telling.transfers_about(reference).exclude(pk=transfer_id) if reference else ()
        related = list(about[:PER_PAGE])
        context = {
            "story": story,
            "transfer": story.transfer,
            "cause": cause,
            "claims": selectors.claims_about(cause),
            "payment": PaymentByHand.objects.filter(pk=transfer_id).first(),
            "related": related,
            "names": naming.names_in([story.transfer, *related]),
        }
        return render(request, "staff/transfer.html", context)


class StoryPage(StaffOnly, View):
    """GET: all that happened about one order's number."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        story = selectors.story_of(reference)
        if story.is_empty:
            raise Http404
        names = naming.names_in(story.transfers)
        return render(request, "staff/story.html", {"story": story, "names": names})


def _address_of(text: str) -> str | None:
    """Return where what ``text`` names is told; None if it names nothing."""
    if not text:
        return None
    if telling.account(text) is not None:
        return reverse("staff:account", args=[text])
    try:
        found = selectors.reference_of(UUID(text))
        is_transfer = found is None and telling.transfer_story(UUID(text)) is not None
    except UnknownTransfer:
        return None
    except ValueError:
        found = None if selectors.story_of(text).is_empty else text
        is_transfer = False
    if is_transfer:
        return reverse("staff:transfer", args=[UUID(text)])
    return reverse("staff:story", args=[found]) if found else None


def _compare(request: HttpRequest, provider: str, day: date) -> HttpResponse:
    run_later("payments.tasks.reconcile", provider=provider, day=day.isoformat(), by=_name(request))
    messages.success(request, _("The statement is being compared. Open this page again in a moment."))
    return redirect("staff:day", provider=provider, day=day)


def _labelled(days: Iterable[Reconciliation]) -> list[tuple[str, Reconciliation]]:
    return [(providers.label(day.provider), day) for day in days]


def _page(request: HttpRequest, found: QuerySet) -> Page:
    return Paginator(found, PER_PAGE).get_page(request.GET.get("page"))


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(request: HttpRequest) -> str:
    user: Any = request.user
    return str(user.get_username())[:64]

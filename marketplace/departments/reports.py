"""Reports: an official's figures as a paper to sign, at once or every week or month by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from frontend.state_paper import Issuer
from frontend.templatetags.money import vnd, whole_number
from marketplace.accounts.models import User
from marketplace.accounts.selectors import NOTHING, OfficialScope, official_scope
from marketplace.places import selectors as places
from marketplace.statistics import exports, periods, selectors
from marketplace.statistics.tables import Table
from payments.services.outbox import run_later

from . import outgoing
from .models import Report, Subscription

Every = Subscription.Every
SALT = "reports by e-mail"
CONFIRM_WITHIN = timedelta(days=7)
HOUR = 7  # of the morning, when the report of what is over is written
SHOWN_ROWS = 5
# Of released figures: the market itself, which publishes them.
PUBLISHER = Issuer(
    body="Sàn số Mường Then", above="Tỉnh Điện Biên", place="Điện Biên", sign="TB-MT", signer=""
)
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


@dataclass(frozen=True)
class Period:
    first_day: date
    last_day: date


def is_mail_sent() -> bool:
    """Whether this market has somebody who takes its e-mails."""
    return settings.EMAIL_BACKEND != NO_MAIL


@transaction.atomic
def subscribe(*, official: User, every: str, email: str, now: datetime) -> Subscription:
    """Ask for a report every week or month at ``email``, and send a letter there to confirm it.

    The same wish again changes nothing; another address ends the one before.
    """
    User.objects.select_for_update().get(pk=official.pk)
    known = Subscription.objects.filter(official=official, every=every, ended_at=None).first()
    if known is not None:
        if known.email == email:
            return known
        stop(subscription=known, now=now)
    new = Subscription.objects.create(official=official, every=every, email=email, asked_at=now)
    _queue(new, None, now=now)
    return new


def stop(*, subscription: Subscription, now: datetime) -> None:
    """Send nothing more. One that was ended keeps its day."""
    Subscription.objects.filter(pk=subscription.pk, ended_at=None).update(ended_at=now)


def token_of(subscription: Subscription) -> str:
    """Return what only whoever reads the letter knows."""
    return signing.dumps([subscription.pk, subscription.email], salt=SALT)


def confirm(*, token: str, official: User, now: datetime) -> Subscription | None:
    """Begin to send what was asked for by ``official``. None if the token is no such one, or too old."""
    subscription = subscription_of(token, official=official)
    if subscription is not None:
        open_ones = Subscription.objects.filter(pk=subscription.pk, ended_at=None, confirmed_at=None)
        open_ones.update(confirmed_at=now)
    return subscription


def subscription_of(token: str, *, official: User) -> Subscription | None:
    """Return what the letter with ``token`` was about, if it is theirs and has not ended."""
    try:
        pk, email = signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Subscription.objects.filter(pk=pk, email=email, official=official, ended_at=None).first()


def write_due(*, now: datetime) -> int:
    """Write the reports of the week or month that is over, from seven in the morning; return how many.

    Whoever confirmed after its end gets the next one. Repeats write nothing. Meant for every hour.
    """
    local = timezone.localtime(now)
    written = 0
    if local.hour < HOUR:
        return 0
    for every in Every.values:
        period = last_period(every, today=local.date())
        ended = timezone.make_aware(
            datetime.combine(period.last_day + timedelta(days=1), datetime.min.time())
        )
        waiting = Subscription.objects.filter(every=every, ended_at=None, confirmed_at__lt=ended)
        for subscription in waiting.exclude(reports__first_day=period.first_day).order_by("pk"):
            with transaction.atomic():
                written += _queue(subscription, period, now=now)
    return written


def last_period(every: str, *, today: date) -> Period:
    """Return the last week, Monday to Sunday, or the last month that is over."""
    if every == Every.WEEK:
        monday = today - timedelta(days=today.weekday() + 7)
        return Period(monday, monday + timedelta(days=6))
    first = periods.months_before(today.replace(day=1), 1)
    return Period(first, today.replace(day=1) - timedelta(days=1))


def deliver(*, report_id: int, now: datetime) -> bool:
    """Send one letter if it is due. Returns False if it is not, or could not be sent.

    What is in it is what the official may see now; whoever is none any more gets nothing.
    """
    report = outgoing.claim(Report, report_id, now=now)
    if report is None:
        return False
    subscription = Subscription.objects.select_related("official").get(pk=report.subscription_id)
    scope = official_scope(subscription.official)
    if subscription.ended_at is not None or scope == NOTHING or not subscription.official.is_active:
        stop(subscription=subscription, now=now)
        outgoing.given_up(report, "Ended, or no official any more.")
        return False
    with translation.override(settings.LANGUAGE_CODE):
        letter = _letter(report, subscription, scope, now=now)
    try:
        letter.send()
    except OSError as error:  # also what smtplib raises
        outgoing.failed(report, f"{type(error).__name__}: {error}")
        return False
    outgoing.sent(report, now=now)
    return True


def figures(
    scope: OfficialScope, *, first_day: date, last_day: date, boundaries: str = "2025", **narrower: Any
) -> Table:
    """Return what an official reports: the communes, or of one commune its product groups."""
    if "by" not in narrower:
        narrower["by"] = "commune"
        if not scope.whole_province and len(scope.commune_codes) == 1 and boundaries == "2025":
            narrower |= {"by": "group", "commune": next(iter(scope.commune_codes))}
    return selectors.sales(
        boundaries=boundaries, first_day=first_day, last_day=last_day, scope=scope, **narrower
    )


def issuer_of(scope: OfficialScope, *, today: date) -> Issuer:
    """Return the people's committee that an official of ``scope`` works for. At most one query."""
    if scope.whole_province or len(scope.commune_codes) != 1:
        return Issuer(body="Ủy ban nhân dân tỉnh Điện Biên", place="Điện Biên")
    commune = places.commune_at(next(iter(scope.commune_codes)), today)
    name = commune.full_name[:1].lower() + commune.full_name[1:]
    return Issuer(body=f"Ủy ban nhân dân {name}", place=commune.name)


def paper_of(table: Table, scope: OfficialScope, *, now: datetime) -> bytes:
    """Return the table as a PDF with the head of the state, ready for its number and signature."""
    issuer = issuer_of(scope, today=timezone.localdate(now))
    receivers = ["Sở Công Thương", "Cục Thống kê tỉnh"]
    if not scope.whole_province:
        receivers.insert(0, "UBND tỉnh")
    source = "Số liệu từ sổ bán hàng tại thời điểm lập."
    return exports.table_paper(table, issuer=issuer, now=now, source=source, receivers=receivers).as_bytes()


def released_paper_of(table: Table, *, note: str, now: datetime) -> bytes:
    """Return the table as everybody may see it as a PDF of the market. ``note`` says what is not shown."""
    source = "Số liệu đã công bố."
    paper = exports.table_paper(table, issuer=PUBLISHER, now=now, note=note, source=source, receivers=())
    return paper.as_bytes()


def _queue(subscription: Subscription, period: Period | None, *, now: datetime) -> bool:
    days = {"first_day": period.first_day, "last_day": period.last_day} if period else {}
    try:
        with transaction.atomic():
            report = Report.objects.create(subscription=subscription, queued_at=now, next_try_at=now, **days)
    except IntegrityError:  # somebody else has just written it
        return False
    run_later("marketplace.departments.tasks.deliver_report", report_id=report.pk)
    return True


def _letter(
    report: Report, subscription: Subscription, scope: OfficialScope, *, now: datetime
) -> EmailMessage:
    base = settings.PUBLIC_BASE_URL
    page = base + reverse("board-reports:home")
    name = subscription.official.get_full_name()
    if report.first_day is None or report.last_day is None:
        address = base + reverse("board-reports:confirm", args=[token_of(subscription)])
        words = _(
            "%(name)s asked for the figures of the market Mường Then at this address.\n\n"
            "To begin, open this page and confirm it within seven days:\n%(address)s\n\n"
            "Was it not you? Then do nothing: nothing more will come."
        ) % {"name": name, "address": address}
        return EmailMessage(_("Mường Then: confirm your report"), words, to=[subscription.email])
    table = figures(scope, first_day=report.first_day, last_day=report.last_day)
    period = f"{report.first_day:%d/%m/%Y} – {report.last_day:%d/%m/%Y}"
    lines = [f"{row.name}: {vnd(row.net_vnd)}" for row in table.rows if row.net_vnd][:SHOWN_ROWS]
    total = table.total
    words = "\n".join(
        [
            _("Sales on the market Mường Then, %(period)s") % {"period": period},
            "",
            f"{_('Sales less refunds')}: {vnd(total.net_vnd or 0)}",
            f"{_('Orders')}: {whole_number(total.orders or 0)}",
            "",
            *(lines or [_("Nothing was sold.")]),
            "",
            _("The whole table is attached. To get it no more, or more often: %(page)s") % {"page": page},
        ]
    )
    letter = EmailMessage(
        _("Mường Then: sales of %(period)s") % {"period": period}, words, to=[subscription.email]
    )
    file = f"muongthen-{report.first_day}-{report.last_day}"
    letter.attach(f"{file}.pdf", paper_of(table, scope, now=now), "application/pdf")
    letter.attach(f"{file}.xlsx", exports.rows_to_xlsx(table), exports.XLSX)
    return letter

"""Making a release: count, hide, attack, sign, keep. And checking that nobody touched one since."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from marketplace.sellers.identity import Share
from marketplace.sellers.models import Member, Seller
from marketplace.statistics.disclosure import contributors
from marketplace.statistics.disclosure.contributors import Thresholds
from marketplace.statistics.periods import months_before
from marketplace.statistics.selectors import disclosure_rule

from . import counting, documents, planning, signing
from .counting import Key, Month
from .errors import (
    MonthLeftOut,
    MonthNotOver,
    MonthReleased,
    PublicationRuleMissing,
    RevisionTooLate,
    StillExposed,
)
from .models import PublicationRule, Release, ReleaseTable, Waiver

LOCK = 6_041_946  # names the right to make a release among PostgreSQL's advisory locks
Note = Callable[[str], None]


@dataclass(frozen=True)
class History:
    """What all releases before said: the figures shown, and the keys some release withheld."""

    months: list[Month]
    shown: dict[Key, int]
    withheld: set[Key]


def make_release(
    *, month: date, now: datetime, revise: bool = False, changelog: str = "", note: Note = lambda text: None
) -> Release:
    """Publish the figures of ``month`` (its first day) and of its year so far, as known at ``now``.

    ``revise`` publishes the newest month again, with ``changelog`` saying why. ``note`` hears what is being
    done. Raises ReleaseRefused; then nothing is published. Takes up to a minute: for commands and tasks.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        newest = Release.objects.order_by("-number").first()
        _check(month, newest, revise=revise, today=timezone.localdate(now))
        rules = rules_on(last_day_of(month))
        note("Counting the lines of the year.")
        history = history_of(month, now=now)
        months = [*history.months, Month(month, now)]
        holdings = holdings_now()
        figures = counting.figures_of(months, holdings)
        sums = counting.sums_of(figures, months)
        note(f"Hiding what tells too much, of {len(figures):,} figures, and attacking the rest.")
        plan = planning.plan(
            figures=figures,
            sums=sums,
            months=months,
            fixed={
                key
                for key, net_vnd in history.shown.items()
                if key in figures and documents.shown_of(figures[key], rules)["net_vnd"] == net_vnd
            },
            withheld=history.withheld,
            thresholds=Thresholds(rules.min_holdings, rules.p_percent),
            waived=waived_holdings(holdings),
        )
        if plan.exposed:
            raise StillExposed(month=month, exposed=len(plan.exposed))
        with translation.override(settings.LANGUAGE_CODE):
            texts = _texts(months[-1], figures, plan.hidden, rules)
        return _keep(
            month,
            newest,
            texts,
            now=now,
            changelog=changelog,
            audit={
                "protected": len(plan.protected),
                "withheld": len(plan.hidden),
                "withheld_percent": plan.hidden_percent,
                "exposed": 0,
            },
        )


def _texts(
    month: Month, figures: counting.Figures, hidden: frozenset[Key], rules: documents.Rules
) -> dict[str, str]:
    """Return the canonical text of every table, by name, in the language of the market."""
    last_day = last_day_of(month.first_day)
    return {
        name: signing.canonical(
            documents.document_of(
                name, month=month, last_day=last_day, figures=figures, hidden=hidden, rules=rules
            )
        )
        for name in documents.NAMES
    }


def _check(month: date, newest: Release | None, *, revise: bool, today: date) -> None:
    assert month.day == 1, month
    if last_day_of(month) >= today:
        raise MonthNotOver(month=month, today=today)
    if newest is None:
        return
    if revise and month < newest.month:
        raise RevisionTooLate(month=month, newest=newest.month)
    if not revise and month <= newest.month:
        number = Release.objects.filter(month__gte=month).order_by("number").values_list("number", flat=True)
        raise MonthReleased(month=month, number=number[0])
    expected = last_day_of(newest.month) + timedelta(days=1)
    if month > expected:
        raise MonthLeftOut(month=month, expected=expected)


def _keep(
    month: date,
    newest: Release | None,
    texts: dict[str, str],
    *,
    now: datetime,
    changelog: str,
    audit: dict[str, int],
) -> Release:
    number = newest.number + 1 if newest else 1
    revision = Release.objects.filter(month=month).count()
    header = signing.canonical(
        {
            "number": number,
            "month": f"{month:%Y-%m}",
            "revision": revision,
            "as_of": documents.moment(now),
            "changelog": changelog,
            "previous": newest.hash if newest else "",
            "tables": {name: signing.digest(text) for name, text in texts.items()},
            "audit": audit,
        }
    )
    hash_ = signing.digest(header)
    signature, public_key = signing.sign(hash_)
    release = Release.objects.create(
        number=number,
        month=month,
        revision=revision,
        as_of=now,
        made_at=now,
        changelog=changelog,
        header=header,
        hash=hash_,
        previous=newest,
        signature=signature,
        public_key=public_key,
    )
    ReleaseTable.objects.bulk_create(
        ReleaseTable(release=release, name=name, document=text, digest=signing.digest(text))
        for name, text in texts.items()
    )
    return release


def history_of(month: date, *, now: datetime, before: int | None = None) -> History:
    """Return what releases up to ``month`` published of its year, and the months before it, oldest first.

    ``before`` leaves out that release and all after it; ``now`` is when a first release is made.

    The months before the first release of the year stand together in the last of them: only their sum
    counts. Cost: one query for the releases and one for their tables.
    """
    january = month.replace(month=1)
    found = Release.objects.filter(month__range=(january, month))
    if before is not None:
        found = found.filter(number__lt=before)
    releases = list(found.order_by("number").prefetch_related("tables"))
    newest = {release.month: release for release in releases}
    first = min(newest, default=month)
    opening = [months_before(first, count) for count in range(first.month - 1, 0, -1)]
    start = min((release.as_of for release in releases), default=now)
    months = [Month(day, start, own=False) for day in opening]
    months += [Month(day, newest[day].as_of) for day in sorted(newest) if day < month]
    shown: dict[Key, int] = {}
    withheld: set[Key] = set()
    for release in releases:
        for key, row in published_rows(release):
            if row["suppressed"]:
                withheld.add(key)
            else:
                shown[key] = row["net_vnd"]
    return History(months, shown, withheld)


def published_rows(release: Release) -> Iterable[tuple[Key, dict[str, Any]]]:
    """Yield every row of every table of ``release`` with its key."""
    month = Month(release.month, release.as_of)
    for table in release.tables.all():
        for row in json.loads(table.document)["rows"]:
            yield documents.key_of(table.name, row, month), row


def holdings_now() -> dict[int, int]:
    """Return the contributor of each seller: sellers with a member or a shareholder in common are one."""
    people: dict[int, set[int]] = {}
    for seller, user in Member.objects.values_list("seller_id", "user_id"):
        people.setdefault(user, set()).add(seller)
    for seller, user in Share.objects.exclude(user=None).values_list("table__seller_id", "user_id"):
        people.setdefault(user, set()).add(seller)
    bonds = [pair for sellers in people.values() for pair in combinations(sorted(sellers), 2)]
    return contributors.holdings(Seller.objects.values_list("pk", flat=True), bonds)


def waived_holdings(holdings: dict[int, int]) -> set[int]:
    """Return the contributors all of whose sellers consented to be shown."""
    consented = set(Waiver.objects.filter(withdrawn_at=None).values_list("seller_id", flat=True))
    refused = {holding for seller, holding in holdings.items() if seller not in consented}
    return {holdings[seller] for seller in consented} - refused


def rules_on(day: date) -> documents.Rules:
    """Return the rules in force on ``day``. Raises PublicationRuleMissing and DisclosureRuleMissing."""
    rule = PublicationRule.objects.valid_on(day).first()
    if rule is None:
        raise PublicationRuleMissing(on=day)
    frequency = disclosure_rule(day)
    return documents.Rules(
        frequency.min_sellers, rule.p_percent, rule.round_to_vnd, f"{frequency.source}; {rule.source}"
    )


def last_day_of(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

"""Making a release: count, hide, attack, sign, keep. And checking that nobody touched one since."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
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

from . import counting, documents, planning, signing, visiting
from .counting import Key, Month
from .errors import (
    MonthLeftOut,
    MonthNotOver,
    MonthReleased,
    PublicationRuleMissing,
    RevisionTooLate,
    StillExposed,
)
from .models import PublicationRule, Release, ReleaseTable, VisitCount, Waiver
from .planning import Plan, Published

LOCK = 6_041_946  # names the right to make a release among PostgreSQL's advisory locks
Note = Callable[[str], None]


@dataclass(frozen=True)
class History:
    """What all releases before said, by subject, and the months they are of."""

    months: list[Month]
    published: dict[str, Published]


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
        truth = Truth(months, newest, rules)
        note(
            f"Hiding what tells too much, of {len(truth.figures['sales']):,} figures, and attacking the rest."
        )
        plans = plan_all(truth, history)
        exposed = sum(len(plan.exposed) for plan in plans.values())
        if exposed:
            raise StillExposed(month=month, exposed=exposed)
        with translation.override(settings.LANGUAGE_CODE):
            texts = _texts(truth, plans)
        release = _keep(
            month,
            newest,
            texts,
            now=now,
            changelog=changelog,
            audit={
                "protected": sum(plan.protected for plan in plans.values()),
                "withheld": sum(len(plan.hidden) for name, plan in plans.items() if name != "refunds"),
                "withheld_percent": planning.withheld_percent(
                    truth.figures["sales"], plans["sales"].hidden, months[-1]
                ),
                "exposed": 0,
            },
        )
        visiting.keep(release, truth.new_visits)
        return release


class Truth:
    """Every figure of the year so far with its contributors, whether it may be shown or not.

    ``newest`` is the release before, whose counts of nights and guests stand; ``number`` counts again what a
    release kept itself.
    """

    def __init__(
        self, months: Sequence[Month], newest: Release | None, rules: documents.Rules, *, number: int = 0
    ) -> None:
        self.months, self.rules = list(months), rules
        self.holdings = holdings_now()
        self.waived = waived_holdings(self.holdings)
        self.new_visits: dict[date, list[VisitCount]] = {}
        visits = visiting.frozen(months, until=number or (newest.number if newest else 0))
        if not number:
            visits.pop(months[-1].first_day, None)  # a revision counts its month again
            self.new_visits = visiting.count([month for month in months if month.first_day not in visits])
            visits |= self.new_visits
        self.figures = {
            "sales": counting.figures_of(months, self.holdings),
            **visiting.figures_of(months, visits, self.holdings),
        }

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.rules.min_holdings, self.rules.p_percent)


def plan_all(truth: Truth, history: History) -> dict[str, Plan]:
    """Decide for every subject what is withheld. Where sales are, refunds are too."""
    plans: dict[str, Plan] = {}
    for name, measures in planning.SUBJECTS.items():
        figures = truth.figures["sales" if name == "refunds" else name]
        plans[name] = planning.plan(
            measures=measures,
            figures=figures,
            sums=counting.sums_of(figures, truth.months),
            months=truth.months,
            published=history.published[name],
            round_to=truth.rules.round_to_vnd,
            thresholds=truth.thresholds,
            waived=truth.waived,
            hidden=plans["sales"].hidden if name == "refunds" else (),
        )
    return plans


def _texts(truth: Truth, plans: Mapping[str, Plan]) -> dict[str, str]:
    """Return the canonical text of every table, by name, in the language of the market."""
    return {
        name: signing.canonical(
            documents.document_of(
                name,
                month=truth.months[-1],
                figures=truth.figures[documents.subject_of(name)],
                hidden=plans[documents.subject_of(name)].hidden,
                apart=plans["refunds"].hidden,
                rules=truth.rules,
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
    published = {name: Published() for name in planning.SUBJECTS}
    for release in releases:
        for subject, key, row in published_rows(release):
            for name in (subject, "refunds") if subject == "sales" else (subject,):
                for measure in planning.SUBJECTS[name]:
                    _note_published(published[name], measure.name, key, row)
    return History(months, published)


def _note_published(published: Published, measure: str, key: Key, row: Mapping[str, Any]) -> None:
    if measure not in row:
        return
    if row[measure] is None:
        published.withheld.setdefault(measure, set()).add(key)
    else:
        published.shown.setdefault(measure, {})[key] = row[measure]


def published_rows(release: Release) -> Iterable[tuple[str, Key, dict[str, Any]]]:
    """Yield every row of every table of ``release`` with its subject and key."""
    month = Month(release.month, release.as_of)
    for table in release.tables.all():
        for row in json.loads(table.document)["rows"]:
            yield documents.subject_of(table.name), documents.key_of(table.name, row, month), row


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

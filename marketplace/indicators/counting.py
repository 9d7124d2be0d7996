"""What cards are counted from: figures by commune of today, for several periods at once.

A count is named as in ``sources``. Before the name, ``any:`` makes it the communes that have some,
``zone3:`` leaves out all but the communes of zone III (specially difficult), and ``fact:`` is what officials
entered from elsewhere. Counts add up over communes; a seller is one in each unit it sells from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from marketplace.delivery.services import HOME_PROVINCE
from marketplace.places import selectors as places
from marketplace.places.models import Commune
from marketplace.statistics.periods import EARLIEST

from . import sources
from .models import Fact

ANY, ZONE_THREE, FACT = "any:", "zone3:", "fact:"
WALLET = "payments.providers.wallet.WalletProvider"
# The key of what belongs to no single commune of today: facts of the province, and units that span several.
PROVINCE = 0

_SPANS = """
    WITH span AS MATERIALIZED (
      SELECT * FROM unnest(%(places)s::int[], %(firsts)s::date[], %(lasts)s::date[],
                           %(first_ats)s::timestamptz[], %(after_ats)s::timestamptz[])
        AS span (place, first_day, last_day, first_at, after_at)
    )
    SELECT * FROM ({statement}) AS counted
"""


@dataclass(frozen=True, order=True)
class Span:
    """Whole months, the last one perhaps only as far as today. Both days are included."""

    first_day: date
    last_day: date


@dataclass
class Counted:
    """Figures by count, period and commune. What was found nowhere is zero; unknown facts are absent."""

    communes: dict[int, Commune]
    figures: dict[tuple[str, Span], dict[int, Decimal]] = field(default_factory=dict)

    def of(self, name: str, span: Span, communes: Collection[int]) -> Decimal | None:
        """Return the sum over ``communes`` (ids); None if a fact is not known for all of them.

        PROVINCE among them adds what belongs to no single commune. A fact that is known of the province
        counts as such, whatever is known of its communes.
        """
        if name.startswith(FACT):
            return self._fact(name, span, communes)
        if name.startswith(ANY):
            found = self.figures[name.removeprefix(ANY), span]
            return Decimal(sum(found.get(pk, 0) > 0 for pk in communes if pk != PROVINCE))
        found = self.figures[name.removeprefix(ZONE_THREE), span]
        wanted = self._zone_three(communes) if name.startswith(ZONE_THREE) else communes
        return sum((found.get(pk, Decimal(0)) for pk in wanted), Decimal(0))

    def _fact(self, name: str, span: Span, communes: Collection[int]) -> Decimal | None:
        known = self.figures[name, span]
        if PROVINCE in communes and PROVINCE in known:
            return known[PROVINCE]
        wanted = [pk for pk in communes if pk != PROVINCE]
        if not wanted or not all(pk in known for pk in wanted):
            return None
        return sum((known[pk] for pk in wanted), Decimal(0))

    def _zone_three(self, communes: Collection[int]) -> list[int]:
        return [pk for pk in communes if pk in self.communes and self.communes[pk].zone == Commune.Zone.THREE]


def count(names: Collection[str], spans: Sequence[Span], *, today: date) -> Counted:
    """Count ``names`` in each of ``spans``, by the communes of ``today``.

    Cost: one query for each source asked, two for the communes and one for facts, however many the spans.
    """
    communes = {commune.pk: commune for commune in places.communes_at(today)}
    counted = Counted(communes)
    spans = sorted(set(spans))
    plain = {name.removeprefix(ANY).removeprefix(ZONE_THREE) for name in names}
    _count_facts(counted, {name for name in plain if name.startswith(FACT)}, spans)
    wanted = {sources.SOURCE_OF[name] for name in plain if not name.startswith(FACT)}
    unit_table = places.units_table(today) if wanted - {sources.COMMUNES} else {}
    for source in sorted(wanted, key=sources.SOURCES.index):
        if source is sources.COMMUNES:
            _count_communes(counted, spans)
        else:
            _ask(counted, source, spans, unit_table, today=today)
    return counted


def statement_of(name: str) -> str:
    """Return the statement that counts ``name``; "" for a fact."""
    plain = name.removeprefix(ANY).removeprefix(ZONE_THREE)
    return "" if plain.startswith(FACT) else sources.SOURCE_OF[plain].statement


def facts_in(name: str) -> str:
    """Return the key of the fact that ``name`` stands for, "" for a count."""
    return name.removeprefix(FACT) if name.startswith(FACT) else ""


def wallet_providers() -> list[str]:
    """Return the codes of the providers that are mobile money."""
    return [code for code, made in settings.PAYMENT_PROVIDERS.items() if made.get("class") == WALLET]


def _ask(
    counted: Counted, source: sources.Source, spans: Sequence[Span], units: dict[int, int], *, today: date
) -> None:
    for name in source.counts:
        for span in spans:
            counted.figures[name, span] = defaultdict(Decimal)
    values: dict[str, Any] = {
        "places": list(range(len(spans))),
        "firsts": [span.first_day for span in spans],
        "lasts": [span.last_day for span in spans],
        "first_ats": [_midnight(span.first_day) for span in spans],
        "after_ats": [_midnight(span.last_day + timedelta(days=1)) for span in spans],
        "wallets": wallet_providers(),
        "home": HOME_PROVINCE,
        "today": today,
        "earliest": EARLIEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SPANS.format(statement=source.statement), values)
        for place, unit_id, *figures in cursor.fetchall():
            commune_id = units.get(unit_id, PROVINCE) if unit_id is not None else PROVINCE
            for name, figure in zip(source.counts, figures, strict=True):
                counted.figures[name, spans[place]][commune_id] += Decimal(figure or 0)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _count_communes(counted: Counted, spans: Sequence[Span]) -> None:
    for span in spans:
        counted.figures["communes", span] = {pk: Decimal(1) for pk in counted.communes}
        counted.figures["population", span] = {
            pk: Decimal(commune.population or 0) for pk, commune in counted.communes.items()
        }


def _count_facts(counted: Counted, names: Collection[str], spans: Sequence[Span]) -> None:
    if not names:
        return
    by_code = {commune.code: pk for pk, commune in counted.communes.items()} | {"": PROVINCE}
    rows = list(Fact.objects.filter(key__in=[name.removeprefix(FACT) for name in names]))
    for name in names:
        for span in spans:
            counted.figures[name, span] = {
                by_code[row.commune_code]: row.value
                for row in rows
                if FACT + row.key == name
                and row.commune_code in by_code
                and row.valid_from <= span.last_day
                and (row.valid_to is None or span.last_day < row.valid_to)
            }

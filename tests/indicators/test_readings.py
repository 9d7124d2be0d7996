"""Cards say what the market's tables say: exact figures, by commune, or why there is none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.selectors import OfficialScope
from marketplace.delivery.models import HandOver, PostOffice, Shipment
from marketplace.indicators import counting, readings, services, sources
from marketplace.indicators.counting import PROVINCE, Span
from marketplace.indicators.errors import MonthOutside, MonthUnreadable, TargetTaken
from marketplace.indicators.models import Card, Fact, Target
from marketplace.indicators.readings import Reading
from marketplace.places.selectors import communes_at
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import SellerTerms
from marketplace.statistics import services as statistics
from marketplace.statistics import summaries
from payments.money import to_decimal
from tests.factories import SellerFactory, UserFactory, commune_named
from tests.statistics.orders import at, order_of, rice_of, room_in, sell

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
WHOLE = OfficialScope(whole_province=True, commune_codes=frozenset())


def read(code: str, *names: str, month: date = OCTOBER) -> Reading:
    """Read one card: of the communes named, or of the whole province."""
    communes = [commune_named(name) for name in names] or list(communes_at(TODAY))
    scope = OfficialScope(whole_province=not names, commune_codes=frozenset())
    cards = [card for card in readings.cards_on(TODAY) if card.code == code]
    (found,) = readings.read(cards, month, readings.ids_of(communes, scope), today=TODAY)
    return found


def sell_by(provider: str, what: Any, amount_vnd: int, *, on: date, province: str = "11") -> None:
    order = order_of((what, 1, amount_vnd), day=on)
    statistics.write_sales(order_id=order.pk, sold_at=at(on), provider=provider, buyer_province=province)
    summaries.keep()


def test_the_cashless_share_is_of_the_value_and_compared_in_points(province):
    rice = rice_of(commune_named("Mường Phăng"))
    sell_by("viettel", rice, 60_000, on=date(2026, 10, 5))
    sell_by("vietqr", rice, 20_000, on=date(2026, 10, 31), province="01")
    sell_by("cash", rice, 120_000, on=date(2026, 10, 1))
    sell_by("cash", rice, 30_000, on=date(2026, 9, 30))
    sell_by("mobifone", rice, 10_000, on=date(2026, 9, 1))

    cashless, mobile, away = read("DE-01"), read("DE-02"), read("DE-07")

    assert (cashless.text, cashless.parts, cashless.change) == ("40 %", "80.000 / 200.000", "+15 points")
    assert (mobile.text, mobile.change) == ("30 %", "+5 points")
    assert (away.text, away.parts) == ("10 %", "20.000 / 200.000")
    assert read("DE-01", "Sín Chải").why == "Nothing to count from in this period."


def test_a_household_counts_when_it_sold_and_an_old_unit_counts_in_its_commune_of_today(province):
    phang, old = commune_named("Mường Phăng"), commune_named("Pá Khoang", date(2025, 1, 1))
    sell((rice_of(phang), 1, 40_000), on=date(2026, 10, 2))
    sell((rice_of(old), 1, 60_000), on=date(2025, 10, 2))
    SellerFactory(commune=phang)  # an account without a sale

    assert read("DE-03").value == 1
    assert read("DE-03", "Mường Phăng").value == 1
    assert read("DE-03", "Sín Chải").value == 0
    last_year = read("DE-03", "Mường Phăng", month=date(2025, 10, 1))
    assert (last_year.value, last_year.before) == (1, 0)


def test_value_per_person_is_of_the_year_so_far_and_over_the_population(province):
    phang = commune_named("Mường Phăng")
    sell((rice_of(phang), 1, 10 * phang.population), on=date(2026, 1, 1))
    sell((rice_of(phang), 1, 5 * phang.population), on=date(2026, 10, 31))
    sell((rice_of(phang), 1, 99 * phang.population), on=date(2026, 11, 1))
    sell((rice_of(phang), 1, 4 * phang.population), on=date(2025, 8, 1))

    reading = read("DE-05", "Mường Phăng")

    assert (reading.value, reading.before, reading.change) == (15, 4, "+275 %")
    assert reading.text == "15\N{NO-BREAK SPACE}₫"


def test_the_communes_of_a_card_add_up_to_the_province(province):
    for name, amount_vnd in (("Mường Phăng", 100_000), ("Sín Chải", 250_000), ("Tuần Giáo", 0)):
        sell((rice_of(commune_named(name)), 1, amount_vnd), on=date(2026, 10, 9))
    sell((room_in(commune_named("Sín Chải")), 2, 600_000), on=date(2026, 10, 9))
    card = Card.objects.get(code="TO-05")
    communes = list(communes_at(TODAY))

    page = readings.card_page(card, OCTOBER, communes, WHOLE, today=TODAY)

    assert page.reading.value == 600_000
    assert [(row.commune.name, row.reading.value) for row in page.rows[:2]] == [
        ("Sín Chải", 600_000),
        ("Búng Lao", 0),
    ]
    assert sum(row.reading.value for row in page.rows) == 600_000
    assert [point.text for point in page.trend][-2:] == ["0\N{NO-BREAK SPACE}₫", "600.000\N{NO-BREAK SPACE}₫"]
    assert read("NR-01").parts == "2 / 45"  # what was given away is no sale


def test_poor_households_and_zone_three_are_counted_by_their_papers(province):
    chai, ward = commune_named("Sín Chải"), commune_named("Điện Biên Phủ")
    assert (chai.zone, ward.zone) == ("III", "I")
    poor, not_yet = SellerFactory(commune=chai), SellerFactory(commune=chai)
    paper = {"evidence": "GCN 12", "recorded_by": UserFactory()}
    SellerTerms.objects.create(seller=poor, poor_from=date(2026, 10, 31), **paper)
    SellerTerms.objects.create(seller=not_yet, poor_from=date(2026, 11, 1), **paper)
    sell((rice_of(chai, seller=poor), 1, 30_000), on=date(2026, 10, 3))
    sell((rice_of(chai, seller=not_yet), 1, 45_000), on=date(2026, 10, 3))
    sell((rice_of(ward), 1, 25_000), on=date(2026, 10, 3))

    assert (read("PV-01").value, read("PV-02").value) == (1, 30_000)
    assert read("PV-04").parts == "75.000 / 100.000"


def test_a_post_point_is_active_when_a_parcel_changed_hands_in_the_month(province):
    phang = commune_named("Mường Phăng")
    offices = [
        PostOffice.objects.create(code=code, name=code, commune=phang, address="Bản Co Mị")
        for code in ("389901", "389902")
    ]
    order = order_of((rice_of(phang), 1, 50_000))
    part = SubOrder.objects.create(
        order=order, seller=SellerFactory(commune=phang), number="T-1", lines_vnd=50_000,
        due_now_vnd=50_000, placed_at=at(OCTOBER),
    )  # fmt: skip
    shipment = Shipment.objects.create(part=part, state="at-post", office=offices[0], changed_at=at(OCTOBER))
    for day, kind in ((date(2026, 9, 30), "to-post"), (date(2026, 10, 31), "received")):
        HandOver.objects.create(
            shipment=shipment, kind=kind, office=offices[0], happened_at=at(day, 23), recorded_at=at(day, 23)
        )

    assert read("DE-04").parts == "1 / 2"
    assert read("DE-04", month=date(2026, 11, 1)).value == 0
    assert read("NR-03").parts == "1 / 45"


def test_ocop_goods_count_while_their_certificate_holds(province):
    rice = rice_of(commune_named("Mường Phăng"))
    rice.product.certificates.all().delete()
    today = timezone.localdate()
    seller = rice.product.origin.seller
    holds = {"issued_on": today - timedelta(days=40), "expires_on": today + timedelta(days=40)}
    seller.certificates.create(
        id="00000000-0000-0000-0000-000000000007", product=rice.product, kind="ocop", stars=3, number="1",
        issuer="UBND", state="verified", asked_at=timezone.now(), **holds,
    )  # fmt: skip
    cards = [card for card in readings.cards_on(today) if card.code in ("OC-01", "OC-02")]
    communes = readings.ids_of(communes_at(today), WHOLE)

    def parts(day: date) -> list[str]:
        return [reading.parts for reading in readings.read(cards, day.replace(day=1), communes, today=day)]

    assert parts(today) == ["1 / 155", "0 / 1"]
    assert parts(today + timedelta(days=41)) == ["0 / 155", ""]


def test_a_card_without_a_source_shows_no_number_and_says_what_is_missing(province):
    nobody_counts, nobody_told = read("NR-07"), read("PV-05")

    assert nobody_counts.value is None
    assert nobody_counts.is_sourceless
    assert nobody_counts.why.startswith("No source: the criteria of Decision 51/2025/QĐ-TTg")
    assert nobody_told.text == ""
    assert nobody_told.why == (
        "No source yet: poor households, households. The province enters it with its source."
    )


def test_a_figure_from_elsewhere_counts_from_its_day_on_for_the_place_it_was_told_of(province):
    by = UserFactory()
    for key, code, value in (
        ("households", "", 140_000),
        ("poor-households", "", 35_000),
        ("households", "03325", 2_000),
    ):
        services.enter_fact(
            key=key,
            commune_code=code,
            value=Decimal(value),
            valid_from=date(2026, 10, 1),
            source="BC 9",
            by=by,
        )

    assert read("PV-05").text == "25 %"
    assert read("PV-05").before is None
    assert read("PV-05", month=SEPTEMBER).value is None
    assert read("PV-05", "Mường Phăng").why == (
        "No source yet: poor households. The province enters it with its source."
    )


def test_a_new_target_ends_the_one_before_and_the_same_again_changes_nothing(province):
    wish = {"code": "DE-01", "commune_code": "", "source": "QĐ 5", "by": UserFactory()}
    first = services.set_target(value=Decimal(50), valid_from=date(2026, 1, 1), **wish)
    second = services.set_target(value=Decimal(60), valid_from=date(2026, 10, 31), **wish)

    assert services.set_target(value=Decimal(60), valid_from=date(2026, 10, 31), **wish) == second
    with pytest.raises(TargetTaken, match="from 31/10/2026 or a later day is there already"):
        services.set_target(value=Decimal(70), valid_from=date(2026, 6, 1), **wish)
    first.refresh_from_db()
    assert first.valid_to == date(2026, 10, 31)
    assert read("DE-01").target == second
    assert read("DE-01", month=SEPTEMBER).target == first


@pytest.mark.django_db(transaction=True)
def test_of_two_officials_who_set_a_target_at_once_one_is_told():
    by = UserFactory()
    both_ready = Barrier(2)

    def set_target(value: int) -> str:
        both_ready.wait()
        try:
            services.set_target(
                code="DE-01", commune_code="", value=Decimal(value), valid_from=TODAY, source="QĐ", by=by
            )
        except TargetTaken:
            return "told"
        finally:
            connection.close()
        return "set"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(set_target, (50, 60)))

    assert answers == ["set", "told"]
    assert Target.objects.filter(code="DE-01", valid_from=TODAY).count() == 1


def test_the_database_refuses_two_cards_of_a_code_and_figures_without_a_source(province):
    card = Card.objects.get(code="DE-01")
    card.pk = None
    for row in (
        card,
        Card(code="X-1", valid_from=TODAY, place=1, numerator="", missing_vi="", missing_en="x"),
        Fact(key="households", value=1, valid_from=TODAY, source=""),
        Fact(key="covered-percent", value=101, valid_from=TODAY, source="x"),
        Target(code="OC-01", value=3, valid_from=TODAY, source="x"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_every_card_names_counts_that_exist_and_every_count_has_a_card_or_a_step(province):
    cards = Card.objects.all()
    named = {name for card in cards for name in card.names_counted}
    facts = {name for name in named if name.startswith(counting.FACT)}
    plain = {name.split(":")[-1] for name in named - facts}

    assert cards.count() == 49
    assert {counting.facts_in(name) for name in facts} <= set(Fact.Key.values)
    assert plain <= set(sources.SOURCE_OF)
    assert all(card.responsible and card.formula and card.breakdown and card.counted_from for card in cards)
    assert set(Card.Pack.values) == {card.pack for card in cards}


def test_all_cards_are_read_with_a_query_for_each_source(province):
    sell((rice_of(commune_named("Mường Phăng")), 1, 40_000), on=date(2026, 10, 2))
    cards = readings.cards_on(TODAY)
    communes = readings.ids_of(communes_at(TODAY), WHOLE)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        readings.read(cards, OCTOBER, communes, today=TODAY)

    # A statement for each source but the communes, then communes, units, facts and targets.
    assert len(queries) == len(sources.SOURCES) - 1 + 4


def test_a_fact_of_all_communes_stands_in_for_one_of_the_province(province):
    span = Span(OCTOBER, date(2026, 10, 31))
    for commune in communes_at(TODAY):
        Fact.objects.create(
            key="wallet-points", commune_code=commune.code, value=2, valid_from=OCTOBER, source="BC 1"
        )

    counted = counting.count({"fact:wallet-points"}, [span], today=TODAY)

    ids = [commune.pk for commune in communes_at(TODAY)]
    assert counted.of("fact:wallet-points", span, [*ids, PROVINCE]) == 90
    assert counted.of("fact:wallet-points", span, ids[:3]) == 6


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        ("2026-13", MonthUnreadable, "“2026-13” is not a month. Write it as 2026-10."),
        ("10/2026", MonthUnreadable, "“10/2026” is not a month."),
        ("2026-12", MonthOutside, "There are no figures of 12/2026. Choose a month from 01/2021 to 11/2026."),
        ("1990-01", MonthOutside, "There are no figures of 01/1990."),
    ],
)
def test_a_month_that_cannot_be_read_is_named(value, error, words):
    with pytest.raises(error, match=words):
        readings.read_month(value, today=TODAY)


def test_amounts_of_money_are_whole_and_shares_have_one_digit():
    card = Card(unit=Card.Unit.PERCENT)

    assert [readings.in_unit(card, Decimal(value)) for value in ("0", "12.34", "99.95", "-3.26")] == [
        "0 %", "12,3 %", "100 %", "−3,3 %",
    ]  # fmt: skip
    assert readings.in_unit(Card(unit=Card.Unit.VND), to_decimal(1_250_000) + Decimal("0.5")) == (
        "1.250.001\N{NO-BREAK SPACE}₫"
    )
    assert readings.number_text(Decimal("1234.56")) == "1.234,6"

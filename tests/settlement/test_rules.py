from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from marketplace.sellers.models import Origin, Seller
from marketplace.settlement.errors import NoRule
from marketplace.settlement.models import CommissionRule, SellerTerms, SettlementRule, TaxRule
from marketplace.settlement.rules import RuleBook, settlement_rule
from marketplace.settlement.splitting import Rates
from tests.factories import SellerFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
HOUSEHOLD, COOPERATIVE = Seller(kind=Seller.Kind.HOUSEHOLD), Seller(kind=Seller.Kind.COOPERATIVE)
RICE, NIGHTS = Origin(kind="goods", group="rice"), Origin(kind="nights", group="stay")


def rates(
    day: date = TODAY, *, origin: Origin = RICE, seller: Seller = HOUSEHOLD, poor: bool = False
) -> Rates:
    return RuleBook(day).rules_for(origin=origin, seller=seller, is_poor=poor).rates


def test_of_a_household_one_and_a_half_per_cent_of_goods_and_seven_of_services_are_withheld():
    assert (rates().vat_bp, rates().pit_bp) == (100, 50)
    assert (rates(origin=NIGHTS).vat_bp, rates(origin=NIGHTS).pit_bp) == (500, 200)
    transport = TaxRule.objects.valid_on(TODAY).get(category="transport", seller_kind="household")
    assert (transport.vat_bp, transport.pit_bp) == (300, 150)


def test_of_a_cooperative_nothing_is_withheld():
    assert (rates(seller=COOPERATIVE).vat_bp, rates(seller=COOPERATIVE).pit_bp) == (0, 0)


def test_before_the_decree_nothing_was_withheld_and_the_first_day_is_the_first_of_july():
    assert rates(date(2025, 6, 30)).vat_bp == 0
    assert rates(date(2025, 7, 1)).vat_bp == 100


def test_a_poor_household_pays_no_commission_on_anything():
    assert (rates().commission_bp, rates(poor=True).commission_bp) == (500, 0)
    assert (rates(origin=NIGHTS).commission_bp, rates(origin=NIGHTS, poor=True).commission_bp) == (800, 0)


def test_the_most_particular_commission_counts():
    facts = {"valid_from": date(2026, 1, 1), "source": "a contract"}
    CommissionRule.objects.create(category="rice", seller_kind="", rate_bp=300, **facts)
    assert rates().commission_bp == 300

    CommissionRule.objects.create(category="goods", seller_kind="household", rate_bp=200, **facts)
    assert rates().commission_bp == 200
    assert rates(seller=COOPERATIVE).commission_bp == 300

    CommissionRule.objects.create(category="rice", seller_kind="household", rate_bp=100, **facts)
    assert rates().commission_bp == 100
    assert rates(date(2025, 12, 31)).commission_bp == 500


def test_a_rule_ends_before_the_day_its_successor_begins():
    CommissionRule.objects.filter(category="", seller_kind="").update(valid_to=TODAY)
    CommissionRule.objects.create(rate_bp=450, valid_from=TODAY, source="a decision")

    assert [rates(day).commission_bp for day in (date(2026, 11, 22), TODAY)] == [500, 450]


@pytest.mark.parametrize(
    "make",
    [
        lambda: CommissionRule.objects.create(rate_bp=450, valid_from=TODAY, source="a second one"),
        lambda: CommissionRule.objects.create(
            seller_kind="poor-household", rate_bp=1, valid_from=TODAY, valid_to=date(2027, 1, 1), source="?"
        ),
        lambda: TaxRule.objects.create(
            category="goods", seller_kind="household", vat_bp=1, pit_bp=1, valid_from=TODAY, source="?"
        ),
        lambda: SettlementRule.objects.create(
            valid_from=TODAY,
            dispute_window_hours=1,
            delivered_after_days=1,
            debt_limit_vnd=0,
            minimum_payout_vnd=1,
            source="?",
        ),
    ],
)
def test_the_database_refuses_two_rules_of_one_kind_on_a_day(make):
    with pytest.raises(IntegrityError, match="_a_day"):
        make()


def test_rules_of_different_kinds_may_hold_on_the_same_day():
    CommissionRule.objects.create(category="tea", rate_bp=450, valid_from=TODAY, source="a decision")
    CommissionRule.objects.create(category="honey", rate_bp=450, valid_from=TODAY, source="a decision")

    assert rates(origin=Origin(kind="goods", group="tea")).commission_bp == 450


def test_a_rule_cannot_end_before_it_begins():
    with pytest.raises(IntegrityError):
        CommissionRule.objects.create(
            category="tea", rate_bp=1, valid_from=TODAY, valid_to=date(2026, 1, 1), source="?"
        )


def test_a_day_without_a_rule_says_which_is_missing_and_what_to_do():
    with pytest.raises(NoRule, match=r"no commission rule for rice of a household on 2019-12-31.*Enter one"):
        rates(date(2019, 12, 31))
    with pytest.raises(NoRule, match="no settlement rule for payouts and disputes on 2019-12-31"):
        settlement_rule(date(2019, 12, 31))
    TaxRule.objects.filter(category="goods").delete()
    with pytest.raises(NoRule, match="no tax rule for goods of a household on 2026-11-23"):
        rates()


def test_a_book_of_rules_asks_twice_however_much_is_looked_up(django_assert_num_queries):
    with django_assert_num_queries(2):
        book = RuleBook(TODAY)
        for origin in (RICE, NIGHTS):
            for seller in (HOUSEHOLD, COOPERATIVE):
                book.rules_for(origin=origin, seller=seller, is_poor=True)


def test_a_household_is_poor_from_the_day_of_its_certificate_to_its_end():
    terms = SellerTerms.objects.create(
        seller=SellerFactory(),
        poor_from=date(2026, 1, 1),
        poor_to=date(2027, 1, 1),
        evidence="Giấy chứng nhận hộ nghèo 12/2026",
    )

    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [terms.is_poor_on(day) for day in days] == [False, True, True, False]


def test_poverty_needs_a_paper():
    with pytest.raises(IntegrityError, match="poor_household_has_a_certificate"):
        SellerTerms.objects.create(seller=SellerFactory(), poor_from=TODAY)

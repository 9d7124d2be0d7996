from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from marketplace.sellers.identity import Share, ShareTable
from marketplace.sellers.models import Member
from marketplace.settlement.dividing import division
from marketplace.settlement.statements import Statement, StatementLine
from payments.services import payouts, settling
from tests.factories import SellerFactory, UserFactory

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day):
    return datetime(2026, 11, day, 10, tzinfo=HANOI)


@transaction.atomic
def agree(seller, first_day, **basis_points):
    table = ShareTable.objects.create(
        seller=seller, valid_from=date(2026, 11, first_day), by=UserFactory(), written_at=at(first_day)
    )
    Share.objects.bulk_create(
        Share(table=table, name=name, basis_points=points) for name, points in basis_points.items()
    )


def statement(seller, *lines):
    rows = [StatementLine(at(day), purpose, "M-1-1", vnd, 0) for day, purpose, vnd in lines]
    return Statement(seller, at(1), at(30), 0, rows, 0)


def test_every_line_divides_by_the_shares_of_its_day_and_nothing_is_lost():
    seller = SellerFactory(kind="cooperative")
    agree(seller, 5, Pa=6_667, Anh=3_333)
    agree(seller, 20, Pa=5_000, Anh=5_000)
    month = statement(
        seller,
        (4, settling.RELEASE, 100_000),
        (5, settling.RELEASE, 100_001),
        (19, settling.TAKE_BACK, -1_000),
        (20, settling.RELEASE, 50_001),
        (21, payouts.PAYOUT, -249_002),
    )

    divided = division(month)

    # 66,671 of the first (its remainder is the larger), less 667, and 25,001 of the last, where Anh is first.
    assert dict(divided) == {"": 100_000, "Pa": 66_671 - 667 + 25_000, "Anh": 33_330 - 333 + 25_001}
    assert sum(vnd for _name, vnd in divided) == 100_000 + 100_001 - 1_000 + 50_001


def test_a_cooperative_that_wrote_nothing_down_sees_one_sum(django_assert_num_queries):
    month = statement(SellerFactory(kind="cooperative"), (4, settling.RELEASE, 100_000))

    with django_assert_num_queries(1):
        assert division(month) == []


def test_the_statement_and_its_paper_show_how_it_divides(client):
    seller = SellerFactory(kind="cooperative")
    person = UserFactory()
    Member.objects.create(seller=seller, user=person)
    agree(seller, 5, Pa=10_000)
    client.force_login(person)

    page = client.get("/sell/money/2026-11/")

    assert page.status_code == 200
    assert page.context["division"] == []

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.models import RoleAssignment
from marketplace.joining import levels, shares
from marketplace.joining.errors import DayTaken, LimitReached, MayNotConfirm, NotAsked, SharesNotWhole
from marketplace.listing.services import change_price, change_stock, list_produce
from marketplace.sellers.identity import LevelLimit, LevelStep, Share, ShareTable
from marketplace.sellers.limits import divide, payout_ceiling_vnd, shares_on
from marketplace.sellers.models import Origin, Seller
from tests.factories import ProduceFactory, SellerFactory, UserFactory, product_class

pytestmark = pytest.mark.django_db


def official_of(commune):
    user = UserFactory(name="Quàng Văn Thắng")
    RoleAssignment.objects.create(user=user, role="commune-official", commune=commune)
    return user


def test_an_official_of_the_commune_confirms_a_seller_and_the_step_stands_with_the_name(
    client, shop, commune
):
    official = official_of(commune)
    client.force_login(official)

    assert "Hộ Lò Văn Sung" in client.get("/post/farmers/").content.decode()
    client.post(f"/post/farmers/{shop.pk}/", {"grounds": "known", "note": "hàng xóm"})

    shop.refresh_from_db()
    assert shop.level == Seller.Level.CONFIRMED
    step = LevelStep.objects.get()
    assert (step.seller, step.by, step.level, step.grounds, step.note) == (
        shop,
        official,
        1,
        "known",
        "hàng xóm",
    )
    assert "Hộ Lò Văn Sung" not in client.get("/post/farmers/").content.decode()


def test_papers_raise_to_level_two_and_doubt_takes_all_of_it_away(shop, commune, now):
    official = official_of(commune)

    levels.take_step(seller=shop, by=official, grounds="papers", now=now)
    levels.take_step(seller=shop, by=official, grounds="known", now=now)
    shop.refresh_from_db()
    assert shop.level == Seller.Level.PAPERS

    levels.take_step(seller=shop, by=official, grounds="doubt", now=now)
    shop.refresh_from_db()
    assert shop.level == Seller.Level.PHONE
    assert [step.grounds for step in LevelStep.objects.order_by("pk")] == ["papers", "known", "doubt"]


def test_nobody_confirms_themselves_and_no_stranger_confirms(shop, farmer, commune, mandate, agent, now):
    RoleAssignment.objects.create(user=farmer, role="commune-official", commune=commune)
    elsewhere = official_of(SellerFactory().unit)

    for person in (farmer, elsewhere, UserFactory()):
        with pytest.raises(MayNotConfirm):
            levels.take_step(seller=shop, by=person, grounds="known", now=now)
    assert not LevelStep.objects.exists()

    levels.take_step(seller=shop, by=agent, grounds="known", now=now)
    assert Seller.objects.get(pk=shop.pk).level == Seller.Level.CONFIRMED


@transaction.atomic
def past_the_page(shop, farmer, now):
    """Write shares that are not whole, as no page does."""
    table = ShareTable.objects.create(seller=shop, valid_from=date(2026, 12, 1), by=farmer, written_at=now)
    Share.objects.create(table=table, name="Lò Văn Sung", basis_points=9_999)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_first_level_lists_up_to_its_limit_and_not_one_dong_more(shop, now):
    listed = ProduceFactory(seller=shop, price_vnd=100_000, stock=150)
    Origin.objects.filter(seller=shop).update(listed_at=now)
    assert listed is not None

    levels.check_limit(shop, what="listed", amount_vnd=5_000_000, now=now)
    with pytest.raises(LimitReached, match=r"20\.000\.000.*15\.000\.000.*5\.000\.001"):
        levels.check_limit(shop, what="listed", amount_vnd=5_000_001, now=now)


def test_a_limit_holds_from_its_day_and_a_level_without_one_has_none(shop, now):
    today = timezone.localdate(now)
    LevelLimit.objects.create(
        level=0, valid_from=today + timedelta(days=1), sold_vnd=1, payout_vnd=1, source="test"
    )

    levels.check_limit(shop, what="sold", amount_vnd=10_000_000, now=now)
    with pytest.raises(LimitReached):
        levels.check_limit(shop, what="sold", amount_vnd=2, now=now + timedelta(days=1))
    assert payout_ceiling_vnd(shop, on=today) == 2_000_000
    assert payout_ceiling_vnd(shop, on=today + timedelta(days=1)) == 1
    shop.level = Seller.Level.PAPERS
    assert payout_ceiling_vnd(shop, on=today) is None


def test_shares_that_do_not_add_up_are_refused_by_the_page_and_by_the_database(client, shop, farmer, now):
    Seller.objects.filter(pk=shop.pk).update(kind="cooperative")
    client.force_login(farmer)
    rows = {
        "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "valid_from": "2026-12-01",
        "form-0-name": "Lò Văn Sung", "form-0-percent": "60",
        "form-1-name": "Quàng Thị Ánh", "form-1-percent": "39.99",
    }  # fmt: skip

    refused = client.post(f"/sell/shares/{shop.pk}/", rows)

    assert refused.status_code == 422
    assert "add up to 99,99 %" in refused.content.decode()
    assert not ShareTable.objects.exists()
    with pytest.raises(IntegrityError, match="add up to 9999"):
        past_the_page(shop, farmer, now)

    saved = client.post(f"/sell/shares/{shop.pk}/", rows | {"form-1-percent": "40"})

    assert saved.status_code == 302
    assert [(one.name, one.basis_points) for one in shares_on(shop, on=date(2026, 12, 1))] == [
        ("Lò Văn Sung", 6_000),
        ("Quàng Thị Ánh", 4_000),
    ]
    assert shares_on(shop, on=date(2026, 11, 30)) == []


def test_a_day_has_one_table_of_shares_and_only_members_write_one(shop, farmer, agent, mandate, now):
    whole = [("Lò Văn Sung", Decimal(100))]
    day = date(2026, 12, 1)
    shares.write_shares(seller=shop, by=farmer, valid_from=day, shares=whole, now=now)

    with pytest.raises(DayTaken):
        shares.write_shares(seller=shop, by=farmer, valid_from=day, shares=whole, now=now)
    with pytest.raises(NotAsked):
        shares.write_shares(seller=shop, by=agent, valid_from=date(2027, 1, 1), shares=whole, now=now)
    with pytest.raises(SharesNotWhole, match="100,01"):
        shares.write_shares(
            seller=shop,
            by=farmer,
            valid_from=date(2027, 1, 1),
            shares=[*whole, ("A", Decimal("0.01"))],
            now=now,
        )


@given(
    amount_vnd=st.integers(0, 10**12),
    cuts=st.lists(st.integers(1, 9_999), unique=True, max_size=12).map(sorted),
)
def test_what_is_divided_adds_up_to_the_dong_and_nobody_loses_more_than_one(amount_vnd, cuts):
    edges = [0, *cuts, 10_000]
    rows = [Share(name=str(at), basis_points=b - a) for at, (a, b) in enumerate(pairwise(edges))]

    parts = divide(amount_vnd, rows)

    assert sum(part for _share, part in parts) == amount_vnd
    assert all(abs(part - amount_vnd * share.basis_points / 10_000) < 1 for share, part in parts)


def test_a_shop_nobody_has_seen_papers_of_puts_up_no_more_than_its_level_allows(shop, farmer, now):
    product_class("produce")

    def put_up(quantity):
        return list_produce(
            seller=shop, name="Gạo nếp nương", category="rice", unit="kg", quantity=quantity,
            price_vnd=40_000, by=farmer, now=now,
        )  # fmt: skip

    put_up(499)
    with pytest.raises(LimitReached, match="may list goods for 20") as refused:
        put_up(2)
    put_up(1)

    assert (refused.value.field, refused.value.status) == ("quantity", 409)
    assert levels.listed_vnd(shop, now=now) == 20_000_000


def test_goods_that_are_listed_do_not_become_more_or_dearer_than_the_level_allows(shop, farmer, now):
    product_class("produce")
    rice = list_produce(
        seller=shop, name="Gạo nếp nương", category="rice", unit="kg", quantity=1,
        price_vnd=40_000, by=farmer, now=now,
    )  # fmt: skip

    with pytest.raises(LimitReached, match=r"20\.000\.000.*40\.000.*20\.000\.000"):
        change_stock(product=rice, quantity=501, by=farmer, now=now)
    change_stock(product=rice, quantity=500, by=farmer, now=now)
    with pytest.raises(LimitReached):
        change_price(product=rice, price_vnd=40_100, by=farmer, now=now)
    change_price(product=rice, price_vnd=39_000, by=farmer, now=now)

    record = rice.stockrecords.get()
    assert (record.num_in_stock, record.price) == (500, 39_000)

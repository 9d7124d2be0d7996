import asyncio
import threading
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from channels.layers import get_channel_layer
from django.core.management import call_command
from django.db import connection, transaction

from marketplace.statistics import selectors, services, summaries
from marketplace.statistics.models import DailyPaid, DailySales, DirtyDay, SaleLine, SellerDay, SellerMonth
from tests.factories import SellerFactory, commune_named, load_province
from tests.statistics.orders import at, order_of, rice_of, room_in, sell_from, write

DAY, NEXT_MONTH = date(2026, 3, 31), date(2026, 4, 1)


def rows(model) -> list[tuple]:
    """All of a summary, in the order of its key."""
    names = [field.name for field in model._meta.concrete_fields if field.name != "pk"]
    return sorted(model.objects.values_list(*names))


def everything() -> dict[str, list[tuple]]:
    return {model.__name__: rows(model) for model in (DailySales, SellerDay, SellerMonth, DailyPaid)}


async def heard(group: str, hints: list[Callable[[], None]]) -> dict[str, str]:
    """Listen to ``group``, send ``hints`` and return the first message."""
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    for hint in hints:
        hint()
    return await asyncio.wait_for(layer.receive(channel), timeout=10)


@pytest.mark.usefixtures("province")
class TestKeeping:
    def test_what_is_sold_is_marked_and_then_summarised_at_every_level(self):
        seller = SellerFactory(commune=commune_named("Mường Phăng"))
        rice, room = rice_of(seller.unit, seller=seller), room_in(seller.unit, seller=seller)
        services.write_sales(
            order_id=order_of((rice, 2, 100_000), (rice, 1, 50_000), (room, 3, 900_000)).pk,
            sold_at=at(DAY),
            provider="vnpt",
            buyer_province="01",
            buyer_country="VN",
        )
        assert list(DirtyDay.objects.values_list("sold_on", "unit")) == [(DAY, seller.unit.pk)]

        made = summaries.keep()

        assert (made, DirtyDay.objects.count()) == (1, 0)
        figures = ("kind", "group", "sold_vnd", "refunded_vnd", "net_vnd", "quantity", "orders", "sellers")
        assert sorted(DailySales.objects.values_list(*figures)) == [
            ("", "", 1_050_000, 0, 1_050_000, 9, 1, 1),
            ("goods", "", 150_000, 0, 150_000, 3, 1, 1),
            ("goods", "rice", 150_000, 0, 150_000, 3, 1, 1),
            ("nights", "", 900_000, 0, 900_000, 6, 1, 1),
            ("nights", "stay", 900_000, 0, 900_000, 6, 1, 1),
        ]
        paid = DailyPaid.objects.values_list(
            "provider", "buyer_province", "buyer_country", "net_vnd", "orders"
        )
        assert list(paid) == [("vnpt", "01", "VN", 1_050_000, 1)]

    def test_a_late_refund_changes_its_own_month_and_no_other(self):
        (sale,) = write((rice_of(commune_named("Mường Phăng")), 2, 350_000), on=DAY)
        services.write_refund(
            order_id=sale.order_id,
            amounts_vnd=None,
            refund_id=uuid.UUID(int=1),
            refunded_at=at(NEXT_MONTH),
        )

        summaries.keep()

        months = SellerMonth.objects.order_by("month")
        assert list(months.values_list("month", "sold_vnd", "refunded_vnd", "quantity", "orders")) == [
            (date(2026, 3, 1), 350_000, 0, 2, 1),
            (date(2026, 4, 1), 0, -350_000, -2, 0),
        ]

    def test_who_watches_figures_is_told_once_when_they_changed(self, django_capture_on_commit_callbacks):
        write((rice_of(commune_named("Mường Phăng")), 1, 1_000), on=DAY)
        with django_capture_on_commit_callbacks() as hints:
            summaries.keep()
        with django_capture_on_commit_callbacks() as nothing_new:
            summaries.keep()

        assert asyncio.run(heard("figures", hints)) == {"type": "figures.changed"}
        assert nothing_new == []

    def test_writing_the_same_sales_again_marks_nothing(self):
        order = order_of((rice_of(commune_named("Mường Phăng")), 1, 1_000))
        write(on=DAY, order=order)
        DirtyDay.objects.all().delete()

        write(on=DAY, order=order)

        assert not DirtyDay.objects.exists()

    def test_what_was_not_committed_leaves_no_mark(self):
        order = order_of((rice_of(commune_named("Mường Phăng")), 1, 1_000))

        with transaction.atomic():
            write(on=DAY, order=order)
            transaction.set_rollback(True)

        assert not DirtyDay.objects.exists()

    def test_rebuilding_gives_identical_rows_and_mends_what_was_broken(self):
        for name in ("Mường Phăng", "Sín Chải"):
            sell_from(commune_named(name), 70_000, on=DAY, sellers=2)
            sell_from(commune_named(name), 30_000, on=NEXT_MONTH)
        summaries.keep()
        before = everything()
        SellerMonth.objects.filter(month=date(2026, 3, 1)).delete()
        DailySales.objects.update(sold_vnd=1)
        SellerDay.objects.filter(sold_on=DAY).update(sold_on=date(2019, 1, 1))
        SellerMonth.objects.filter(kind="goods").update(month=date(2019, 1, 1))
        DailyPaid.objects.filter(sold_on=DAY).delete()
        printed = StringIO()

        call_command("rebuild_statistics", stdout=printed, stderr=StringIO(), verbosity=0)

        assert everything() == before
        assert printed.getvalue() == "3 months with 6 sale lines summarised.\n"

    def test_rebuilding_takes_up_the_marks_of_its_months(self):
        write((rice_of(commune_named("Mường Phăng")), 1, 70_000), on=DAY)

        call_command("rebuild_statistics", stdout=StringIO(), stderr=StringIO(), verbosity=0)

        assert not DirtyDay.objects.exists()
        assert DailySales.objects.get(kind="").net_vnd == 70_000

    def test_the_figures_say_how_old_the_oldest_sale_is_that_they_do_not_know(self):
        now = at(DAY)
        assert selectors.freshness(now=now) == selectors.Freshness(timedelta(), 0)
        for sales in range(2):
            write((rice_of(commune_named("Mường Phăng")), 1, 70_000 + sales), on=DAY)
        DirtyDay.objects.update(marked_at=now - timedelta(seconds=6))

        late = selectors.freshness(now=now)
        summaries.keep()

        assert (late.behind, late.waiting, late.is_fresh) == (timedelta(seconds=6), 2, False)
        assert selectors.freshness(now=now).is_fresh

    def test_a_summary_that_differs_from_its_lines_is_named_and_one_that_is_marked_is_not(self):
        sell_from(commune_named("Mường Phăng"), 70_000, on=DAY)
        write((rice_of(commune_named("Sín Chải")), 1, 30_000), on=DAY)
        assert selectors.deviations() == []

        SellerDay.objects.update(sold_vnd=60_000)

        assert selectors.deviations() == [
            selectors.Deviation(DAY, "Xã Mường Phăng (03325)", summarised_vnd=60_000, lines_vnd=70_000)
        ]

    @pytest.mark.parametrize("sales", [1, 6])
    def test_keeping_takes_as_many_queries_for_one_day_as_for_many(self, sales, django_assert_num_queries):
        for day in range(1, sales + 1):
            write((rice_of(commune_named("Mường Phăng")), 1, 70_000), on=date(2026, 3, day))

        # Twice a transaction of savepoint, lock, marks and release; and once what is made.
        with django_assert_num_queries(2 * 4 + len(summaries._STATEMENTS) + 1):
            summaries.keep()


@pytest.mark.django_db(transaction=True)
def test_sales_written_while_summaries_are_made_are_never_lost():
    load_province()
    phang = commune_named("Mường Phăng")
    orders = [order_of((rice_of(phang), 1, 1_000)) for _ in range(24)]
    writing = threading.Event()
    errors: list[BaseException] = []

    def sell_some(mine) -> None:
        try:
            for order in mine:
                write(on=DAY, order=order)
        except BaseException as error:  # a thread's failure is the test's
            errors.append(error)
        finally:
            connection.close()

    def keep() -> None:
        try:
            while not writing.is_set():
                summaries.keep()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=sell_some, args=(orders[first::4],)) for first in range(4)]
    keepers = [threading.Thread(target=keep) for _ in range(2)]
    for thread in (*keepers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in keepers:
        thread.join()
    summaries.keep()

    assert errors == []
    assert SaleLine.objects.count() == 24
    assert DailySales.objects.get(kind="").net_vnd == 24_000
    assert SellerMonth.objects.count() == 24

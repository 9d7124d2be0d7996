from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from agriculture.models import Produce
from marketplace.accounts.selectors import OfficialScope
from marketplace.statistics import selectors, services, summaries
from marketplace.statistics.errors import LineAlreadyRefunded
from marketplace.statistics.models import DailyPaid, DailySales, DirtyDay, SaleLine, SellerDay, SellerMonth
from marketplace.statistics.tables import Row
from tests.factories import commune_named
from tests.statistics.orders import Order, at, order_of, rice_of, room_in
from tourism.models import RoomType

PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())
FIRST_DAY, LAST_DAY = date(2025, 5, 1), date(2025, 8, 31)
OLD_DAY, NEW_DAY = date(2025, 6, 30), date(2025, 7, 1)
# Old units of two communes of today, one of them across a district line, and what took the code of another.
OLD_NAMES = ("Leng Su Sìn", "Sen Thượng", "Mường Thanh", "Noong Bua", "Thanh Xương")

days = st.dates(FIRST_DAY, LAST_DAY)
amounts_vnd = st.integers(0, 5_000_000)
refund_ids = st.integers(1, 6).map(lambda number: uuid.UUID(int=number))


class Counted(NamedTuple):
    """What was sold, as a table shows it or as the lines themselves say one by one."""

    sold_vnd: int
    refunded_vnd: int
    quantity: int
    orders: int
    sellers: int

    @classmethod
    def of(cls, lines: Iterable[SaleLine]) -> Counted:
        lines = list(lines)
        return cls(
            sum(line.amount_vnd for line in lines if line.refund_id is None),
            -sum(line.amount_vnd for line in lines if line.refund_id is not None),
            sum(line.quantity for line in lines),
            len(
                {
                    (line.order_id, line.seller_id, line.unit_id, line.sold_on)
                    for line in lines
                    if line.refund_id is None
                }
            ),
            len({(line.seller_id, line.unit_id) for line in lines}),
        )

    @classmethod
    def shown(cls, row: Row) -> Counted:
        return cls(row.sold_vnd, row.refunded_vnd, row.quantity, row.orders, row.sellers)

    @classmethod
    def sum(cls, each: Iterable[Counted]) -> Counted:
        return cls(*(sum(values) for values in zip((0,) * 5, *each, strict=True)))


class SalesMachine(RuleBasedStateMachine):
    """Compares the figures of the communes with a list of what was sold and paid back."""

    sold = Bundle("sold")
    offers: list[Produce | RoomType]  # of before the merger; the last one only since
    units: dict[int, tuple[str, str]]  # unit -> its code today, and its code before

    def __init__(self) -> None:
        super().__init__()
        for model in (SaleLine, DirtyDay, DailySales, SellerDay, SellerMonth, DailyPaid):
            model.objects.all().delete()
        self.lines: list[tuple[date, str, str, int]] = []  # day, code today, code before, amount
        self.refunds: dict[int, uuid.UUID] = {}

    @rule(
        target=sold,
        day=days,
        picks=st.lists(st.tuples(st.integers(0, 10), amounts_vnd), min_size=1, max_size=3),
    )
    def sell(self, day: date, picks: list[tuple[int, int]]) -> Order:
        offers = self.offers if day >= NEW_DAY else self.offers[:-1]
        order = order_of(*[(offers[index % len(offers)], 2, amount_vnd) for index, amount_vnd in picks])
        sales = self._write(order, day)
        self.lines += [(day, *self.units[sale.unit_id], sale.amount_vnd) for sale in sales]
        assert [sale.amount_vnd for sale in sales] == [amount_vnd for _, amount_vnd in picks]
        return order

    @rule(order=sold, day=days)
    def sell_again(self, order: Order, day: date) -> None:
        self._write(order, day)  # the model does not move

    @rule(order=sold, day=days, refund_id=refund_ids, pick=st.integers(0, 2))
    def refund_a_line(self, order: Order, day: date, refund_id: uuid.UUID, pick: int) -> None:
        lines = list(order.lines.order_by("pk"))
        line = lines[pick % len(lines)]
        day = max(day, NEW_DAY)  # a refund of a line whose unit is of today cannot lie before the merger
        call = {
            "order_id": order.pk,
            "amounts_vnd": {line.pk: int(line.line_price_incl_tax)},
            "refund_id": refund_id,
        }
        if self.refunds.get(line.pk, refund_id) != refund_id:
            with pytest.raises(LineAlreadyRefunded):
                services.write_refund(**call, refunded_at=at(day))
            return
        self._refunded(services.write_refund(**call, refunded_at=at(day)))

    @rule(order=sold, day=days, refund_id=refund_ids)
    def refund_the_rest(self, order: Order, day: date, refund_id: uuid.UUID) -> None:
        lines = services.write_refund(
            order_id=order.pk, amounts_vnd=None, refund_id=refund_id, refunded_at=at(max(day, NEW_DAY))
        )
        self._refunded(lines)
        assert set(order.lines.values_list("pk", flat=True)) <= set(self.refunds)

    @rule(first_day=days, last_day=days)
    def figures_match_the_model(self, first_day: date = FIRST_DAY, last_day: date = LAST_DAY) -> None:
        summaries.keep()
        first_day, last_day = sorted((first_day, last_day))
        inside = [line for line in self.lines if first_day <= line[0] <= last_day]
        total_vnd = sum(amount_vnd for *_, amount_vnd in inside)

        period = {"first_day": first_day, "last_day": last_day}
        today, before = selectors.sales_on_both(**period, by="commune", scope=PROVINCE)

        assert self._figures(today) == self._sums(inside, 1)
        assert self._figures(before) == self._sums(inside, 2)
        assert sum(row.net_vnd for row in today.rows) == sum(row.net_vnd for row in before.rows) == total_vnd
        assert today.total.net_vnd == selectors.total_net_vnd(**period) == total_vnd

    @rule(first_day=days, last_day=days)
    def every_route_gives_the_same_sums(self, first_day: date = FIRST_DAY, last_day: date = LAST_DAY) -> None:
        summaries.keep()
        first_day, last_day = sorted((first_day, last_day))
        period = {"first_day": first_day, "last_day": last_day}
        counted = Counted.of(SaleLine.objects.filter(sold_on__range=(first_day, last_day)))

        today, before = selectors.sales_on_both(**period, by="commune", scope=PROVINCE)
        by_month, by_day, by_kind = (
            selectors.sales(boundaries="2025", **period, by=by, scope=PROVINCE)
            for by in ("month", "day", "kind")
        )

        for table in (today, before, by_month, by_day, by_kind):
            assert Counted.shown(table.total) == counted
        assert Counted.sum(map(Counted.shown, today.rows)) == counted
        assert Counted.sum(map(Counted.shown, before.rows)) == counted
        for table in (by_month, by_day):  # a seller may be in several of them
            assert Counted.sum(map(Counted.shown, table.rows))[:4] == counted[:4]
        assert Counted.sum(map(Counted.shown, by_kind.rows))[:3] == counted[:3]
        for kind in by_kind.rows:
            lines = SaleLine.objects.filter(sold_on__range=(first_day, last_day), kind=kind.code)
            assert Counted.shown(kind) == Counted.of(lines)
        paid = DailyPaid.objects.filter(sold_on__range=(first_day, last_day))
        assert tuple(
            sum(values)
            for values in zip((0, 0, 0), *paid.values_list("sold_vnd", "refunded_vnd", "orders"), strict=True)
        ) == (counted.sold_vnd, -counted.refunded_vnd, counted.orders)
        assert selectors.deviations() == []

    @rule()
    def rebuilding_changes_nothing(self) -> None:
        summaries.keep()
        before = self._summaries()
        for month in summaries.months():
            summaries.rebuild_month(month)
        assert self._summaries() == before

    def _summaries(self) -> list[list[tuple]]:
        return [
            sorted(model.objects.values_list(*(field.name for field in model._meta.concrete_fields)))
            for model in (DailySales, SellerDay, SellerMonth, DailyPaid)
        ]

    def teardown(self) -> None:
        self.figures_match_the_model(FIRST_DAY, LAST_DAY)
        self.figures_match_the_model(FIRST_DAY, OLD_DAY)
        self.figures_match_the_model(NEW_DAY, LAST_DAY)
        self.every_route_gives_the_same_sums(FIRST_DAY, LAST_DAY)
        self.every_route_gives_the_same_sums(OLD_DAY, NEW_DAY)

    def _write(self, order: Order, day: date) -> list[SaleLine]:
        return services.write_sales(order_id=order.pk, sold_at=at(day), provider="vnpt", buyer_province="11")

    def _refunded(self, lines: list[SaleLine]) -> None:
        for line in lines:
            if line.order_line_id not in self.refunds:
                self.refunds[line.order_line_id] = line.refund_id
                self.lines.append((line.sold_on, *self.units[line.unit_id], line.amount_vnd))

    def _figures(self, table: selectors.Table) -> dict[str, int]:
        return {row.code: row.net_vnd for row in table.rows if row.sellers}

    def _sums(self, lines: list[tuple[date, str, str, int]], column: int) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for line in lines:
            sums[line[column]] += line[3]
        return dict(sums)


@pytest.mark.usefixtures("province")
def test_any_history_of_sales_and_refunds_gives_the_same_sums_on_both_boundaries():
    old = [commune_named(name, OLD_DAY) for name in OLD_NAMES]
    new = commune_named("Mường Thanh", NEW_DAY)
    SalesMachine.offers = [make(unit) for unit in old for make in (rice_of, room_in)] + [rice_of(new)]
    SalesMachine.units = {unit.pk: (unit.became.new.code, unit.code) for unit in old}
    SalesMachine.units[new.pk] = (new.code, "unknown")

    run_state_machine_as_test(
        SalesMachine,
        settings=settings(
            max_examples=30,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )

"""A basket that several requests may touch at once: writers queue up, and it is ordered once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from oscar.apps.basket.abstract_models import AbstractBasket, AbstractLine
from oscar.core.loading import get_model

from marketplace.errors import BasketClosed
from marketplace.shop.rounding import whole_dong
from payments.compiled import compiled


class Basket(AbstractBasket):
    _lines: Any

    def all_lines(self) -> Any:
        """Return the lines with everything the basket page says of them, in a fixed number of queries."""
        if self.id is None:
            return self.lines.model.objects.none()
        if self._lines is None:
            rows = _lines(self.pk)
            for row in rows:
                row.basket = self
            # A room's stay comes by a query of its own: goods have none, and need not join for it.
            stays = get_model("catalogue", "Product").objects.select_related(
                "product_class", "origin__seller", "origin__commune"
            )
            prefetch_related_objects(
                rows,
                "attributes__option",
                "product__images",
                "product__room_type__stay__booking_rules",
                Prefetch("product__parent", stays.prefetch_related("images")),
            )
            self._lines = self.lines.order_by("pk")
            self._lines._result_cache = rows  # a queryset, as Oscar's forms want it, with its rows
        return self._lines

    @property
    def is_empty(self) -> bool:
        """Whoever asks wants the lines next. Oscar counts them in the database first."""
        return not self.all_lines()

    @property
    def currency(self) -> str:
        """The shop has one. Oscar loads all lines with all they are about to find it out."""
        return str(settings.OSCAR_DEFAULT_CURRENCY)

    def get_stock_info(self, product: Any, options: list[dict[str, Any]]) -> Any:
        return self.strategy.fetch_with_options(
            product, {each["option"].code: each["value"] for each in options}
        )

    def add_product(self, product: Any, quantity: int = 1, options: Any = None) -> Any:
        """Add to the basket, one writer at a time: Oscar reads the quantity, adds, and writes it back.

        Raises BasketClosed when it has been ordered meanwhile.
        """
        if not self.id:
            self._begin()
        with self.locked():
            return super().add_product(product, quantity, options)

    add_product.alters_data = True  # type: ignore[attr-defined]
    add = add_product

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the basket's row for the length of the `with` block. Raises BasketClosed unless it is open."""
        with transaction.atomic():
            row = Basket.objects.select_for_update().only("status").get(pk=self.pk)
            if row.status != self.OPEN:
                raise BasketClosed
            yield

    def merge(self, basket: Basket, add_quantities: bool = True) -> None:
        """Take over the lines of ``basket``, unless it is being ordered: those lines are the order's."""
        try:
            with basket.locked():
                super().merge(basket, add_quantities)
        except BasketClosed:
            return

    merge.alters_data = True  # type: ignore[attr-defined]

    def freeze(self) -> None:
        """Close the basket: whoever closes it orders it. Raises BasketClosed unless it was open."""
        self._move(self.OPEN, self.FROZEN)

    freeze.alters_data = True  # type: ignore[attr-defined]

    def thaw(self) -> None:
        """Open a frozen basket again. A submitted one stays submitted: raises BasketClosed."""
        self._move(self.FROZEN, self.OPEN)

    thaw.alters_data = True  # type: ignore[attr-defined]

    def submit(self) -> None:
        self._move(self.FROZEN, self.SUBMITTED, date_submitted=timezone.now())

    submit.alters_data = True  # type: ignore[attr-defined]
    set_as_submitted = submit

    def _begin(self) -> None:
        """Save the basket, or become the one that another request of the same person has begun meanwhile."""
        if self.owner is None:
            self.save()
            return
        with transaction.atomic():
            get_user_model().objects.select_for_update().get(pk=self.owner.pk)
            begun = Basket.open.filter(owner=self.owner).first()
            if begun is None:
                self.save()
            else:
                self.pk = begun.pk
                self.refresh_from_db()

    def _move(self, before: str, after: str, **fields: Any) -> None:
        """Compare and set the status: Oscar saves whatever status it happens to hold."""
        if not Basket.objects.filter(pk=self.pk, status=before).update(status=after, **fields):
            raise BasketClosed
        self.status = after


class Line(AbstractLine):
    def discount(
        self, discount_value: Decimal, affected_quantity: int, incl_tax: bool = True, offer: Any = None
    ) -> None:
        """Take a discount off the line: whole đồng, and never more than the line still costs."""
        left = self.line_price_incl_tax - self.discount_value
        whole = max(Decimal(0), min(whole_dong(discount_value), left))
        super().discount(whole, affected_quantity, incl_tax=incl_tax, offer=offer)

    def get_price_breakdown(self) -> list[tuple[Decimal, Decimal, int]]:
        """Return what the units cost, as (price, price, number), in whole đồng.

        Oscar divides the discount evenly; here, where it does not divide, some units cost a đồng less.
        """
        number = self.quantity_with_discount
        each, over = divmod(self.discount_value, number) if number else (Decimal(0), 0)
        unit = self.unit_price_incl_tax
        rows = [
            (unit - each - 1, int(over)),
            (unit - each, number - int(over)),
            (unit, self.quantity_without_discount),
        ]
        return [(price, price, number) for price, number in rows if number]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Remove the line, unless the basket has been ordered: what was ordered stays as it was."""
        if self.basket.status in (Basket.FROZEN, Basket.SUBMITTED):
            raise BasketClosed
        return super().delete(*args, **kwargs)

    delete.alters_data = True  # type: ignore[attr-defined]


@compiled
def _lines(basket_id: int) -> QuerySet[Line]:
    lines = Line.objects.filter(basket=basket_id).order_by("pk")
    return lines.select_related(
        "product__product_class",
        "product__origin__seller",
        "product__origin__commune",
        "product__produce",
        "product__pool",
        "product__room_type__stay",
        "stockrecord__partner",
    )


from oscar.apps.basket.models import *  # noqa: E402, F403  (the rest of Oscar's models)

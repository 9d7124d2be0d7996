"""Which products are in which ranges, for all of both at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from oscar.core.loading import get_model

from .models import Range

ProductCategory = get_model("catalogue", "ProductCategory")

Pairs = dict[int, set[Any]]  # by range


def look_up(ranges: Sequence[Range], products: Sequence[Any]) -> None:
    """Tell ``ranges`` which of ``products`` they contain. Six queries, whatever the number of either.

    The rules are Oscar's: a variant is in what its parent is in, an excluded category excludes from a
    range of everything only. A range with a class of its own decides for itself.
    """
    stored = {each.pk: each for each in ranges if not each.proxy_class}
    ids = {pk for product in products for pk in _own_and_parent(product)}
    included = _pairs(Range.included_products.through, "product_id", stored, product_id__in=ids)
    excluded = _pairs(Range.excluded_products.through, "product_id", stored, product_id__in=ids)
    classes = _pairs(Range.classes.through, "productclass_id", stored)
    shelves = _pairs(Range.included_categories.through, "category__path", stored)
    closed_shelves = _pairs(Range.excluded_categories.through, "category__path", stored)
    paths: Pairs = defaultdict(set)
    for product_id, path in ProductCategory.objects.filter(product_id__in=ids).values_list(
        "product_id", "category__path"
    ):
        paths[product_id].add(path)

    def holds(pk: int, product: Any) -> bool:
        family = _own_and_parent(product)
        stands_on = [path for each in family for path in paths[each]]
        if not excluded[pk].isdisjoint(family):
            return False
        if stored[pk].includes_all_products:
            return not _below(stands_on, closed_shelves[pk])
        return (
            not included[pk].isdisjoint(family)
            or product.get_product_class().pk in classes[pk]
            or _below(stands_on, shelves[pk])
        )

    for pk, each in stored.items():
        each.known_ids = frozenset(product.pk for product in products if holds(pk, product))


def _own_and_parent(product: Any) -> set[int]:
    return {product.pk, product.parent_id} - {None}


def _pairs(through: Any, value: str, ranges: Iterable[int], **narrower: Any) -> Pairs:
    pairs: Pairs = defaultdict(set)
    for pk, found in through.objects.filter(range_id__in=ranges, **narrower).values_list("range_id", value):
        pairs[pk].add(found)
    return pairs


def _below(paths: Iterable[str], tops: Iterable[str]) -> bool:
    """True if a category is one of ``tops`` or below one: a path begins with its parent's."""
    return any(path.startswith(tuple(tops)) for path in paths)

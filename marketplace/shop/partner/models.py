"""Stock that cannot be sold twice: Oscar's own allocation is an unconditional increment."""

from django.db.models import F
from django.db.models.functions import Coalesce
from oscar.apps.partner.abstract_models import AbstractStockRecord

from marketplace.errors import SoldOut


class StockRecord(AbstractStockRecord):
    def allocate(self, quantity: int) -> None:
        """Set ``quantity`` units aside for an order, if that many are still free.

        One conditional UPDATE, so that of any number of buyers at once exactly those get the goods
        for whom there are goods. Raises SoldOut and changes nothing otherwise. Stock that is not
        tracked (nights, seats) is left alone: it is taken elsewhere.
        """
        assert quantity > 0, quantity
        if not self.can_track_allocations:
            return
        allocated = Coalesce(F("num_allocated"), 0)
        free = StockRecord.objects.filter(pk=self.pk, num_in_stock__gte=allocated + quantity)
        if not free.update(num_allocated=allocated + quantity):
            self.refresh_from_db(fields=["num_in_stock", "num_allocated"])
            raise SoldOut(
                title=str(self.product.get_title()), wanted=quantity, left=max(0, self.net_stock_level)
            )

    allocate.alters_data = True  # type: ignore[attr-defined]


from oscar.apps.partner.models import *  # noqa: E402, F403  (the rest of Oscar's models)

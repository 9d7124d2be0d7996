from django.forms.models import inlineformset_factory
from oscar.apps.dashboard.catalogue import formsets
from oscar.core.loading import get_model

from .forms import StockRecordForm

Product = get_model("catalogue", "Product")
StockRecord = get_model("partner", "StockRecord")

_OneStockRecord = inlineformset_factory(
    Product, StockRecord, form=StockRecordForm, extra=1, max_num=1, validate_max=True, can_delete=False
)


class StockRecordFormSet(formsets.StockRecordFormSet, _OneStockRecord):  # type: ignore[misc, valid-type]
    """A product has one seller, so one stock record, and keeps it: orders hold their goods by it."""

    extra, max_num, validate_max, can_delete = 1, 1, True, False

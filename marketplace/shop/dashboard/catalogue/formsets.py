from oscar.apps.dashboard.catalogue import formsets


class StockRecordFormSet(formsets.StockRecordFormSet):
    """A product has one seller, so one stock record, and keeps it: orders hold their goods by it."""

    extra = max_num = absolute_max = 1
    validate_max = True
    can_delete = False

"""The kinds of produce: the statistics' product groups, and the shelves of the shop."""

from django.utils.translation import gettext_lazy as _

CATEGORIES = {
    "rice": _("Rice"),
    "vegetable": _("Vegetables"),
    "fruit": _("Fruit"),
    "meat": _("Smoked and fresh meat"),
    "livestock": _("Livestock"),
    "fish": _("Fish"),
    "honey": _("Honey"),
    "tea": _("Tea"),
    "coffee": _("Coffee"),
    "nuts": _("Nuts"),
    "spice": _("Spices"),
    "herb": _("Medicinal herbs"),
    "processed": _("Cakes, noodles and preserves"),
    "spirit": _("Spirits"),
    "craft": _("Weaving and crafts"),
    "gift": _("Gift boxes"),
}

# A price per kilogram would say nothing about these.
SOLD_BY_THE_PIECE = frozenset({"craft", "gift"})

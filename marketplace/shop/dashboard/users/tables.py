from django.utils.translation import gettext_lazy as _
from django_tables2 import A, Column, LinkColumn
from oscar.apps.dashboard.users import tables


class UserTable(tables.UserTable):
    """People by their phone numbers; not everybody has an e-mail address."""

    phone = LinkColumn("dashboard:user-detail", args=[A("id")], verbose_name=_("Phone number"))
    email = Column(verbose_name=_("E-mail"))
    name = Column(accessor="get_full_name", order_by=("name", "phone"), verbose_name=_("Full name"))
    num_orders = Column(accessor="orders_placed", verbose_name=_("Orders"))

    class Meta(tables.UserTable.Meta):
        sequence = ("check", "phone", "name", "email", "...")
        order_by = ()

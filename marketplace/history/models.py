"""Who changed what: users and roles, sellers and wallets, prices and stock, states of orders, and rules.

The database writes an event for each change (django-pghistory), whatever program made it, and refuses to
change or delete one. An event holds the row as it was afterwards, and who did it (``history.context``). No
event holds a name, the number of an account or a password, so an account can be erased and its history stays.
The wallet a seller is paid to is kept: it belongs to the books.

Each tracked table has a proxy here, so that its triggers belong to this package's migrations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pghistory
import pgtrigger
from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """One tracked table: what people call it, and the fields whose changes are kept."""

    name: str
    title: str | Promise
    fields: tuple[str, ...]
    events: type[models.Model]


RULES = (
    "settlement.CommissionRule",
    "settlement.TaxRule",
    "settlement.SettlementRule",
    "settlement.WeighingRule",
    "settlement.LadderRule",
    "sellers.LevelLimit",
    "statistics.DisclosureRule",
    "releases.PublicationRule",
    "counter.TillRule",
    "delivery.Rate",
)
# Goods that are sold change both numbers at once, and the order says so; this is a price or a stock that
# somebody set.
BY_HAND = pgtrigger.Q(old__price__df=pgtrigger.F("new__price")) | pgtrigger.Q(
    old__num_in_stock__df=pgtrigger.F("new__num_in_stock"),
    old__num_allocated__ndf=pgtrigger.F("new__num_allocated"),
)


def _track(label: str, fields: Sequence[str], *trackers: Any) -> type[models.Model]:
    """Make a proxy and the model of events of the model ``label``; return the latter."""
    model = apps.get_model(label, require_ready=False)
    name = label.replace(".", " ").title().replace(" ", "") if label in RULES else model.__name__
    meta = type("Meta", (), {"proxy": True, "app_label": "history", "default_permissions": ()})
    proxy = type(f"Tracked{name}", (model,), {"__module__": __name__, "Meta": meta})
    return pghistory.create_event_model(
        proxy,
        *(trackers or (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())),
        fields=list(fields),
        obj_field=pghistory.ObjForeignKey(related_name="+", on_delete=models.DO_NOTHING, db_constraint=False),
        context_field=pghistory.ContextJSONField(),
        context_id_field=pghistory.ContextUUIDField(),
        append_only=True,
        model_name=f"{name}Event",
        app_label="history",
        abstract=False,
        meta={"default_permissions": ()},
        attrs={"__module__": __name__},
    )


def _rule(label: str) -> Kind:
    model = apps.get_model(label, require_ready=False)
    names = tuple(field.name for field in model._meta.concrete_fields if field.name != "id")
    return Kind(
        label.lower().replace(".", "-"), model._meta.verbose_name or label, names, _track(label, names)
    )


def _kind(name: str, title: str | Promise, label: str, fields: tuple[str, ...], *trackers: Any) -> Kind:
    return Kind(name, title, fields, _track(label, fields, *trackers))


KINDS: tuple[Kind, ...] = (
    _kind(
        "people",
        _("People"),
        "accounts.User",
        ("is_active", "is_staff", "is_superuser", "phone_verified_at"),
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        pghistory.UpdateEvent(
            "password", condition=pgtrigger.AnyChange("password"), trigger_name="password_update"
        ),
    ),
    _kind("roles", _("Roles"), "accounts.RoleAssignment", ("user", "role", "commune", "post_office")),
    _kind(
        "sellers",
        _("Sellers and wallets"),
        "sellers.Seller",
        ("kind", "level", "unit", "wallet_provider", "wallet_msisdn"),
    ),
    _kind("members", _("Members of sellers"), "sellers.Member", ("seller", "user")),
    _kind(
        "prices",
        _("Prices and stock"),
        "partner.StockRecord",
        ("product", "price", "num_in_stock"),
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=BY_HAND),
        pghistory.DeleteEvent(),
    ),
    _kind(
        "orders",
        _("States of orders"),
        "order.Order",
        ("status",),
        pghistory.UpdateEvent(condition=pgtrigger.AnyChange("status")),
        pghistory.DeleteEvent(),
    ),
    *(_rule(label) for label in RULES),
)
TABLES = frozenset(kind.events.pgh_tracked_model._meta.db_table for kind in KINDS)  # type: ignore[attr-defined]

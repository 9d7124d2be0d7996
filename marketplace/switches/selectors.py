"""What is on. Costs nothing but a look into the memory of the process (`published`)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from marketplace.places.models import Commune

from . import published
from .models import Switch

Name = Switch.Name


@dataclass(frozen=True)
class Standing:
    """How one switch stands: in the whole market, and in the communes where it stands otherwise or will."""

    name: Switch.Name
    is_on: bool
    rows: list[Switch]  # the last of the whole market and of every commune, then what begins later

    @property
    def may_name_a_commune(self) -> bool:
        return self.name not in Switch.EVERYWHERE_ONLY


def is_on(name: Switch.Name, *, now: datetime, commune_id: int | None = None) -> bool:
    """Return whether ``name`` is on at ``now``, in the commune or, without one, in the whole market."""
    now_s = now.timestamp()
    everywhere = here = None
    for row in published.rows():  # in order of time: the last that has begun holds
        if row.name == name and row.from_s <= now_s:
            if row.commune_id is None:
                everywhere = row.is_on
            elif row.commune_id == commune_id:
                here = row.is_on
    found = everywhere if here is None else here
    return True if found is None else found


def communes_off(name: Switch.Name, commune_ids: Collection[int], *, now: datetime) -> set[int]:
    """Return those of ``commune_ids`` where ``name`` is off at ``now``."""
    return {one for one in set(commune_ids) if not is_on(name, now=now, commune_id=one)}


def closed_since(*, now: datetime) -> datetime | None:
    """Return since when the market is closed for maintenance; None if it is open."""
    rows = [row for row in published.rows() if row.name == Name.MARKET and row.from_s <= now.timestamp()]
    if not rows or rows[-1].is_on:
        return None
    return datetime.fromtimestamp(rows[-1].from_s, now.tzinfo)


def standings(*, now: datetime) -> list[Standing]:
    """Return how every switch stands, by their order. One query."""
    found: dict[str, dict[int | None, Switch]] = {name: {} for name in Name.values}
    later: dict[str, list[Switch]] = {name: [] for name in Name.values}
    for switch in Switch.objects.select_related("commune", "by").order_by("from_at", "decided_at"):
        if switch.from_at <= now:
            found[switch.name][switch.commune_id] = switch
        else:
            later[switch.name].append(switch)
    standing = []
    for name in Name:
        everywhere = found[name].pop(None, None)
        local = sorted(found[name].values(), key=lambda one: one.commune.name if one.commune else "")
        rows = [*([everywhere] if everywhere else []), *local, *later[name]]
        standing.append(Standing(name, everywhere is None or everywhere.is_on, rows))
    return standing


def lately() -> QuerySet[Switch]:
    """Return every decision, the last first."""
    return Switch.objects.select_related("commune", "by").order_by("-decided_at", "-from_at")


def communes_of(day: datetime) -> QuerySet[Commune]:
    """Return the communes a switch may be of, by name."""
    return Commune.objects.valid_on(day.date()).order_by("name", "pk")

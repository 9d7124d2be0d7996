"""Everything that writes sights and festivals: loading them from their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from marketplace.places.models import Commune

from .models import Festival, Sight
from .reading import Placed, SightsRefused

_FACTS = ["name", "name_en", "commune", "source", "certainty"]
_SIGHT_FACTS = [*_FACTS, "kind", "unit", "lat", "lon"]
_FESTIVAL_FACTS = [*_FACTS, "when", "when_en", "calendar", "first_day", "last_day", "months"]


@transaction.atomic
def load(*, sights: Sequence[Placed], festivals: Sequence[Placed]) -> None:
    """Make the tables say what the files say; rows that no file has any more go.

    Needs the communes. Loading again changes nothing. Raises SightsRefused, and changes nothing, if a code is
    unknown or a former unit lies in another commune than the row says.
    """
    today = {commune.code: commune for commune in Commune.objects.filter(valid_to=None)}
    former = {
        commune.code: commune
        for commune in Commune.objects.filter(valid_to__isnull=False).select_related("became__new")
    }
    for placed in (*sights, *festivals):
        row = placed.made
        row.commune = _commune(today, placed.code_today, row.slug)
        if isinstance(row, Sight):
            row.unit = _commune(former, placed.code_before, row.slug)
            if row.unit.became.new != row.commune:
                raise SightsRefused(
                    f"{row.slug}: {row.unit.full_name} is part of {row.unit.became.new.full_name}, "
                    f"not of {row.commune.full_name}. Put one of the two codes right."
                )
    _store(Sight, sights, _SIGHT_FACTS)
    _store(Festival, festivals, _FESTIVAL_FACTS)


def _store(model: Any, rows: Sequence[Placed], facts: list[str]) -> None:
    model.objects.exclude(slug__in=[placed.made.slug for placed in rows]).delete()
    model.objects.bulk_create(
        [placed.made for placed in rows],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=facts,
    )


def _commune(communes: dict[str, Commune], code: str, slug: str) -> Commune:
    try:
        return communes[code]
    except KeyError:
        raise SightsRefused(f"{slug}: there is no unit with the code “{code}”.") from None

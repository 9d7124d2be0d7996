"""What officials decide: targets, figures from elsewhere, and the plan by which communes join the market."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from psycopg.errors import ExclusionViolation

from marketplace.accounts.models import User
from marketplace.places.models import Commune

from . import plan
from .errors import BegunAlready, FactTaken, NotBegun, PilotFirst, StepsOpen, StepUnknown, TargetTaken
from .models import Fact, RollOut, Step, StepMark, Target


@transaction.atomic
def set_target(
    *, code: str, commune_code: str, value: Decimal, valid_from: date, source: str, by: User
) -> Target:
    """Set what an indicator is to reach from ``valid_from`` on; the target before it ends there.

    ``commune_code`` is "" for the province. Asked again with the same words it changes nothing.
    Raises TargetTaken if there is one from that day or a later one.
    """
    rows = Target.objects.filter(code=code, commune_code=commune_code)
    same = rows.filter(valid_from=valid_from, valid_to=None, value=value, source=source).first()
    if same is not None:
        return same
    later = _end_before(rows, valid_from)
    if later is not None:
        raise TargetTaken(valid_from=later)
    target = Target(
        code=code, commune_code=commune_code, value=value, valid_from=valid_from, source=source, set_by=by
    )
    if not _saved(target):
        raise TargetTaken(valid_from=valid_from)
    return target


@transaction.atomic
def enter_fact(
    *, key: str, commune_code: str, value: Decimal, valid_from: date, source: str, by: User
) -> Fact:
    """Write down a figure that only others know, with its ``source``; the one before it ends that day.

    ``commune_code`` is "" for the province. Asked again with the same words it changes nothing.
    Raises FactTaken if there is one from that day or a later one.
    """
    rows = Fact.objects.filter(key=key, commune_code=commune_code)
    same = rows.filter(valid_from=valid_from, valid_to=None, value=value, source=source).first()
    if same is not None:
        return same
    later = _end_before(rows, valid_from)
    if later is not None:
        raise FactTaken(valid_from=later)
    fact = Fact(
        key=key,
        commune_code=commune_code,
        value=value,
        valid_from=valid_from,
        source=source,
        entered_by=by,
    )
    if not _saved(fact):
        raise FactTaken(valid_from=valid_from)
    return fact


def _saved(row: Target | Fact) -> bool:
    """Save a row; False if somebody has just saved another one of the same days."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            return False
        raise
    return True


def _end_before(rows: QuerySet, day: date) -> date | None:
    """End the row in force on ``day`` there. Returns the first day of a row from then on, if there is one."""
    rows = rows.select_for_update()
    later = rows.filter(valid_from__gte=day).order_by("valid_from").first()
    if later is not None:
        return later.valid_from
    rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).update(valid_to=day)
    return None


@transaction.atomic
def plan_commune(*, commune: Commune, wave: int, planned_on: date, by: User) -> RollOut:
    """Put a commune into a wave of the roll-out, or move it while it has not begun. Wave 1 is the pilot.

    Raises BegunAlready.
    """
    wish = {"wave": wave, "planned_on": planned_on, "planned_by": by}
    found, is_new = RollOut.objects.select_for_update().get_or_create(commune=commune, defaults=wish)
    if is_new:
        return found
    if found.begun_at is not None and (found.wave, found.planned_on) != (wave, planned_on):
        raise BegunAlready(commune=commune.full_name)
    found.wave, found.planned_on, found.planned_by = wave, planned_on, by
    found.save(update_fields=["wave", "planned_on", "planned_by"])
    return found


@transaction.atomic
def begin(*, roll_out_id: int, now: datetime) -> RollOut:
    """Begin to prepare a commune. A second call changes nothing.

    Raises PilotFirst for any but a pilot while no pilot is live.
    """
    found = RollOut.objects.select_for_update(of=["self"]).select_related("commune").get(pk=roll_out_id)
    if found.begun_at is not None:
        return found
    if not found.is_pilot and not RollOut.objects.filter(wave=RollOut.PILOT, live_at__lte=now).exists():
        raise PilotFirst(commune=found.commune.full_name)
    found.begun_at = now
    found.save(update_fields=["begun_at"])
    return found


@transaction.atomic
def go_live(*, roll_out_id: int, now: datetime, today: date) -> RollOut:
    """Say that the market has come to a commune: its list is done. A second call changes nothing.

    Raises NotBegun, and StepsOpen with the names of what is not done.
    """
    found = RollOut.objects.select_for_update(of=["self"]).select_related("commune").get(pk=roll_out_id)
    if found.live_at is not None:
        return found
    if found.begun_at is None:
        raise NotBegun(commune=found.commune.full_name)
    (row,) = plan.rows_of([found], today=today)
    still_open = [line.step.name for line in row.lines if not line.is_done]
    if still_open:
        raise StepsOpen(commune=found.commune.full_name, steps=still_open)
    found.live_at = now
    found.save(update_fields=["live_at"])
    return found


def mark_step(
    *,
    mark_id: UUID,
    roll_out: RollOut,
    step_code: str,
    is_done: bool,
    words: str,
    by: User,
    now: datetime,
    today: date,
) -> StepMark:
    """Say that a step which the market cannot see by itself is done, or not after all, and how.

    ``mark_id`` is made with the form: the same one again changes nothing. Raises NotBegun and StepUnknown.
    """
    if roll_out.begun_at is None:
        raise NotBegun(commune=roll_out.commune.full_name)
    if not Step.objects.valid_on(today).filter(code=step_code).exists():
        raise StepUnknown(step=step_code)
    mark, _ = StepMark.objects.get_or_create(
        pk=mark_id,
        defaults={
            "roll_out": roll_out,
            "step_code": step_code,
            "is_done": is_done,
            "words": words,
            "by": by,
            "at": now,
        },
    )
    return mark

"""What shall go wrong, drawn by seed: the same seed and the same requests give the same faults."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from payments.compiled import compiled
from payments.simulator.errors import InvalidInput
from payments.simulator.models import Call, FaultPlan, Transaction
from payments.simulator.operators import OPERATORS

PROBABILITIES = {
    "error_before_commit": "the request is answered 500 and forgotten",
    "error_after_commit": "the request is carried out and answered 500",
    "debit_then_timeout": "the answer is held back until the caller gives up, and no callback follows",
    "drop_callbacks": "the callback is never sent",
    "duplicate_callbacks": "the callback is sent twice",
    "reorder": "the callback waits until later ones have overtaken it",
    "wrong_amount": "the callback of a completed transaction reports another amount",
    "foreign_callbacks": "the callback of a completed transaction names another one",
    "foreign_payments": "a stranger sends the merchant money that nobody asked for",
}
NUMBERS = {
    "delay_callbacks_s": "seconds every callback waits",
    "prompt_extra_s": "seconds a prompt stays open longer than the caller asked for",
    "answer_delay_s": "seconds debit_then_timeout holds the answer back",
    "clock_skew_s": "seconds the operator's clock is ahead in all it says; below zero it is behind",
}
MAY_BE_NEGATIVE = ("clock_skew_s",)
# Whoever else has requests that can be numbered, beside the operators.
SANDBOXES = ("stripe", "bank", "vnpay", "telecom")
DEFAULTS = {"answer_delay_s": 15.0}
LONGEST_S = 86_400.0
_DRAWS = 2**64


@dataclass(frozen=True)
class Draw:
    """The faults of one request. Without a plan nothing ever happens."""

    seed: str = ""
    number: int | None = None
    faults: Mapping[str, float] = field(default_factory=dict)

    def happens(self, fault: str) -> bool:
        assert fault in PROBABILITIES, fault
        probability = self.faults.get(fault, 0.0)
        if self.number is None or probability == 0:
            return False
        digest = hashlib.sha256(f"{self.seed}:{fault}:{self.number}".encode()).digest()
        return int.from_bytes(digest[:8], "big") < probability * _DRAWS

    def digest(self, fault: str) -> str:
        """Return ten hexadecimal digits that only the seed and the request's number decide."""
        whole = hashlib.sha256(f"{self.seed}:{fault}:{self.number}:digest".encode()).hexdigest()
        return whole[:10].upper()

    def seconds(self, fault: str) -> float:
        assert fault in NUMBERS, fault
        return self.faults.get(fault, DEFAULTS.get(fault, 0.0))


def set_plan(*, operator: str, seed: str, faults: Mapping[str, object]) -> FaultPlan:
    """Replace the plan of ``operator`` ("" for all without one of their own) and count from one again.

    Raises InvalidInput for an unknown operator or fault, or a value that is out of range.
    """
    known = [*OPERATORS, *SANDBOXES]
    if operator and operator not in known:
        raise InvalidInput(
            f"operator is {operator!r}. Use one of {', '.join(known)}, or leave it out for all."
        )
    checked = {name: _checked(name, value) for name, value in faults.items()}
    plan, _ = FaultPlan.objects.update_or_create(
        operator=operator, defaults={"seed": seed, "faults": checked, "requests": 0}
    )
    return plan


def draw_next(operator: str) -> Draw:
    """Number the next request to ``operator`` and return its faults.

    Must be called outside of the request's own transaction: a request that is rolled back keeps its number.
    """
    found = _plan(operator)
    if found is None:
        return Draw()
    with transaction.atomic():
        plan = FaultPlan.objects.select_for_update().get(pk=found.pk)
        plan.requests += 1
        plan.save(update_fields=["requests"])
    return Draw(seed=plan.seed, number=plan.requests, faults=plan.faults)


def skew_of(operator: str) -> timedelta:
    """Return how far ahead the clock of ``operator`` is in what it says."""
    plan = _plan(operator)
    return timedelta(seconds=plan.faults.get("clock_skew_s", 0.0) if plan else 0.0)


def draw_of(asked: Transaction | Call) -> Draw:
    """Return the faults of the request ``asked``, as long as the plan it was numbered in still runs."""
    plan = _plan(asked.merchant.operator) if asked.fault_number is not None else None
    if plan is None:
        return Draw()
    return Draw(seed=plan.seed, number=asked.fault_number, faults=plan.faults)


def _plan(operator: str) -> FaultPlan | None:
    return next(iter(_plans(operator)), None)


@compiled
def _plans(operator: str) -> QuerySet[FaultPlan]:
    # The operator's own plan sorts before the one for all.
    return FaultPlan.objects.filter(operator__in=["", operator]).order_by("-operator")


def _checked(name: str, value: object) -> float:
    if name not in PROBABILITIES and name not in NUMBERS:
        known = ", ".join([*PROBABILITIES, *NUMBERS])
        raise InvalidInput(f"There is no fault {name!r}. Known are: {known}.")
    most = 1.0 if name in PROBABILITIES else LONGEST_S
    least = -most if name in MAY_BE_NEGATIVE else 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise InvalidInput(f"{name} is {value!r}. It must be a number from {least:g} to {most:g}.")
    return float(value)

"""The business points where cash becomes money in a wallet, and back."""

from django.db import models

from payments.simulator.operators import OPERATOR_CHOICES


class Agent(models.Model):
    """One point of business of an operator. Its float is an account in the ledger that holds 0 or more."""

    operator = models.CharField(max_length=20, choices=OPERATOR_CHOICES)
    identifier = models.CharField("organisation id", max_length=60)
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "identifier"], name="one_agent_per_organisation_id"),
        ]

    def __str__(self) -> str:
        return f"{self.operator}:{self.identifier}"  # unique

    @property
    def account(self) -> str:
        """The code of its float in the ledger."""
        return f"{self.operator}:agent:{self.identifier}"

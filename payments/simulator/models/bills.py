"""Bills of the companies that are paid by wallet: electricity, water, telephone."""

from django.db import models
from django.db.models import Q

from payments.simulator.models.transactions import Merchant, Transaction


class BillCompany(models.Model):
    """A merchant that sends bills."""

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="bill_company")
    kind = models.CharField("serviceProviderType", max_length=100)

    def __str__(self) -> str:
        return str(self.merchant_id)  # unique


class Bill(models.Model):
    """What an account owes a company."""

    company = models.ForeignKey(BillCompany, on_delete=models.PROTECT, related_name="bills")
    account = models.CharField("who owes it, by code in the ledger", max_length=100, db_index=True)
    reference = models.CharField("billReference", max_length=40, unique=True)
    description = models.CharField("billdescription", max_length=256, blank=True)
    amount_vnd = models.BigIntegerField()
    least_vnd = models.BigIntegerField("least that can be paid at a time", default=1)
    paid_vnd = models.BigIntegerField(default=0)
    due_on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_vnd__gte=0, paid_vnd__lte=models.F("amount_vnd")), name="bill_not_overpaid"
            ),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="bill_of_something"),
        ]

    def __str__(self) -> str:
        return self.reference  # unique

    @property
    def left_vnd(self) -> int:
        return self.amount_vnd - self.paid_vnd


class BillPayment(models.Model):
    """One payment to a company, of a bill or, if there is none, by the customer's number."""

    company = models.ForeignKey(BillCompany, on_delete=models.PROTECT, related_name="payments")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, null=True, related_name="payments")
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="bill_payment")
    details = models.JSONField("what the request said, to be repeated", default=dict)

    def __str__(self) -> str:
        return str(self.transaction_id)  # unique

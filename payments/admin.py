from django.contrib import admin

from payments.ledger.admin import ReadOnlyAdmin
from payments.models import Claim, Event, Intent, Operation, PaymentByHand, Payout, PayoutBatch, PayoutRun


@admin.register(Intent)
class IntentAdmin(ReadOnlyAdmin):
    list_display = ["id", "reference", "amount_vnd", "provider", "payer", "state", "expires_at", "created_at"]
    list_filter = ["state", "provider"]
    search_fields = ["=id", "reference", "payer"]
    ordering = ["-created_at", "id"]


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "intent",
        "kind",
        "amount_vnd",
        "state",
        "provider_ref",
        "next_ask_at",
        "created_at",
    ]
    list_filter = ["state", "kind", "provider"]
    list_select_related = ["intent"]
    search_fields = ["=id", "intent__reference", "provider_ref"]
    ordering = ["-created_at", "id"]


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "operation_named",
        "provider",
        "source",
        "outcome",
        "amount_vnd",
        "refusal",
        "received_at",
    ]
    list_filter = ["source", "refusal", "provider"]
    search_fields = ["=operation_named", "provider_ref"]
    ordering = ["-id"]


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "intent", "payout", "created_at", "delivered_at", "tries", "next_try_at"]
    list_filter = ["kind"]
    list_select_related = ["intent", "payout"]
    search_fields = ["intent__reference", "payout__payee"]
    ordering = ["-id"]


@admin.register(PaymentByHand)
class PaymentByHandAdmin(ReadOnlyAdmin):
    list_display = ["id", "account", "reference", "amount_vnd", "evidence", "noted_by", "noted_at"]
    search_fields = ["=id", "reference", "evidence"]
    ordering = ["-noted_at", "id"]


@admin.register(PayoutRun)
class PayoutRunAdmin(ReadOnlyAdmin):
    list_display = ["id", "started_by", "minimum_vnd", "created_at"]
    search_fields = ["=id", "started_by"]
    ordering = ["-created_at", "id"]


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "run",
        "provider",
        "state",
        "tries",
        "next_ask_at",
        "created_at",
        "ended_at",
    ]
    list_filter = ["state", "provider"]
    list_select_related = ["run"]
    search_fields = ["=id", "=run__id"]
    ordering = ["-created_at", "id"]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "payee",
        "name",
        "provider",
        "wallet",
        "amount_vnd",
        "state",
        "error_code",
        "settled_by",
        "created_at",
    ]
    list_filter = ["state", "provider"]
    search_fields = ["=id", "payee", "wallet", "provider_ref"]
    ordering = ["-created_at", "id"]

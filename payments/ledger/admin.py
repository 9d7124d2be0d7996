from django.contrib import admin
from django.http import HttpRequest

from payments.ledger.models import Account, Entry, Transfer


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at. What happened is put right by a second transfer, not by a form."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["code", "kind", "balance_vnd", "held_vnd", "may_overdraw"]
    list_filter = ["kind"]
    search_fields = ["code"]
    ordering = ["code"]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["id", "debit", "credit", "amount_vnd", "state", "purpose", "reference", "created_at"]
    list_filter = ["state", "purpose"]
    list_select_related = ["debit", "credit"]
    search_fields = ["=id", "reference"]
    ordering = ["-created_at", "id"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["id", "account", "amount_vnd", "balance_after_vnd", "transfer", "created_at"]
    list_select_related = ["account", "transfer"]
    search_fields = ["account__code", "transfer__reference"]
    ordering = ["-id"]

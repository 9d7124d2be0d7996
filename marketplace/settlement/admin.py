"""The dated rules, where they are entered, and what follows from them, to look at."""

from django.contrib import admin
from django.http import HttpRequest

from .models import CommissionRule, SellerTerms, SettlementRule, TaxRule, WeighingRule


class RuleAdmin(admin.ModelAdmin):
    """A rule that was used is never deleted: end it by its last day, and enter the next."""

    list_filter = ("valid_from",)
    ordering = ("-valid_from", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(CommissionRule)
class CommissionRuleAdmin(RuleAdmin):
    list_display = ("valid_from", "valid_to", "category", "seller_kind", "rate_bp", "source")


@admin.register(TaxRule)
class TaxRuleAdmin(RuleAdmin):
    list_display = ("valid_from", "valid_to", "category", "seller_kind", "vat_bp", "pit_bp", "source")


@admin.register(SettlementRule)
class SettlementRuleAdmin(RuleAdmin):
    list_display = (
        "valid_from",
        "valid_to",
        "dispute_window_hours",
        "delivered_after_days",
        "debt_limit_vnd",
        "minimum_payout_vnd",
        "source",
    )


@admin.register(WeighingRule)
class WeighingRuleAdmin(RuleAdmin):
    list_display = ("valid_from", "valid_to", "margin_percent", "pay_within_days", "source")


@admin.register(SellerTerms)
class SellerTermsAdmin(admin.ModelAdmin):
    list_display = ("seller", "poor_from", "poor_to", "evidence", "recorded_by", "recorded_at")
    list_select_related = ("seller", "recorded_by")
    search_fields = ("seller__name", "evidence")
    raw_id_fields = ("seller",)
    exclude = ("recorded_by",)
    ordering = ("seller__name", "pk")

    def save_model(self, request: HttpRequest, obj: SellerTerms, form: object, change: bool) -> None:
        obj.recorded_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

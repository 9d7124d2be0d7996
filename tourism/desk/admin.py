"""Rules and villages for administrators. The register has no page here: it is the houses' own."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from .models import FundRule, House, RegisterRule, Review, Village


@admin.register(RegisterRule)
class RegisterRuleAdmin(admin.ModelAdmin):
    list_display = [
        "report_until",
        "late_report_until",
        "keep_months",
        "review_days",
        "valid_from",
        "valid_to",
    ]
    ordering = ["-valid_from"]


class FundRuleInline(admin.TabularInline):
    model = FundRule
    extra = 0
    ordering = ["-valid_from"]


class HouseInline(admin.TabularInline):
    model = House
    extra = 0
    fields = ["name", "phone", "user", "sleeps", "joined_on", "is_active"]
    readonly_fields = ["joined_on", "is_active"]
    raw_id_fields = ["user"]
    ordering = ["pk"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Village | None = None) -> bool:
        """Houses join on the village's page: there they get their place in the queue."""
        return False


@admin.register(Village)
class VillageAdmin(admin.ModelAdmin):
    list_display = ["name", "seller", "together_up_to"]
    raw_id_fields = ["seller"]
    inlines = [HouseInline, FundRuleInline]
    ordering = ["name", "pk"]


@admin.register(Review)
class ReviewAdmin(admin.ModelAdmin):
    list_display = ["booking", "side", "stars", "words", "written_at", "is_hidden"]
    list_editable = ["is_hidden"]
    list_filter = ["side", "stars", "is_hidden"]
    readonly_fields = ["booking", "side", "stars", "words", "written_at", "shown_on"]
    ordering = ["-written_at", "-pk"]

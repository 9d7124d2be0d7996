"""The trail of what was weighed, to look at: nothing of it is ever changed."""

from django.contrib import admin
from django.http import HttpRequest

from .models import CatchWeight, Weighing


class LookedAt:
    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


class WeighingInline(LookedAt, admin.TabularInline):
    model = Weighing
    extra = 0
    ordering = ("weighed_at", "pk")
    fields = ("weighed_at", "by", "weight_g", "price_vnd", "refunded_vnd", "top_up_vnd")
    readonly_fields = fields


@admin.register(CatchWeight)
class CatchWeightAdmin(LookedAt, admin.ModelAdmin):
    list_display = ("line", "estimate_g", "weight_g", "estimate_vnd", "price_vnd", "ceiling_vnd")
    list_select_related = ("line",)
    ordering = ("-pk",)
    search_fields = ("line__order__number",)
    inlines = (WeighingInline,)

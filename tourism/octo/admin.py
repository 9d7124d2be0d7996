"""Where resellers and their terms are entered. Their keys and what they owe are under /staff/resellers/."""

from django.contrib import admin
from django.http import HttpRequest

from .models import Reseller, ResellerBooking, ResellerTerms


class TermsInline(admin.TabularInline):
    """Terms that were used are never deleted: the next ones begin on another day."""

    model = ResellerTerms
    extra = 1
    can_delete = False


@admin.register(Reseller)
class ResellerAdmin(admin.ModelAdmin):
    list_display = ("name", "is_active", "email", "hold_minutes", "hold_minutes_max")
    search_fields = ("name", "email")
    ordering = ("name",)
    inlines = (TermsInline,)

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(ResellerBooking)
class ResellerBookingAdmin(admin.ModelAdmin):
    """To look at: what was sold is changed by its reseller or its host."""

    list_display = ("reference", "reseller", "reseller_reference", "created_at", "confirmed_at", "net_vnd")
    list_select_related = ("reseller",)
    list_filter = ("reseller",)
    search_fields = ("reference", "reseller_reference")
    ordering = ("-created_at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

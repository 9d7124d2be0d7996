from django.contrib import admin
from django.http import HttpRequest

from .models import Commune, Hamlet


@admin.register(Commune)
class CommuneAdmin(admin.ModelAdmin):
    """Reference data: looked at here, changed by load_places."""

    list_display = ("code", "full_name", "valid_from", "valid_to", "zone", "border")
    list_filter = ("valid_from", "kind", "zone", "border")
    search_fields = ("code", "name", "name_ascii")
    ordering = ("code", "valid_from")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Commune | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Commune | None = None) -> bool:
        return False


@admin.register(Hamlet)
class HamletAdmin(admin.ModelAdmin):
    list_display = ("name", "commune")
    list_select_related = ("commune",)
    search_fields = ("name", "commune__name_ascii")
    ordering = ("name", "pk")
    autocomplete_fields = ("commune",)

from django.contrib import admin
from django.http import HttpRequest

from .models import Festival, Sight


class _Reference(admin.ModelAdmin):
    """Reference data: looked at here, changed by load_sights."""

    list_select_related = ("commune",)
    ordering = ("name", "pk")
    search_fields = ("name", "name_en")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Sight)
class SightAdmin(_Reference):
    list_display = ("name", "kind", "commune", "source", "certainty")
    list_filter = ("kind", "certainty")


@admin.register(Festival)
class FestivalAdmin(_Reference):
    list_display = ("name", "commune", "when", "source", "certainty")
    list_filter = ("certainty",)

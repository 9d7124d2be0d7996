from django.contrib import admin
from django.http import HttpRequest

from .models import Closure


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    """The record of what officials closed: looked at here, written on the board."""

    list_display = ("commune", "first_night", "last_night", "cause", "opened_by", "opened_at", "lifted_at")
    list_filter = ("cause",)
    list_select_related = ("commune", "opened_by")
    ordering = ("-opened_at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Closure | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Closure | None = None) -> bool:
        return False

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """What was sent to telephones, to look into: nobody writes or changes messages here."""

    list_display = ("queued_at", "channel", "to", "purpose", "state", "attempts", "error")
    list_filter = ("state", "channel", "purpose")
    search_fields = ("to", "key")
    ordering = ("-queued_at", "-pk")
    # A code that waits to be sent is nobody's to read.
    exclude = ("text",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

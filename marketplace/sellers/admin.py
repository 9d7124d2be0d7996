from django.contrib import admin

from .identity import LevelLimit


@admin.register(LevelLimit)
class LevelLimitAdmin(admin.ModelAdmin):
    """The dated limits of identity levels. A new limit is a new row."""

    list_display = ("level", "valid_from", "listed_vnd", "sold_vnd", "payout_vnd", "source")
    ordering = ("-valid_from", "level")

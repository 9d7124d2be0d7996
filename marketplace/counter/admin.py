from django.contrib import admin

from .models import TillRule


@admin.register(TillRule)
class TillRuleAdmin(admin.ModelAdmin):
    """The dated rules for the cash of post points. A new rule is a new row."""

    list_display = ("valid_from", "valid_to", "max_days", "max_vnd", "source")
    ordering = ("-valid_from",)

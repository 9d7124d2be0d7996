from django.contrib import admin

from .models import AlertRule, Target


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin):
    """The dated targets of the province and its communes. A new target is a new row."""

    list_display = ("measure", "commune_code", "value", "valid_from", "valid_to", "source")
    list_filter = ("measure",)
    ordering = ("measure", "commune_code", "-valid_from")


@admin.register(AlertRule)
class AlertRuleAdmin(admin.ModelAdmin):
    """The dated rules of alerts. A new rule is a new row."""

    list_display = ("kind", "valid_from", "valid_to", "days", "limit", "least_vnd", "source")
    ordering = ("kind", "-valid_from")

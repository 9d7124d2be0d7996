from django.contrib import admin

from .models import PublicationRule, Waiver


@admin.register(PublicationRule)
class PublicationRuleAdmin(admin.ModelAdmin):
    list_display = ["valid_from", "valid_to", "p_percent", "round_to_vnd", "source"]


@admin.register(Waiver)
class WaiverAdmin(admin.ModelAdmin):
    list_display = ["seller", "consented_at", "withdrawn_at", "by"]
    raw_id_fields = ["seller", "by"]

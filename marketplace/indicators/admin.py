from django.contrib import admin

from .models import Card, Fact, RollOut, Step, StepMark, Target


@admin.register(Card)
class CardAdmin(admin.ModelAdmin):
    """The dated definition cards. A new definition is a new row."""

    list_display = ("code", "valid_from", "valid_to", "pack", "name_vi", "numerator", "denominator")
    list_filter = ("pack", "pillar")
    ordering = ("code", "-valid_from")


@admin.register(Target, Fact)
class DatedFigureAdmin(admin.ModelAdmin):
    """Targets, and figures from elsewhere. A new one is a new row."""

    list_display = ("__str__", "valid_from", "valid_to", "value", "source")
    ordering = ("-valid_from", "pk")


@admin.register(Step)
class StepAdmin(admin.ModelAdmin):
    """The dated checklist of a commune. A new list is new rows."""

    list_display = ("place", "code", "valid_from", "valid_to", "name_vi", "counted", "at_least")
    ordering = ("place", "code")


@admin.register(RollOut)
class RollOutAdmin(admin.ModelAdmin):
    list_display = ("commune", "wave", "planned_on", "begun_at", "live_at")
    list_select_related = ("commune",)
    ordering = ("wave", "planned_on")


@admin.register(StepMark)
class StepMarkAdmin(admin.ModelAdmin):
    """What officials marked: to read only."""

    list_display = ("roll_out", "step_code", "is_done", "words", "by", "at")
    list_select_related = ("roll_out", "by")
    ordering = ("-at", "pk")

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False

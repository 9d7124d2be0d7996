from django.contrib import admin

from .models import Commune


@admin.register(Commune)
class CommuneAdmin(admin.ModelAdmin):
    """Read the communes; they change by a data file, see `load_places`."""

    list_display = ("code", "full_name", "valid_from", "valid_to")
    list_filter = ("valid_to", "zone")
    search_fields = ("code", "name", "name_ascii")
    ordering = ("code", "valid_from")

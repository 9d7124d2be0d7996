from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _

from .models import RoleAssignment, User


class PersonForm(ModelForm):
    password = ReadOnlyPasswordHashField(label=_("password"))

    class Meta:
        model = User
        fields = ["phone", "name", "email", "password", "is_active", "is_staff", "groups"]


class RoleInline(admin.TabularInline):
    model = RoleAssignment
    autocomplete_fields = ["commune"]
    extra = 0


@admin.register(User)
class PersonAdmin(UserAdmin):
    """People and their roles."""

    form = PersonForm
    fieldsets = ((None, {"fields": (*PersonForm.Meta.fields,)}),)
    add_fieldsets = ((None, {"fields": ("phone", "name", "password1", "password2")}),)
    list_display = ("phone", "name", "is_staff", "is_active")
    list_filter = ("roles__role", "is_active")
    search_fields = ("phone", "name")
    ordering = ("phone",)
    inlines = (RoleInline,)

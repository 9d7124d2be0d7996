"""People. Whoever signs in is known by a phone number; what they may do is a role with a scope."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from .phones import to_e164


class UserManager(BaseUserManager["User"]):
    def create_user(self, phone: str, password: str | None = None, **fields: Any) -> User:
        """Create a person. ``phone`` in any Vietnamese or international writing; raises InvalidPhone."""
        user = self.model(phone=to_e164(phone), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(phone=to_e164(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person: buyer, member of a seller, agent, official or administrator.

    Oscar reads ``email``, ``first_name`` and ``last_name``; a Vietnamese name is one string, so
    both names derive from ``name``.
    """

    phone = PhoneNumberField(_("phone number"), unique=True)  # E.164: +84399000001
    name = models.CharField(_("full name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    # When a code that was sent to the number came back. Empty: nobody has shown that the number is theirs.
    phone_verified_at = models.DateTimeField(_("number shown to be theirs"), null=True, blank=True)
    is_staff = models.BooleanField(_("may enter the dashboard"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or str(self.phone)

    def get_full_name(self) -> str:
        return self.name or str(self.phone)

    def get_short_name(self) -> str:
        return self.name.split()[-1] if self.name else str(self.phone)

    @property
    def first_name(self) -> str:
        """The given name, which a Vietnamese name puts last."""
        return self.get_short_name()

    @property
    def last_name(self) -> str:
        return " ".join(self.name.split()[:-1])


class RoleAssignment(models.Model):
    """One role of one person, and the rows it reaches.

    The Django group of the same name carries the permissions; this row carries the scope. A seller's
    members are kept with the seller (``sellers.Member``), because their scope is the seller.
    """

    class Role(models.TextChoices):
        AGENT = "agent", _("post-point agent")
        # Of the youth union, the women's union and the like: helps farmers who gave leave, and nothing else.
        HELPER = "helper", _("helper of farmers")
        COMMUNE_OFFICIAL = "commune-official", _("commune official")
        PROVINCE_OFFICIAL = "province-official", _("province official")
        ADMINISTRATOR = "administrator", _("administrator")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    commune = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="officials"
    )
    # By its code: post offices stand above people. One row per agent, so one post point.
    post_office = models.CharField(_("post code of the post point"), max_length=6, blank=True)
    granted_at = models.DateTimeField(_("granted"), auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "commune"], name="one_row_per_role_and_scope", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(role="commune-official", commune__isnull=False)
                | (~Q(role="commune-official") & Q(commune__isnull=True)),
                name="only_commune_officials_have_a_commune",
            ),
            models.CheckConstraint(
                condition=Q(role="agent") | Q(post_office=""), name="only_agents_have_a_post_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.commune_id or ''}".strip()

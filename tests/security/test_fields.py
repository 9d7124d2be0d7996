"""One more field in a form or a call gives nobody more than the form shows (mass assignment)."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, datetime
from typing import Any

import pytest
from django.forms import ModelForm
from django.test import Client
from rest_framework.serializers import ModelSerializer

from marketplace.accounts.models import RoleAssignment, User
from marketplace.sellers.models import Member
from tests import own_cache
from tests.api.conftest import signed_in
from tests.factories import PASSWORD, ProduceFactory, SellerFactory, UserFactory

pytestmark = pytest.mark.django_db

# What nobody writes by a form of the market's own: the administration alone has forms for these.
NEVER = {
    "id", "is_active", "is_staff", "is_superuser", "level", "phone_verified_at", "role", "roles",
    "seller", "state", "status", "unit", "user", "wallet_msisdn", "wallet_provider",
}  # fmt: skip
# A choice among one's own: whoever lists a house says for which of the sellers they belong to. And a page for
# administrators: whether a department is served.
ALLOWED = {"HouseForm": {"seller"}, "DepartmentForm": {"is_active"}}
POWERS: dict[str, Any] = {
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "role": "administrator",
    "roles": "administrator",
    "roles-0-role": "administrator",
    "roles-TOTAL_FORMS": "1",
    "roles-INITIAL_FORMS": "0",
    "groups": "1",
    "user_permissions": "1",
    "phone_verified_at": "2026-01-01T00:00",
    "level": "3",
    "id": "1",
    "pk": "1",
}


def subclasses(base: Any) -> set[Any]:
    found = set()
    for one in base.__subclasses__():
        found |= {one, *subclasses(one)}
    return {one for one in found if one.__module__.split(".")[0] in OURS}


OURS = ("agriculture", "marketplace", "payments", "tourism")


@pytest.fixture(scope="module", autouse=True)
def _everything_is_imported() -> None:
    for name in OURS:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            has_some = module.name.endswith((".forms", ".admin")) or ".api." in module.name
            if has_some and "simulator" not in module.name:
                importlib.import_module(module.name)


def test_every_form_of_a_model_lists_its_fields_and_none_that_gives_power():
    forms = {
        one
        for one in subclasses(ModelForm)
        if "admin" not in one.__module__ and "dashboard" not in one.__module__
    }

    assert len(forms) > 7
    for form in forms:
        if form.Meta.model._meta.app_label in ("offer", "voucher", "catalogue"):
            continue  # Oscar's own, for administrators
        assert isinstance(form.Meta.fields, list | tuple), form
        assert NEVER & set(form.base_fields) <= ALLOWED.get(form.__name__, set()), form


def test_every_serializer_of_a_model_lists_its_fields():
    for serializer in subclasses(ModelSerializer):
        assert isinstance(getattr(serializer.Meta, "fields", None), list | tuple), serializer


def powers_of(user: User) -> tuple[Any, ...]:
    user.refresh_from_db()
    return (user.is_staff, user.is_superuser, user.phone_verified_at, user.groups.count(), user.roles.count())


def test_registering_with_more_fields_makes_a_person_without_powers():
    own_cache.empty()
    new = {"phone": "0399000555", "name": "Kẻ khôn", "password": PASSWORD}

    Client().post("/accounts/register/", POWERS | new)

    person = User.objects.get(phone="+84399000555")
    assert powers_of(person) == (False, False, None, 0, 0)
    assert person.pk != 1 or User.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["/accounts/profile/", "/accounts/change-password/", "/join/name/", "/join/what/"]
)
def test_no_page_of_one_s_own_account_gives_powers_or_another_number(address):
    person, other = UserFactory(), UserFactory()
    client = Client()
    client.force_login(person)
    before, phone = powers_of(person), str(person.phone)

    client.post(
        address,
        POWERS
        | {"name": "Tên mới", "email": "moi@example.com", "phone": str(other.phone), "user": other.pk}
        | {"old_password": PASSWORD, "new_password1": "ruong-bac-thang", "new_password2": "ruong-bac-thang"},
    )

    assert powers_of(person) == before
    assert str(person.phone) == phone
    assert not RoleAssignment.objects.filter(user=person).exists()


def test_a_call_of_the_api_with_more_fields_changes_only_what_it_documents():
    mine, others = SellerFactory(), SellerFactory()
    farmer = UserFactory()
    Member.objects.create(seller=mine, user=farmer)
    produce = ProduceFactory(seller=mine, price_vnd=90_000, stock=10)
    product = produce.product

    answer = signed_in(farmer).patch(
        f"sell/products/{product.pk}/",
        {
            "price_vnd": 95_000,
            "seller": others.pk,
            "partner": others.partner_id,
            "is_public": False,
            "state": "passed",
            "num_allocated": -5,
            "title": "Vàng",
            "date_created": str(datetime.now(UTC)),
            "id": 1,
        },
    )

    product.refresh_from_db()
    record = product.stockrecords.get()
    assert answer.status_code in (200, 400)
    assert (product.origin.seller_id, product.title, product.is_public) == (
        mine.pk,
        produce.product.title,
        True,
    )
    assert (record.partner_id, record.num_allocated or 0) == (mine.partner_id, 0)

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.urls import reverse

from payments.ledger.models import Account, Entry, Transfer
from payments.models import Claim, Event, Intent, Operation, Payout, PayoutBatch, PayoutRun
from tests.payments.making import paid
from tests.payments.paying import earn, install, run

MODELS = [Account, Transfer, Entry, Intent, Operation, Claim, Event]
PAYOUTS = [PayoutRun, PayoutBatch, Payout]


@pytest.fixture
def request_of_a_superuser():
    request = RequestFactory().get("/")
    request.user = get_user_model()(is_staff=True, is_superuser=True)
    return request


@pytest.mark.parametrize("model", MODELS + PAYOUTS)
def test_staff_may_look_and_touch_nothing(model, request_of_a_superuser):
    page = admin.site._registry[model]

    assert page.has_view_permission(request_of_a_superuser)
    assert not page.has_add_permission(request_of_a_superuser)
    assert not page.has_change_permission(request_of_a_superuser)
    assert not page.has_delete_permission(request_of_a_superuser)


@pytest.mark.django_db
@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("model", MODELS)
def test_every_list_and_every_row_can_be_looked_at(client, model):
    client.force_login(get_user_model().objects.create_superuser("+84399000009"))
    paid()
    row = model.objects.first()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    assert client.get(reverse(f"{name}_changelist"), {"q": "ORDER-7"}).status_code == 200
    assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("model", PAYOUTS)
def test_every_payout_can_be_looked_at(client, settings, model):
    client.force_login(get_user_model().objects.create_superuser("+84399000009"))
    install(settings)
    earn("seller-7", 90_000)
    run()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"

    assert client.get(reverse(f"{name}_changelist"), {"q": "seller-7"}).status_code == 200
    assert client.get(reverse(f"{name}_change", args=[model.objects.get().pk])).status_code == 200

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from marketplace.switches.models import Switch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(client):
    user = get_user_model().objects.create_superuser(phone="+84911000001", password="x")
    client.force_login(user)
    return client


def decide(client, name, way):
    return client.post("/staff/switches/", {"id": uuid.uuid4(), "name": name, "is_on": way, "note": "Tết"})


@pytest.mark.parametrize("page", ["/staff/switches/", "/staff/status/"])
def test_only_staff_see_how_the_house_stands(client, page):
    assert client.get(page).status_code == 302
    client.force_login(get_user_model().objects.create_user(phone="+84911000002", password="x"))
    assert client.get(page).status_code == 403


def test_a_decision_is_kept_with_its_reason(staff):
    assert decide(staff, "tours", "0").status_code == 302
    page = staff.get("/staff/switches/")
    assert page.status_code == 200
    assert "Tết" in page.content.decode()
    assert Switch.objects.get().note == "Tết"


def test_a_decision_without_a_reason_says_so_and_changes_nothing(staff):
    page = staff.post("/staff/switches/", {"id": uuid.uuid4(), "name": "tours", "is_on": "0"})
    assert page.status_code == 422
    assert not Switch.objects.exists()


def test_the_status_says_that_nobody_works(staff):
    page = staff.get("/staff/status/")
    assert page.status_code == 200
    assert "notice--error" in page.content.decode()


def test_a_closed_market_says_so_to_buyers_and_lets_staff_in(staff):
    decide(staff, "market", "0")
    answer = Client().get("/produce/")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert "bảo trì" in answer.content.decode()
    assert Client().get("/healthz").status_code == 200
    assert staff.get("/staff/switches/").status_code == 200
    decide(staff, "market", "1")
    assert Client().get("/produce/").status_code == 200

"""What the staff do for departments."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client

from marketplace.departments import webhooks
from marketplace.departments.models import Delivery, Department, Key, Webhook
from tests.departments.conftest import NOW, signed_in
from tests.factories import UserFactory

URL = "https://sct.dienbien.example/figures"


def test_a_department_is_entered_and_its_key_is_shown_once(staff, province):
    form = {"name": "Sở Công Thương", "daily_calls": "1000", "is_active": "on"}
    entered = staff.post("/staff/departments/", form, follow=True).content.decode()
    key_id = re.search(r'name="id" value="([0-9a-f-]{36})"', entered)[1]
    path = f"/staff/departments/{Department.objects.get().pk}/new-key/"
    wish = {"id": key_id, "scopes": ["sales"]}

    shown = staff.post(path, wish)
    again = staff.post(path, wish, follow=True)

    assert re.search(r"mtd_[\w-]{43}", shown.content.decode())
    assert shown["Cache-Control"] == "no-store"
    assert not re.search(r"mtd_[\w-]{43}", again.content.decode())
    assert "made already" in again.content.decode()
    assert Key.objects.get().scopes == ["sales"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": "", "daily_calls": "5"}, "This field is required"),
        ({"name": "Sở Công Thương", "daily_calls": "5"}, "already exists"),
        ({"name": "Sở Du lịch", "daily_calls": "0"}, "department_calls_once_to_a_million_times_a_day"),
    ],
)
def test_what_cannot_be_entered_is_said_and_nothing_is_lost(staff, department, province, wish, words):
    answer = staff.post("/staff/departments/", wish)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Department.objects.count() == 1


def test_a_key_without_a_scope_is_not_made(staff, department, province):
    answer = staff.post(f"/staff/departments/{department.pk}/new-key/", {"id": uuid.uuid4()})

    assert answer.status_code == 422
    assert not Key.objects.exists()


def test_an_address_inside_the_house_is_refused_with_words(staff, department, province):
    path = f"/staff/departments/{department.pk}/new-webhook/"

    answer = staff.post(path, {"id": uuid.uuid4(), "url": "http://127.0.0.1:6379/"})

    assert answer.status_code == 422
    assert "begins with https://" in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_webhook_shows_its_secret_once_and_is_tried_with_one_test(staff, department, province):
    wish = {"id": uuid.uuid4(), "url": URL}
    shown = staff.post(f"/staff/departments/{department.pk}/new-webhook/", wish).content.decode()
    webhook = Webhook.objects.get()

    test = {"id": uuid.uuid4()}
    for _tap in range(2):
        staff.post(f"/staff/departments/webhooks/{webhook.pk}/test/", test)

    page = staff.get(f"/staff/departments/{department.pk}/").content.decode()
    secret = webhooks.secret_of(webhook)
    assert secret in shown
    assert secret not in page
    assert Delivery.objects.get().pk == test["id"]


def test_a_secret_is_renewed_by_the_page_that_shows_it_is_in_use(staff, department, province):
    webhook = webhooks.add(webhook_id=uuid.uuid4(), department=department, url=URL, by=UserFactory(), now=NOW)
    path = f"/staff/departments/webhooks/{webhook.pk}/secret/"

    staff.post(path, {"version": "7"})
    assert Webhook.objects.get().version == 1
    shown = staff.post(path, {"version": "1"}).content.decode()

    assert webhooks.secret_of(Webhook.objects.get()) in shown
    assert Webhook.objects.get().version == 2


def test_the_list_shows_what_went_wrong_and_asks_once(staff, department, province, django_assert_num_queries):
    webhook = webhooks.add(webhook_id=uuid.uuid4(), department=department, url=URL, by=UserFactory(), now=NOW)
    failed = {"state": "failed", "body": "{}", "queued_at": NOW, "next_try_at": NOW}
    for _n in range(2):
        Delivery.objects.create(webhook=webhook, **failed)
    Department.objects.create(name="Sở Du lịch")
    staff.get("/staff/departments/")

    with django_assert_num_queries(5):  # session, person, basket of the shell, departments, communes
        page = staff.get("/staff/departments/").content.decode()

    assert "Sở Du lịch" in page
    assert '<td class="number" data-label="Not delivered">2</td>' in page


@pytest.mark.parametrize("path", ["", "{pk}/"])
def test_only_staff_come_in(department, province, path):
    address = f"/staff/departments/{path.format(pk=department.pk)}"

    assert Client().get(address).status_code == 302
    assert signed_in(UserFactory()).get(address).status_code == 403

"""The database itself keeps who changed what, and lets nobody change that."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from oscar.core.loading import get_model

from marketplace.accounts.models import RoleAssignment
from marketplace.accounts.services import grant_role
from marketplace.history import selectors
from marketplace.history.context import telling
from marketplace.history.models import KINDS
from tests.factories import ProduceFactory, UserFactory

pytestmark = pytest.mark.django_db
EVENTS = {kind.name: kind.events._base_manager for kind in KINDS}
StockRecord = get_model("partner", "StockRecord")


@pytest.fixture
def administrator():
    user = UserFactory(phone="+84399000009", name="Quàng Thị Quản")
    grant_role(user=user, role=RoleAssignment.Role.ADMINISTRATOR)
    return user


def test_a_price_keeps_who_set_it_from_where_and_what_it_was(administrator):
    record = ProduceFactory(price_vnd=90_000, stock=10).product.stockrecords.get()

    with telling(lambda: {"user": administrator.pk, "url": "POST /sell/"}):
        StockRecord.objects.filter(pk=record.pk).update(price=95_000)

    newest = selectors.changes(kind=KINDS[4], limit=1)[0]
    assert newest.changed == [("price", "90000.00", "95000.00")]
    assert (newest.who, newest.where, newest.label) == (str(administrator), "POST /sell/", "update")


def test_goods_that_are_sold_write_no_event_of_stock(administrator):
    record = ProduceFactory(stock=10).product.stockrecords.get()
    before = EVENTS["prices"].count()

    StockRecord.objects.filter(pk=record.pk).update(num_allocated=2)
    StockRecord.objects.filter(pk=record.pk).update(num_allocated=0, num_in_stock=8)

    assert EVENTS["prices"].count() == before


def test_a_new_password_is_an_event_that_holds_no_password_and_no_number(administrator):
    administrator.set_password("another-rice-terrace")
    administrator.save()

    event = EVENTS["people"].latest("pgh_id")
    assert event.pgh_label == "password"
    columns = {field.name for field in event._meta.concrete_fields}
    assert not {"password", "phone", "name", "email"} & columns


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_event_is_changed_or_deleted(kind):
    table = kind.events._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [table, "%append%"],
        )
        assert len(cursor.fetchall()) == 1


def test_an_event_cannot_be_deleted_by_anybody(administrator):
    event = EVENTS["roles"].latest("pgh_id")

    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        EVENTS["roles"].filter(pk=event.pk).delete()
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        EVENTS["roles"].filter(pk=event.pk).update(pgh_label="nothing")

    assert EVENTS["roles"].filter(pk=event.pk).exists()


def test_the_page_is_for_administrators_and_asks_few_questions(administrator, django_assert_max_num_queries):
    client, stranger = Client(), Client()
    client.force_login(administrator)
    stranger.force_login(UserFactory())
    for _ in range(5):
        RoleAssignment.objects.create(user=UserFactory(), role="helper")

    with django_assert_max_num_queries(12):
        page = client.get("/staff/history/?kind=roles")

    assert page.status_code == 200
    assert "helper" in page.content.decode()
    assert stranger.get("/staff/history/").status_code == 403
    assert Client().get("/staff/history/").status_code == 302


def test_a_page_that_changes_a_role_is_named_with_whoever_was_signed_in(administrator):
    client = Client()
    client.force_login(administrator)
    person = UserFactory(name="Lò Văn Mới")

    answer = client.post(
        f"/admin/accounts/user/{person.pk}/change/",
        {
            "phone": "0399000088",
            "name": person.name,
            "email": "",
            "is_staff": "on",
            "is_active": "on",
            "roles-TOTAL_FORMS": 0,
            "roles-INITIAL_FORMS": 0,
        },
    )

    assert answer.status_code == 302
    event = EVENTS["people"].filter(pgh_obj_id=person.pk).latest("pgh_id")
    assert (event.is_staff, event.pgh_context["user"]) == (True, administrator.pk)
    assert event.pgh_context["url"].startswith("POST /admin/")

"""Who reads from the replica, and who from the primary."""

import pytest
from django.db import router, transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import path
from django.views import View

from marketplace.places.models import Commune
from marketplace.replicas import ReplicaRouter, WroteMiddleware, may_be_old

# Django warns of what the tests here do on purpose; nothing connects.
pytestmark = pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")


@pytest.fixture(autouse=True)
def _with_a_replica(settings):
    settings.DATABASES = settings.DATABASES | {"replica": settings.DATABASES["default"]}
    settings.DATABASE_ROUTERS = ["marketplace.replicas.ReplicaRouter"]
    router.__dict__.pop("routers", None)  # it remembers those of the settings before
    router._routers = None
    yield
    router.__dict__.pop("routers", None)


def read_by() -> str:
    return router.db_for_read(Commune)


def seen(request, view=None) -> str:
    return may_be_old(view or (lambda request: HttpResponse(read_by())))(request).content.decode()


def test_a_list_is_read_from_the_replica_and_nothing_else_is(rf):
    assert seen(rf.get("/produce/")) == "replica"
    assert read_by() == "default"


def test_what_a_page_asks_for_while_it_is_written_is_read_there_too(rf):
    class Late(SimpleTemplateResponse):
        @property
        def rendered_content(self) -> str:
            return read_by()

    assert seen(rf.get("/"), lambda request: Late("unused")) == "replica"


def test_who_has_just_written_reads_what_he_wrote(rf):
    answer = WroteMiddleware(lambda request: HttpResponse("done"))(rf.post("/sell/new/"))
    afterwards = rf.get("/produce/")
    afterwards.COOKIES["wrote"] = answer.cookies["wrote"].value

    assert answer.cookies["wrote"]["max-age"] == 15
    assert seen(afterwards) == "default"


def test_a_caller_of_rest_is_known_by_its_token(rf):
    mine, others = {"HTTP_AUTHORIZATION": "Bearer mine"}, {"HTTP_AUTHORIZATION": "Bearer another"}
    answer = WroteMiddleware(lambda request: HttpResponse("done"))(rf.post("/api/v1/baskets/", **mine))

    assert "wrote" not in answer.cookies
    assert seen(rf.get("/api/v1/products/", **mine)) == "default"
    assert seen(rf.get("/api/v1/products/", **others)) == "replica"


def test_reading_changes_nothing_for_whoever_reads(rf):
    answer = WroteMiddleware(lambda request: HttpResponse("read"))(rf.get("/"))

    assert not answer.cookies


@pytest.mark.django_db
def test_a_transaction_reads_from_the_primary(rf):
    def in_transaction(request):
        with transaction.atomic():
            return HttpResponse(read_by())

    assert seen(rf.get("/"), in_transaction) == "default"


def test_a_form_that_is_sent_is_never_answered_from_the_replica(rf):
    assert seen(rf.post("/")) == "default"


def test_migrations_go_to_the_primary_alone():
    assert ReplicaRouter().allow_migrate("replica", "places") is False
    assert ReplicaRouter().allow_migrate("default", "places") is None


def test_without_a_replica_a_view_stays_as_it_is(settings):
    settings.DATABASES = {"default": settings.DATABASES["default"]}

    class Page(View):
        pass

    view = Page.as_view()
    assert may_be_old(view) is view
    assert path("", may_be_old(view)).callback is view

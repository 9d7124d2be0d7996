import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import translation

from frontend.context_processors import shell
from tests.factories import UserFactory


class NoBasket:
    """Fails the test when a page looks at the basket."""

    def __getattr__(self, name):
        raise AssertionError(f"the basket was asked for {name}")


class Basket:
    id = 7
    num_lines = 3


def request_of(rf, *, user=None, cookies=(), basket=None):
    request = rf.get("/")
    request.user = user or AnonymousUser()
    request.basket = basket or NoBasket()
    request.COOKIES.update(cookies)
    return request


def test_a_stranger_costs_no_query_and_the_basket_is_not_touched(rf):
    request = request_of(rf)  # without database access: a query would fail the test

    html = render_to_string("404.html", request=request)

    assert 'class="count"' not in html
    assert 'href="/accounts/login/"' in html


def test_a_basket_is_counted_when_its_cookie_is_there(rf, settings):
    request = request_of(rf, basket=Basket(), cookies={settings.OSCAR_BASKET_COOKIE_OPEN: "7:signed"})

    html = render_to_string("404.html", request=request)

    assert '<span class="count"><span aria-hidden="true">3</span>' in html


@pytest.mark.django_db
def test_whether_a_person_sells_is_one_query_asked_once(rf, settings, django_assert_num_queries):
    user = UserFactory()
    found = shell(request_of(rf, user=user, cookies={settings.SESSION_COOKIE_NAME: "s"}))["shell"]

    with django_assert_num_queries(1):
        answers = (found.sells, found.sells)

    assert answers == (False, False)


def test_without_a_session_nobody_is_looked_up(rf):
    class Unasked:
        def __getattr__(self, name):
            raise AssertionError(f"the person was asked for {name}")

    found = shell(request_of(rf, user=Unasked()))["shell"]

    assert found.user == AnonymousUser()
    assert found.sells is False


@pytest.mark.parametrize(("here", "other"), [("vi", ("en", "English")), ("en", ("vi", "Tiếng Việt"))])
def test_the_switch_offers_the_other_language_in_its_own_words(rf, here, other):
    with translation.override(here):
        assert shell(request_of(rf))["shell"].alternate_language == other

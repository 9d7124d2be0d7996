import pytest
from django.http import HttpResponse
from django.utils import translation

from frontend.middleware import ChosenLocaleMiddleware


@pytest.fixture(autouse=True)
def _shop_in_vietnamese(settings):
    settings.LANGUAGE_CODE = "vi"


@pytest.fixture(autouse=True)
def _language_after_the_test():
    with translation.override(translation.get_language()):
        yield


def answer(request):
    """Run ``request`` through the middleware; the body is the language that was active inside."""
    return ChosenLocaleMiddleware(lambda request: HttpResponse(translation.get_language()))(request)


def test_a_page_is_vietnamese_whatever_the_phone_prefers(rf):
    response = answer(rf.get("/produce/", HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9"))

    assert response.content == b"vi"
    assert response.headers["Content-Language"] == "vi"
    assert response.headers["Vary"] == "Cookie"


def test_a_page_is_in_the_language_that_was_chosen(rf, settings):
    request = rf.get("/produce/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "en"

    response = answer(request)

    assert response.content == b"en"
    assert request.LANGUAGE_CODE == "en"


@pytest.mark.parametrize("chosen", ["fr", "", "../../vi", "EN"])
def test_a_language_we_do_not_speak_is_vietnamese(rf, settings, chosen):
    request = rf.get("/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen

    assert answer(request).content == b"vi"


@pytest.mark.parametrize("path", ["/api/v1/products/", "/viettel/v1.2/mm/heartbeat"])
@pytest.mark.parametrize(
    ("accepted", "expected"), [("en", b"en"), ("fr,en-GB;q=0.8,vi;q=0.5", b"en"), ("fr", b"vi"), ("", b"vi")]
)
def test_a_program_says_its_language_with_every_request(rf, path, accepted, expected):
    response = answer(rf.get(path, HTTP_ACCEPT_LANGUAGE=accepted))

    assert response.content == expected
    assert response.headers["Vary"] == "Accept-Language"


def test_the_cookie_means_nothing_to_a_program(rf, settings):
    request = rf.get("/api/v1/products/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert answer(request).content == b"vi"


def test_the_switch_keeps_the_choice_in_a_cookie_and_needs_no_token(client, settings):
    client.handler.enforce_csrf_checks = True

    response = client.post("/language/", {"language": "en", "next": "/produce/?q=che"})

    assert (response.status_code, response.headers["Location"]) == (302, "/produce/?q=che")
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_the_switch_leads_nobody_to_another_site(client):
    response = client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})

    assert response.headers["Location"] == "/"

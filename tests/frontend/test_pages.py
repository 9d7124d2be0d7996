"""The pages that belong to nobody else: errors, and the design page."""

import re

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import translation

from frontend import views

COMPONENTS = """
    btn--primary btn--pay btn--ghost card grid--cards split badge--ocop badge--season price__unit field__hint
    field__error notice--ok notice--warn notice--error notice--info table table--stack figures timeline steps
    hero chips summary total-row empty breadcrumbs pagination stepper map map__c0 map__c5 map__none
    map__hidden status calendar
"""


def test_the_page_for_a_broken_shop_needs_nothing_that_could_break():
    html = render_to_string("500.html")

    assert "Về trang chủ" in html
    assert 'lang="en"' in html


@pytest.mark.parametrize("name", ["403.html", "404.html", "429.html"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_page_leads_back_into_the_shop(rf, name, language):
    with translation.override(language):
        html = render_to_string(name, request=rf.get("/nowhere/"))

    assert f'<html lang="{language}">' in html
    assert html.count("<h1") == 1
    assert 'class="btn btn--primary"' in html


def test_the_design_page_is_for_development(rf, settings):
    settings.DEBUG = False

    with pytest.raises(Http404, match="for development"):
        views.design(rf.get("/design/"))


def test_the_design_page_shows_every_component(rf, settings):
    settings.DEBUG = True

    html = views.design(rf.get("/design/")).content.decode()

    classes = set(" ".join(re.findall(r'class="([^"]+)"', html)).split())
    expected = set(COMPONENTS.split())
    assert expected <= classes, sorted(expected - classes)
    ids = re.findall(r'\sid="([^"]+)"', html)
    duplicates = {name for name in ids if ids.count(name) > 1 and not name.startswith("id_")}
    assert not duplicates

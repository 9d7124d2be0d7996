import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from pytest_django.asserts import assertInHTML

from frontend.templatetags.ui import icon, page_numbers


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_an_icon_beside_words_is_silent():
    assert icon("basket") == (
        '<svg class="icon" width="24" height="24" aria-hidden="true">'
        '<use href="/static/img/icons.svg#basket"></use></svg>'
    )


def test_an_icon_that_stands_alone_is_read_aloud():
    assert 'role="img" aria-label="Tìm &amp; lọc"' in icon("search", label="Tìm & lọc", size="sm")


@pytest.mark.parametrize(
    ("here", "link", "mark"),
    [
        ("/produce/", "/produce/", 'aria-current="page"'),
        ("/produce/gao/", "/produce/", 'aria-current="true"'),
        ("/stays/", "/produce/", ""),
        ("/", "/", 'aria-current="page"'),
        ("/produce/", "/", ""),
    ],
)
def test_the_link_to_where_one_is_is_marked(rf, here, link, mark):
    assert render("{% active link %}", request=rf.get(here), link=link) == mark


@pytest.mark.parametrize(
    ("tag", "result"),
    [
        ("{% query season=5 %}", "?q=che&amp;commune=03325&amp;season=5"),
        ("{% query page=3 %}", "?q=che&amp;commune=03325&amp;page=3"),
        ("{% query q=None %}", "?commune=03325"),
        ("{% query q='' commune=None %}", "?"),
        ("{% query %}", "?q=che&amp;commune=03325"),
    ],
)
def test_a_link_changes_part_of_the_query_and_starts_at_the_first_page(rf, tag, result):
    request = rf.get("/produce/", {"q": "che", "commune": "03325", "page": "2"})

    assert render(tag, request=request) == result


def test_what_stands_in_the_query_cannot_break_out_of_the_link(rf):
    request = rf.get("/produce/", {"q": '"><script>'})

    assert render("{% query page=2 %}", request=request) == "?q=%22%3E%3Cscript%3E&amp;page=2"


def test_leafing_shows_both_ends_and_the_pages_around_this_one():
    page = Paginator(range(230), 24).page(5)

    assert page_numbers(page) == [1, Paginator.ELLIPSIS, 4, 5, 6, Paginator.ELLIPSIS, 10]


class ContactForm(forms.Form):
    phone = forms.CharField(label="Phone", help_text="We send the number of your order there.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    wallet = forms.ChoiceField(label="Wallet", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_is_tied_to_its_label_and_its_hint():
    html = render("{% field form.phone autocomplete='tel' %}", form=ContactForm())

    assertInHTML('<label class="field__label" for="id_phone">Phone</label>', html)
    assert '<p class="field__hint" id="id_phone_hint">We send the number of your order there.</p>' in html
    assert 'aria-describedby="id_phone_hint"' in html
    assert 'autocomplete="tel"' in html
    assert 'class="input"' in html


def test_a_wrong_field_says_what_is_wrong_and_points_to_it():
    html = render("{% field form.phone %}", form=ContactForm({}))

    assert 'class="field field--wrong"' in html
    assert 'aria-describedby="id_phone_hint id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_phone_error"' in html


def test_a_field_that_may_stay_empty_says_so():
    html = render("{% field form.note %}", form=ContactForm())

    assert 'class="field__optional"' in html
    assert "aria-describedby" not in html


def test_radio_buttons_are_one_group_with_a_legend_and_the_groups_error():
    html = render("{% field form.wallet %}", form=ContactForm({}))

    assertInHTML('<legend class="field__label">Wallet</legend>', html)
    assert '<fieldset class="field field--group field--wrong" aria-describedby="id_wallet_error">' in html
    assert html.count('type="radio"') == 2
    assert html.count('id="id_wallet"') == 1


def test_a_checkbox_stands_before_its_words():
    html = render("{% field form.agreed %}", form=ContactForm())

    assert '<label class="check" for="id_agreed"><input type="checkbox"' in html


def test_a_hidden_field_is_nothing_but_its_control():
    html = render("{% field form.token %}", form=ContactForm())

    assert html.strip() == '<input type="hidden" name="token" id="id_token">'

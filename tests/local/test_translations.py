import gettext
import os

import pytest

from marketplace.local import translations

PO_HEAD = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""
CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
_("Basket of %(name)s")
ngettext("%(count)d night", "%(count)d nights", 2)
pgettext("a month of the year", "May")
"""
PAGE = """{% load i18n %}
<ul>
    <li>{% translate "Home" %}</li>
  <li>{% blocktranslate with place=commune.name trimmed %}
        Rice from
        {{ place }}
  {% endblocktranslate %}</li>
      </ul>
"""
TRANSLATED = (
    PO_HEAD
    + """
msgid "Basket of %(name)s"
msgstr "Giỏ của %(name)s"

msgid "%(count)d night"
msgid_plural "%(count)d nights"
msgstr[0] "%(count)d đêm"

msgctxt "a month of the year"
msgid "May"
msgstr "Tháng Năm"

msgid "Home"
msgstr "Trang chủ"

msgid "Rice from %(place)s"
msgstr "Gạo từ %(place)s"
"""
)


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A small project with its Vietnamese catalogue, which is complete."""
    monkeypatch.setattr(translations, "BASE_DIR", tmp_path)
    monkeypatch.setattr(translations, "LOCALE_DIR", tmp_path / "locale")
    (tmp_path / "tourism").mkdir()
    (tmp_path / "tourism" / "code.py").write_text(CODE)
    (tmp_path / "tourism" / "page.html").write_text(PAGE)
    path = tmp_path / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(TRANSLATED)
    return path


def test_a_complete_catalogue_has_no_faults(catalogue):
    assert translations.faults("vi") == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('msgid "Home"', 'msgid "House"', "tourism/page.html:3: vi: 'Home' is missing"),
        ('"Trang chủ"', '""', "tourism/page.html:3: vi: 'Home' has no translation"),
        ('msgid "Home"', '#, fuzzy\nmsgid "Home"', "tourism/page.html:3: vi: 'Home' is marked fuzzy"),
        (
            "Gạo từ %(place)s",
            "Gạo từ %(nơi)s",
            (
                "tourism/page.html:4: vi: 'Rice from %(place)s' has other placeholders in its translation: "
                "nơi, place"
            ),
        ),
        ('msgctxt "a month of the year"\n', "", "tourism/code.py:5: vi: 'May' is missing"),
        ("%(count)d đêm", "", "tourism/code.py:4: vi: '%(count)d night' has no translation"),
    ],
)
def test_a_fault_is_told_with_the_place_of_its_string(catalogue, before, after, fault):
    catalogue.write_text(TRANSLATED.replace(before, after))

    assert translations.faults("vi") == [fault]


def test_collecting_adds_new_strings_and_keeps_what_was_translated(catalogue):
    (catalogue.parents[3] / "tourism" / "more.py").write_text('from x import _\n_("Tour")\n')

    counts = translations.collect("vi")

    assert counts == (6, 1)
    assert translations.faults("vi") == ["tourism/more.py:2: vi: 'Tour' has no translation"]


def test_collecting_again_changes_nothing(catalogue):
    translations.collect("vi")
    first = catalogue.read_bytes()

    translations.collect("vi")

    assert catalogue.read_bytes() == first
    assert b"EMAIL@ADDRESS" not in first


def test_catalogues_are_compiled_when_their_text_is_newer_and_only_then(catalogue):
    first, second = translations.compile_catalogues(), translations.compile_catalogues()
    os.utime(catalogue, (2**32, 2**32))
    third = translations.compile_catalogues()

    with catalogue.with_suffix(".mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)
    assert (first, second, third) == (1, 0, 1)
    assert catalog.gettext("Home") == "Trang chủ"
    assert catalog.ngettext("%(count)d night", "%(count)d nights", 2) == "%(count)d đêm"

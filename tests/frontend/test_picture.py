from django.core.files.storage import InMemoryStorage
from django.db.models import ImageField
from django.db.models.fields.files import FieldFile
from django.template import Context, Template

from frontend.templatetags.picture import picture


def image(name: str) -> FieldFile:
    """A picture in a storage of its own, without a row and without a file."""
    return FieldFile(None, ImageField(storage=InMemoryStorage(base_url="/media/")), name)


def test_a_picture_offers_avif_and_webp_in_three_widths_falls_back_to_jpeg_and_keeps_its_place():
    html = picture(image("products/abc.webp"), "Gạo nương", sizes="100vw")

    assert html == (
        '<picture class="picture">'
        '<source type="image/avif" srcset="/media/products/abc-320.avif 320w, '
        '/media/products/abc-640.avif 640w, /media/products/abc-1024.avif 1024w" sizes="100vw">'
        '<source type="image/webp" srcset="/media/products/abc-320.webp 320w, '
        '/media/products/abc-640.webp 640w, /media/products/abc-1024.webp 1024w" sizes="100vw">'
        '<img src="/media/products/abc-640.jpg" alt="Gạo nương" width="640" height="480" '
        'loading="lazy" decoding="async"></picture>'
    )


def test_the_picture_seen_first_is_fetched_at_once():
    html = picture(image("products/abc.webp"), "", eager=True)

    assert 'fetchpriority="high"' in html
    assert "lazy" not in html


def test_a_missing_picture_is_a_woven_pattern_that_says_what_is_meant():
    html = picture(image(""), "Gạo nương", icon="rice")

    assert html.startswith('<span class="picture picture--none" role="img" aria-label="Gạo nương">')
    assert "icons.svg#rice" in html


def test_what_oscar_offers_in_place_of_a_picture_is_none():
    class MissingProductImage:
        name = "image_not_found.jpg"

    assert "picture--none" in picture(MissingProductImage(), "")
    assert "picture--none" in picture(None, "")


def test_the_words_for_a_picture_cannot_break_out_of_their_attribute():
    template = Template("{% load picture %}{% picture image name %}")

    html = template.render(Context({"image": image("a.webp"), "name": '"><script>'}))

    assert "<script>" not in html
    assert 'alt="&quot;&gt;&lt;script&gt;"' in html

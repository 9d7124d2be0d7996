"""Pictures in the sizes a screen needs, and something dignified where there is none."""

from django import template
from django.core.files.storage import Storage, default_storage
from django.db.models.fields.files import FieldFile
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontend.pictures import FALLBACK, FORMATS, WIDTHS, rendition_name

from .ui import icon as icon_tag

register = template.Library()

CARD_SIZES = "(min-width: 1024px) 270px, (min-width: 720px) 30vw, 46vw"
FALLBACK_WIDTH = WIDTHS[1]
# The frame's shape, so that the page does not jump when a picture arrives. CSS crops to it.
RATIO = (4, 3)


@register.simple_tag
def picture(
    image: FieldFile | str | None, alt: str, sizes: str = CARD_SIZES, eager: bool = False, icon: str = "leaf"
) -> SafeString:
    """``{% picture produce.image produce.name sizes="100vw" eager=True %}``: a <picture> in 3 widths.

    ``image`` is an image field's value, or a name in the default storage. ``alt`` may be "" where the
    words beside say the same. ``eager`` is for the one picture seen first. Without an image a woven
    pattern with ``icon`` stands in its place. Reads no file and runs no query.
    """
    found = _stored(image)
    if found is None:
        return _placeholder(alt, icon)
    storage, name = found
    width, height = FALLBACK_WIDTH, FALLBACK_WIDTH * RATIO[1] // RATIO[0]
    sources = format_html_join(
        "",
        '<source type="image/{}" srcset="{}" sizes="{}">',
        (
            (extension, _srcset(storage, name, extension), sizes)
            for extension in FORMATS
            if extension != FALLBACK
        ),
    )
    return format_html(
        '<picture class="picture">{}<img src="{}" alt="{}" width="{}" height="{}" {}></picture>',
        sources,
        storage.url(rendition_name(name, width, FALLBACK)),
        alt,
        width,
        height,
        SafeString('fetchpriority="high"' if eager else 'loading="lazy" decoding="async"'),
    )


def _stored(image: object) -> tuple[Storage, str] | None:
    """Return where the picture lies, or None where there is none.

    Oscar hands out stand-ins of its own for products without a picture; they are none to us.
    """
    if isinstance(image, FieldFile) and image.name:
        return image.storage, image.name
    if isinstance(image, str) and image:
        return default_storage, image
    return None


def _srcset(storage: Storage, name: str, extension: str) -> str:
    return ", ".join(f"{storage.url(rendition_name(name, width, extension))} {width}w" for width in WIDTHS)


def _placeholder(alt: str, icon: str) -> SafeString:
    spoken = format_html('role="img" aria-label="{}"', alt) if alt else SafeString('aria-hidden="true"')
    return format_html('<span class="picture picture--none" {}>{}</span>', spoken, icon_tag(icon, size="lg"))

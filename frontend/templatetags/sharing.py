"""What a public page says of itself to search engines and to the chats its address is sent through."""

from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def share(
    context: RequestContext, title: str, description: str = "", *, picture_of: Any = None
) -> SafeString:
    """``{% share page.name page.text picture_of=product %}`` in the block ``found`` of a public page.

    Its one address in each language (the page of a list keeps its number, nothing else of its query), and
    what Open Graph's readers show. ``picture_of`` is a product; without one it is the market's own.
    """
    request = context["request"]
    number = request.GET.get("page", "")
    query = f"?page={number}" if number.isdecimal() and number != "1" else ""
    plain = f"{settings.PUBLIC_BASE_URL}{request.path}"
    english = f"{plain}{query}{'&' if query else '?'}lang=en"
    vietnamese = f"{plain}{query}"
    language = translation.get_language() or settings.LANGUAGE_CODE
    address = vietnamese if language == "vi" else english
    links = [("canonical", "", address), ("alternate", "vi", vietnamese), ("alternate", "en", english)]
    facts = [
        ("og:site_name", settings.OSCAR_SHOP_NAME),
        ("og:type", "website" if picture_of is None else "product"),
        ("og:title", title),
        ("og:url", address),
        ("og:locale", "vi_VN" if language == "vi" else "en_GB"),
    ]
    if description:
        facts.append(("og:description", description))
    if picture_of is not None:
        suffix = "" if language == "vi" else "?lang=en"
        facts += [
            ("og:image", f"{settings.PUBLIC_BASE_URL}/share/{picture_of.pk}.jpg{suffix}"),
            ("og:image:width", "1200"),
            ("og:image:height", "630"),
        ]
    written = [
        format_html(
            '<link rel="{}"{} href="{}">', rel, format_html(' hreflang="{}"', code) if code else "", href
        )
        for rel, code, href in links
    ]
    written.append(format_html('<link rel="alternate" hreflang="x-default" href="{}">', vietnamese))
    written.append(format_html_join("", '<meta property="{}" content="{}">', facts))
    return SafeString("".join(written))

"""QR codes, drawn into the page: no request, no picture file."""

import io

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def in_fives(text: str) -> str:
    """``{{ memo|in_fives }}``: a long code as people read it out, five characters at a time."""
    return " ".join(text[start : start + 5] for start in range(0, len(text), 5))


@register.simple_tag
def qr(payload: str) -> SafeString:
    """``{% qr action.payload %}``: the code of ``payload`` as SVG, scaled by the style of its surroundings.

    It is for a camera: beside it must stand in words what it says.
    """
    file = io.BytesIO()
    segno.make_qr(payload, error="m").save(
        file, kind="svg", xmldecl=False, svgns=True, border=3, omitsize=True, svgclass="qr", lineclass=None
    )
    # Safe: segno writes paths and numbers, never the payload.
    return mark_safe(file.getvalue().decode())

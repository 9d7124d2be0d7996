"""Data for search engines (schema.org as JSON-LD) in a page. It is data, not a script: nothing runs it."""

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString

register = template.Library()

# As Django's json_script does: whatever stands in the data cannot end the element, or begin a comment.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def json_ld(data: Mapping[str, Any] | None) -> SafeString:
    """``{{ structured|json_ld }}``: the element that holds ``data``; nothing for None."""
    if not data:
        return SafeString("")
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)
    return SafeString(f'<script type="application/ld+json">{text}</script>')

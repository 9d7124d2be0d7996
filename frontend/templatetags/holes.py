"""What a page shows to its visitor alone, so that the rest of it can be the same for everybody."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from frontend.holes import leaves_holes, mark

register = template.Library()


@register.simple_tag(takes_context=True)
def own(context: Context, name: str) -> SafeString:
    """``{% own "partials/_messages.html" %}``: like ``include``, but left open in copies of the page.

    The partial may use what the context processors give it, and nothing else.
    """
    if leaves_holes(context.get("request")):
        return SafeString(mark(name))
    engine = context.template.engine  # type: ignore[union-attr]  # there is one while it is written
    return engine.get_template(name).render(context)

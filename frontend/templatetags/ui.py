"""The small pieces every page uses: icons, links that know where they are, form fields."""

from collections.abc import Mapping
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SPRITE = "img/icons.svg"
PAGE_PARAMETER = "page"


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """``{% icon "basket" %}``: a picture beside words. With ``label`` it stands alone and is read aloud.

    ``name`` is the id of a symbol in img/icons.svg; ``size`` is "", "sm" or "lg".
    """
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" width="24" height="24" {}><use href="{}#{}"></use></svg>',
        f" icon--{size}" if size else "",
        spoken,
        static(SPRITE),
        name,
    )


@register.simple_tag(takes_context=True)
def active(context: Context, path: str) -> SafeString:
    """``<a href="/produce/" {% active "/produce/" %}>``: marks the link to the page one is on.

    A link to "/" is active on the home page only; others also on the pages below them.
    """
    request = context.get("request")
    if request is None:
        return SafeString("")
    here = request.path == path if path == "/" else request.path.startswith(path)
    if not here:
        return SafeString("")
    return SafeString('aria-current="page"' if request.path == path else 'aria-current="true"')


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """``<a href="{% query season=5 %}">``: the query string of this page with some parameters changed.

    ``None`` or "" removes a parameter. The page number is dropped unless it is what changes: another
    filter starts at the first page. Without any parameter left the result is "?".
    """
    request: HttpRequest = context["request"]
    parameters = request.GET.copy()
    if PAGE_PARAMETER not in changes:
        parameters.pop(PAGE_PARAMETER, None)
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        elif isinstance(value, list | tuple):
            parameters.setlist(name, [str(item) for item in value])
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag
def page_numbers(page: Page) -> list[int | str]:
    """The numbers to leaf by, around this page and at both ends; ``ELLIPSIS`` stands for the rest."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.inclusion_tag("partials/_field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """``{% field form.phone autocomplete="tel" %}``: label, hint, control and errors, tied together.

    Extra arguments become attributes of the control; ``_`` in their names becomes ``-``.
    """
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    kind = _kind(bound.field.widget)
    if kind == "control":
        attrs["class"] = " ".join(filter(None, ["input", bound.field.widget.attrs.get("class")]))
    # A group of radio buttons is described by its fieldset, not by every button.
    if kind != "group" and (described_by := _described_by(bound)):
        attrs["aria-describedby"] = described_by
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "described_by": _described_by(bound),
    }


def _kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "control"


def _described_by(bound: BoundField) -> str:
    """Return the ids of the hint and of the errors, as ``_field.html`` gives them."""
    parts: Mapping[str, bool] = {"hint": bool(bound.help_text), "error": bool(bound.errors)}
    return " ".join(f"{bound.id_for_label or bound.auto_id}_{part}" for part, there in parts.items() if there)

"""Pages that belong to the look of the shop and to nothing that is sold in it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from . import showcase

# Choosing a language harms nobody, so the switch needs no token; the pages that carry it therefore
# set no cookie and can be kept in a shared cache.
choose_language = csrf_exempt(set_language)


def design(request: HttpRequest) -> HttpResponse:
    """Every token and component in all its states. Only where DEBUG is on."""
    if not settings.DEBUG:
        raise Http404("The design page is for development.")
    return render(request, "design.html", showcase.samples())

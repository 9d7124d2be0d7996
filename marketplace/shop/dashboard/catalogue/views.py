from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from oscar.apps.dashboard.catalogue import views
from oscar.core.loading import get_model

OrderLine = get_model("order", "Line")


class ProductDeleteView(views.ProductDeleteView):
    """Deletes what nobody has ordered. What was ordered must still be found when its money comes late."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        product = self.get_object()
        if OrderLine.objects.filter(Q(product=product) | Q(product__parent=product)).exists():
            messages.error(
                request,
                _("“%(title)s” has been ordered, so it cannot be deleted. Hide it instead: untick “public”.")
                % {"title": product.get_title()},
            )
            return redirect("dashboard:catalogue-product", pk=product.pk)
        return super().post(request, *args, **kwargs)

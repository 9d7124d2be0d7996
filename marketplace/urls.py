"""Every page of the shop. A package that has pages lists them in its own urls.py."""

from typing import Any, NoReturn

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, include, path, re_path


def not_there(request: HttpRequest) -> NoReturn:
    raise Http404


# One door for everybody: wrong passwords are counted there, and the second factor is asked for.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
shop: Any = apps.get_app_config("oscar")

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("marketplace.accounts.urls")),
    path("accounts/", include("marketplace.messaging.urls")),
    path("", include("marketplace.shop.catalogue.urls")),
    path("", include("marketplace.shop.order.urls")),
    path("", include("marketplace.packing.chat_urls")),
    path("", include("marketplace.regulars.urls")),
    path("join/", include("marketplace.joining.entrance_urls")),
    path("join/", include("marketplace.joining.urls")),
    path("communes/", include("marketplace.statistics.urls")),
    path("statistics/", include("marketplace.statistics.tourism_urls")),
    path("statistics/", include("marketplace.departments.open_urls")),
    path("statistics/", include("marketplace.statistics.releases.urls")),
    path("board/disputes/", include("marketplace.packing.board_urls")),
    path("board/reports/", include("marketplace.departments.board_urls")),
    path("board/", include("marketplace.indicators.urls")),
    path("board/", include("marketplace.board.urls")),
    path("closures/", include("marketplace.board.guest_urls")),
    path("t/", include("agriculture.trace.urls")),
    path("sell/", include("marketplace.joining.helping_urls")),
    path("sell/money/", include("marketplace.settlement.urls")),
    path("sell/", include("agriculture.trace.seller_urls")),
    path("sell/calendar/", include("tourism.calendars.urls")),
    path("sell/harvests/", include("agriculture.harvests.urls")),
    path("sell/", include("marketplace.packing.urls")),
    path("sell/", include("tourism.desk.urls")),
    path("sell/tours/", include("marketplace.organising.urls")),
    path("sell/houses/", include("marketplace.hosting.urls")),
    path("packages/", include("marketplace.packages.urls")),
    path("sell/terms/", include("tourism.urls")),
    path("", include("marketplace.keypad.urls")),
    path("sell/", include("marketplace.listing.urls")),
    path("sell/", include("marketplace.packing.home_urls")),
    path("stays/visits/", include("tourism.desk.guest_urls")),
    path("stays/requests/", include("marketplace.shop.basket.request_urls")),
    path("stays/", include("tourism.calendars.guest_urls")),
    path("staff/", include("marketplace.settlement.staff_urls")),
    path("post/farmers/", include("marketplace.joining.farmer_urls")),
    path("post/", include("marketplace.counter.urls")),
    path("staff/tills/", include("marketplace.counter.staff_urls")),
    path("staff/deliveries/", include("marketplace.counter.delivery_urls")),
    path("staff/moderation/", include("marketplace.listing.staff_urls")),
    path("staff/refunds/", include("marketplace.fulfilment.staff_urls")),
    path("staff/resellers/", include("tourism.octo.staff_urls")),
    path("staff/departments/", include("marketplace.departments.staff_urls")),
    path("staff/", include("marketplace.operations.urls")),
    path("staff/history/", include("marketplace.history.urls")),
    path("staff/", include("payments.staff.urls")),
    path("delivery/", include("marketplace.counter.carrier_urls")),
    path("payments/", include("payments.urls")),
    path("payments/", include("marketplace.shop.checkout.urls")),
    path("api/", include("marketplace.api.urls")),
    path("octo/", include("tourism.octo.urls")),
    path("", include("marketplace.shop.sharing.urls")),
    path("", include("frontend.urls")),
    path("admin/", admin.site.urls),
    path("", include(shop.urls[0])),
]

if settings.DEBUG:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
    # Whatever is left is shown our 404 page by OwnNotFoundMiddleware. Not under /static/ and the like,
    # which the server answers before.
    urlpatterns += [re_path(r"", not_there)]

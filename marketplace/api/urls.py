"""``/api/``: version 1, its description and its pages. Other departments' systems rely on these addresses."""

from django.urls import include, path, re_path

from marketplace.replicas import may_be_old

from .baskets import BasketsView, BasketView, LinesView, LineView
from .checkout import CheckoutView, OfferView
from .delivery import PostOfficesView, ProvincesView
from .departments import DailyView, ReleasesView
from .docs import DocsView, SchemaView
from .endpoint import NothingHereView
from .harvests import HarvestsView, HarvestView, LotsView
from .indicators import IndicatorsView
from .listing import WaresView, WareView
from .orders import OrderCancelView, OrderView
from .packing import ActView
from .payments import PaymentView
from .places import CommunesView, CommuneView
from .pools import PoolsView
from .products import ProductsView, ProductView
from .selling import SellOrdersView
from .statistics import SalesView
from .stays import NightsView, StaysView, StayView
from .tokens import TokenRefreshView, TokenView
from .tours import DeparturesView, ToursView, TourView
from .traces import TraceView
from .tracking import TrackingView

v1 = [
    path("auth/token/", TokenView.as_view()),
    path("auth/token/refresh/", TokenRefreshView.as_view()),
    path("products/", may_be_old(ProductsView.as_view())),
    path("products/<int:product_id>/", ProductView.as_view()),
    path("pools/", PoolsView.as_view()),
    path("stays/", may_be_old(StaysView.as_view())),
    path("stays/<int:stay_id>/", StayView.as_view()),
    path("stays/<int:stay_id>/nights/", NightsView.as_view()),
    path("tours/", may_be_old(ToursView.as_view())),
    path("tours/<int:tour_id>/", TourView.as_view()),
    path("tours/<int:tour_id>/departures/", DeparturesView.as_view()),
    path("baskets/", BasketsView.as_view()),
    path("baskets/<str:basket_id>/", BasketView.as_view()),
    path("baskets/<str:basket_id>/lines/", LinesView.as_view()),
    path("baskets/<str:basket_id>/lines/<int:line_id>/", LineView.as_view()),
    path("baskets/<str:basket_id>/offer/", OfferView.as_view()),
    path("baskets/<str:basket_id>/checkout/", CheckoutView.as_view()),
    path("payments/<uuid:payment_id>/", PaymentView.as_view()),
    re_path(r"^traces/(?P<code>[0-9A-Za-z]{4,12})/$", TraceView.as_view()),
    path("orders/<slug:number>/", OrderView.as_view()),
    path("orders/<slug:number>/cancel/", OrderCancelView.as_view()),
    path("orders/<slug:number>/tracking/", TrackingView.as_view()),
    path("sell/products/", WaresView.as_view()),
    path("sell/products/<int:product_id>/", WareView.as_view()),
    path("sell/harvests/", HarvestsView.as_view()),
    path("sell/harvests/<uuid:harvest_id>/", HarvestView.as_view()),
    path("sell/lots/", LotsView.as_view()),
    path("sell/orders/", SellOrdersView.as_view()),
    path("sell/orders/<slug:number>/acts/", ActView.as_view()),
    path("communes/", CommunesView.as_view()),
    re_path(r"^communes/(?P<code>[0-9]{5})/$", CommuneView.as_view()),
    path("indicators/", IndicatorsView.as_view(), name="api-indicators"),
    path("delivery/provinces/", ProvincesView.as_view()),
    path("delivery/post-offices/", PostOfficesView.as_view()),
    path("statistics/sales/", may_be_old(SalesView.as_view()), name="statistics-sales"),
    path("statistics/daily/", may_be_old(DailyView.as_view())),
    path("statistics/releases/", ReleasesView.as_view()),
    # Only addresses that end in a slash, so that Django still adds one where it was forgotten.
    re_path(r"^(?:[\s\S]*/)?$", NothingHereView.as_view()),
]

urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
]

from django.urls import include, path

from .baskets import BasketsView, BasketView, LinesView, LineView
from .checkout import CheckoutView, OfferView
from .orders import OrderCancelView, OrderView
from .payments import PaymentView
from .statistics import SalesView
from .tokens import TokenRefreshView, TokenView

v1 = [
    path("auth/token/", TokenView.as_view()),
    path("auth/token/refresh/", TokenRefreshView.as_view()),
    path("baskets/", BasketsView.as_view()),
    path("baskets/<str:basket_id>/", BasketView.as_view()),
    path("baskets/<str:basket_id>/lines/", LinesView.as_view()),
    path("baskets/<str:basket_id>/lines/<int:line_id>/", LineView.as_view()),
    path("baskets/<str:basket_id>/offer/", OfferView.as_view()),
    path("baskets/<str:basket_id>/checkout/", CheckoutView.as_view()),
    path("payments/<uuid:payment_id>/", PaymentView.as_view()),
    path("orders/<slug:number>/", OrderView.as_view()),
    path("orders/<slug:number>/cancel/", OrderCancelView.as_view()),
    path("statistics/sales/", SalesView.as_view()),
]

urlpatterns = [path("v1/", include(v1))]

"""What a seller grows and brings in, under /sell/harvests/."""

from django.urls import path

from .views import goods, lots, seasons

app_name = "harvests"

urlpatterns = [
    path("", seasons.HarvestsView.as_view(), name="list"),
    path("new/", seasons.AnnounceView.as_view(), name="new"),
    path("goods/", goods.GoodsView.as_view(), name="goods"),
    path("goods/<int:pk>/", goods.HandlingView.as_view(), name="handling"),
    path("lots/new/", lots.NewLotView.as_view(), name="new-lot"),
    path("lots/<str:code>/", lots.LotView.as_view(), name="lot"),
    path("<uuid:pk>/", seasons.HarvestView.as_view(), name="harvest"),
]

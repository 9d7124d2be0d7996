"""Pages for those who buy again, and the sellers' side of them."""

from django.urls import path

from .views import boxes, farmers, pools, reviews, seasons, vouchers

app_name = "regulars"

urlpatterns = [
    path("season/", seasons.SeasonView.as_view(), name="season"),
    path("farmers/<slug:slug>/", farmers.FarmerView.as_view(), name="farmer"),
    path("farmers/<slug:slug>/follow/", farmers.FollowView.as_view(), name="follow"),
    path("regular/", farmers.MineView.as_view(), name="mine"),
    path("boxes/new/", boxes.NewBoxView.as_view(), name="new-box"),
    path("boxes/<int:pk>/", boxes.BoxView.as_view(), name="box"),
    path("boxes/due/<int:pk>/", boxes.TurnView.as_view(), name="turn"),
    path("pools/", pools.PoolsView.as_view(), name="pools"),
    path("pools/<int:pk>/", pools.PoolView.as_view(), name="pool"),
    path("orders/<slug:number>/review/<int:pk>/", reviews.ReviewView.as_view(), name="review"),
    path("basket/code/", vouchers.CodeView.as_view(), name="code"),
    path("sell/vouchers/", vouchers.VouchersView.as_view(), name="vouchers"),
    path("sell/pools/", pools.SellerPoolsView.as_view(), name="sell-pools"),
    path("sell/pools/new/", pools.NewPoolView.as_view(), name="new-pool"),
    path("sell/reviews/", reviews.AnswersView.as_view(), name="answers"),
]

"""A seller's orders and closed days, under /sell/."""

from django.urls import path

from .views import acts, chat, closed, complaints, orders

app_name = "packing"

urlpatterns = [
    path("orders/", orders.OrdersView.as_view(), name="orders"),
    path("orders/pick/", orders.PickView.as_view(), name="pick"),
    path("orders/sheet/", orders.SheetView.as_view(), {"form": "page"}, name="sheet"),
    path("orders/sheet.pdf", orders.SheetView.as_view(), {"form": "pdf"}, name="sheet-pdf"),
    path("orders/<slug:number>/", orders.OrderView.as_view(), name="order"),
    path("orders/<slug:number>/acts/", acts.ActView.as_view(), name="act"),
    path("orders/<slug:number>/decline/", acts.DeclineView.as_view(), name="decline"),
    path("orders/<slug:number>/chat/", chat.SellerChatView.as_view(), name="chat"),
    path("disputes/", complaints.SellerComplaintsView.as_view(), name="complaints"),
    path("disputes/<int:pk>/", complaints.SellerComplaintView.as_view(), name="complaint"),
    path("disputes/<int:pk>/decide/", complaints.CooperativeComplaintView.as_view(), name="mediate"),
    path("closed/", closed.ClosedView.as_view(), name="closed"),
    path("closed/open/", closed.OpenView.as_view(), name="open"),
]

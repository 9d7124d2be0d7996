"""Under /sell/."""

from django.urls import path

from . import import_views, views

app_name = "listing"

urlpatterns = [
    path("new/", views.NewView.as_view(), name="new"),
    path("new/send/", views.SendView.as_view(), name="send"),
    path("new/hint/", views.HintView.as_view(), name="hint"),
    path("new/<uuid:pk>/done/", views.DoneView.as_view(), name="done"),
    path("new/<uuid:pk>/<slug:step>/", views.StepView.as_view(), name="step"),
    path("photos/<uuid:pk>/", views.PhotoStateView.as_view(), name="photo"),
    path("import/", import_views.ImportsView.as_view(), name="imports"),
    path("import/hang-hoa.xlsx", import_views.TemplateView.as_view(), name="template"),
    path("import/<uuid:pk>/", import_views.ImportView.as_view(), name="import"),
    path("import/<uuid:pk>/state/", import_views.ImportStateView.as_view(), name="import-state"),
    path("products/", views.ProductsView.as_view(), name="products"),
    path("products/<int:pk>/", views.ProductView.as_view(), name="product"),
]

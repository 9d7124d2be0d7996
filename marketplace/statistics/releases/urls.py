from django.urls import path, re_path

from . import views

urlpatterns = [
    path("", views.ReleasesView.as_view(), name="releases"),
    re_path(
        r"^newest/(?P<name>[a-z-]+)\.(?P<format>json|csv)$",
        views.NewestTableView.as_view(),
        name="newest-data",
    ),
    path("releases/<int:number>.json", views.HeaderView.as_view(), name="release-header"),
    path("releases/<int:number>/", views.ReleaseView.as_view(), name="release"),
    re_path(
        r"^releases/(?P<number>[0-9]{1,6})/(?P<name>[a-z-]+)\.(?P<format>json|csv)$",
        views.DataView.as_view(),
        name="release-data",
    ),
    path("releases/<int:number>/<slug:name>/", views.TableView.as_view(), name="release-table"),
]

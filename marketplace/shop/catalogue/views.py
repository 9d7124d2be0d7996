from django.views.generic import View


class ProductDetailView(View): ...


class CatalogueView(View): ...


class ProductCategoryView(View): ...

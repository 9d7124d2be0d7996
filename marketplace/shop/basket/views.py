from django.views.generic import View


class BasketView(View): ...


class BasketAddView(View): ...


class LineView(View): ...

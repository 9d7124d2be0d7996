from django.views.generic import View


class DetailsView(View): ...


class PreviewView(View): ...

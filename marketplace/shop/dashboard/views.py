from django.views.generic import RedirectView


class LoginView(RedirectView):
    """There is one door to the shop, which counts wrong passwords."""

    pattern_name = "customer:login"
    query_string = True

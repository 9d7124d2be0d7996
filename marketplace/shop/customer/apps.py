from django.contrib.auth.decorators import login_required
from django.urls import URLPattern, path
from oscar.apps.customer import apps
from oscar.core.loading import get_class


class CustomerConfig(apps.CustomerConfig):
    """The account pages we offer, under Oscar's URL names."""

    name = "marketplace.shop.customer"

    def ready(self) -> None:
        for attribute, view in {
            "login_view": "LoginView",
            "logout_view": "LogoutView",
            "register_view": "RegisterView",
            "summary_view": "AccountView",
            "profile_view": "ProfileView",
            "change_password_view": "ChangePasswordView",
            "order_history_view": "OrderHistoryView",
        }.items():
            setattr(self, attribute, get_class("customer.views", view))

    def get_urls(self) -> list[URLPattern]:
        private = {
            "summary": ("", self.summary_view),
            "profile-view": ("profile/", self.profile_view),
            "change-password": ("change-password/", self.change_password_view),
            "order-list": ("orders/", self.order_history_view),
        }
        return self.post_process_urls(
            [
                path("login/", self.login_view.as_view(), name="login"),
                path("logout/", self.logout_view.as_view(), name="logout"),
                path("register/", self.register_view.as_view(), name="register"),
                *(
                    path(route, login_required(view.as_view()), name=name)
                    for name, (route, view) in private.items()
                ),
            ]
        )

from django.apps import AppConfig


class VnpayConfig(AppConfig):
    name = "payments.simulator.vnpay"
    label = "sandbox_vnpay"
    verbose_name = "Simulated VNPAY"

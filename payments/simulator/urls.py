"""What the operator serves: GSMA's API, the control panel, the handsets and the sandboxes of others."""

from django.urls import include, path

from payments.simulator import control, handset
from payments.simulator.api.credentials import TokenView
from payments.simulator.carrier.control import ParcelsView, ParcelView
from payments.simulator.stripe.control import AccountsView, DeliveriesView
from payments.simulator.telecom import phone
from payments.simulator.telecom.control import SmsView

urlpatterns = [
    path("<str:operator>/v1.2/mm/", include("payments.simulator.api.urls")),
    path("<str:operator>/v1.2/oauth/token", TokenView.as_view()),
    path("oauth/token", TokenView.as_view()),
    path("sim/health", control.Health.as_view()),
    path("sim/wallets/", control.WalletsView.as_view()),
    path("sim/wallets/<str:msisdn>/", control.WalletView.as_view()),
    path("sim/wallets/<str:msisdn>/cash-in/", control.CashInView.as_view()),
    path("sim/agents/", control.AgentsView.as_view()),
    path("sim/agents/<str:operator>/<str:identifier>/", control.AgentView.as_view()),
    path("sim/agents/<str:operator>/<str:identifier>/<str:deed>/", control.AgentView.as_view()),
    path("sim/merchants/<str:operator>/<str:identifier>/top-up/", control.TopUpView.as_view()),
    path("sim/prompts/", control.PromptsView.as_view()),
    path("sim/prompts/<uuid:prompt_id>/", control.PromptView.as_view()),
    path("sim/bills/", control.BillsView.as_view()),
    path("sim/callbacks/", control.CallbacksView.as_view()),
    path("sim/faults/", control.FaultsView.as_view()),
    path("sim/statements/<str:operator>/<str:day>/", control.StatementView.as_view()),
    path("bank/", include("payments.simulator.bank.urls")),
    path("vnpay/", include("payments.simulator.vnpay.urls")),
    path("stripe/", include("payments.simulator.stripe.urls")),
    path("sim/stripe/accounts/", AccountsView.as_view()),
    path("sim/stripe/deliveries/", DeliveriesView.as_view()),
    path("sim/sms/", SmsView.as_view()),
    path("sim/carrier/parcels/", ParcelsView.as_view()),
    path("sim/carrier/parcels/<str:tracking_number>/", ParcelView.as_view()),
    path("", handset.HandsetList.as_view(), name="handsets"),
    path("phone/", phone.SwitchOn.as_view(), name="switch-on"),
    path("phone/<str:msisdn>/messages/", phone.Write.as_view(), name="write"),
    path("phone/<str:msisdn>/keypad/", phone.Keypad.as_view(), name="keypad"),
    path("phone/<str:msisdn>/", handset.Handset.as_view(), name="handset"),
    path("phone/<str:msisdn>/cash-in/", handset.CashIn.as_view(), name="cash-in"),
    path("phone/<str:msisdn>/prompts/<uuid:prompt_id>/", handset.Answer.as_view(), name="answer"),
]

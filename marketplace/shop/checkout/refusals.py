"""Why a wallet did not pay, in words for the buyer. The codes are GSMA's (Mobile Money API 1.2)."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "insufficientFunds": _("There is not enough money in this wallet. Put some in, or pay from another one."),
    "identifierError": _("This operator has no wallet with this number. Check the number and the operator."),
    "requestDeclined": _("The request was declined on the phone, or its PIN was wrong three times."),
    "monthlyValueLimitExceeded": _("This wallet has reached its limit for the month. Pay from another one."),
    "never_arrived": _("The wallet operator could not be reached. Nothing was charged: try again later."),
}

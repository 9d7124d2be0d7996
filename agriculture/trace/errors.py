"""What can stop a certificate, in words for the seller and the official."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.errors import Invalid, ShopError


class PaperUnreadable(Invalid):
    """``message`` says what is wrong with the file and what to do."""

    code = "paper_unreadable"

    def __init__(self, message: str) -> None:
        super().__init__("paper", message)


class CertificateInvalid(Invalid):
    code = "certificate_invalid"


class NotWaiting(ShopError):
    """Somebody has decided already, or there is nothing to take back."""

    code = "certificate_decided"

    def __init__(self, *, state: str) -> None:
        super().__init__(
            _("This certificate is decided already: %(state)s. Load the page again to see by whom.")
            % {"state": state},
            state=state,
        )


class OwnCertificate(ShopError):
    code = "own_certificate"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("You belong to this seller, so somebody else must look at its certificate. Ask a colleague.")
        )


class NothingToPrint(ShopError):
    code = "nothing_to_print"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("Order %(number)s has no goods to pack: it was cancelled or refunded, or holds nights alone.")
            % {"number": number},
            number=number,
        )

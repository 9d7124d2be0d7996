"""The three wallets of the country, and the one merchant each of them knows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Operator:
    """One mobile-money operator. ``prefix`` begins the references of its transactions."""

    code: str
    name: str
    prefix: str


OPERATORS = {
    operator.code: operator
    for operator in (
        Operator("viettel", "Viettel Money", "VTM"),
        Operator("vnpt", "VNPT Money", "VNM"),
        Operator("mobifone", "MobiFone Money", "MBM"),
    )
}
OPERATOR_CHOICES = [(operator.code, operator.name) for operator in OPERATORS.values()]


@dataclass(frozen=True)
class Credentials:
    """How a merchant proves who it is, and how the operator proves it to the merchant.

    Asked for only if there is one: an ``api_key``, a signature by ``signing_secret`` on whatever changes
    something, an X-Date that is at most ``date_window_s`` seconds off. With ``needs_checker`` a batch is
    approved by another credential than made it. With ``answers_later`` whoever leaves no callback URL has to
    poll for what could be answered at once, as at GSMA's own sandbox. ``organisation`` is who it acts for,
    if not itself.
    """

    password: str
    callback_secret: str = ""
    api_key: str = ""
    signing_secret: str = ""
    date_window_s: int = 0
    needs_checker: bool = False
    answers_later: bool = False
    organisation: str = ""


# Who sends bills at every operator: organisationid, name, serviceProviderType.
BILL_COMPANIES = (
    ("evn-dienbien", "Điện lực Điện Biên", "electricity"),
    ("nuoc-dienbien", "Cấp nước Điện Biên", "water"),
    ("vienthong-dienbien", "Viễn thông Điện Biên", "telecommunications"),
)

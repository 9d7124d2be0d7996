"""What can go wrong with figures, in words."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class StatisticsError(Exception):
    """Anything this package refuses."""

    code = "statistics_error"


class OriginMissing(StatisticsError):
    code = "origin_missing"

    def __init__(self, *, order_number: str, line_id: int, title: str) -> None:
        super().__init__(
            f"Order {order_number}, line {line_id} ({title}): nobody knows which commune it comes from, "
            f"because its product has no origin or was deleted. No sale of this order was written; give "
            f"the product an origin and deliver the event again."
        )


class BookingMissing(StatisticsError):
    code = "booking_missing"

    def __init__(self, *, order_number: str, line_id: int, title: str) -> None:
        super().__init__(
            f"Order {order_number}, line {line_id} ({title}) sells nights but has no booking, so nobody "
            f"knows how many. No sale of this order was written; restore the booking and deliver the event "
            f"again."
        )


class LineNotSold(StatisticsError):
    code = "line_not_sold"

    def __init__(self, *, order_id: int, line_ids: list[int]) -> None:
        super().__init__(
            f"Order {order_id}: no sale was written for the lines {line_ids}, so none can be taken back. "
            f"Write the sales first (deliver the event of the payment), then the refund."
        )


class LineAlreadyRefunded(StatisticsError):
    code = "line_already_refunded"

    def __init__(self, *, order_id: int, line_ids: list[int], refund_id: object) -> None:
        super().__init__(
            f"Order {order_id}: of the lines {line_ids} less is left than refund {refund_id} is for: other "
            f"refunds came before. Nothing was written; compare them in the ledger."
        )


class DisclosureRuleMissing(StatisticsError):
    code = "disclosure_rule_missing"

    def __init__(self, *, on: object) -> None:
        super().__init__(
            f"No disclosure rule is valid on {on}, so no figure can be published for that day. Add one that "
            f"is valid from {on} or earlier."
        )


class QuestionRefused(ShopError):
    """The question itself is wrong: the message is for whoever asked, ``field`` the parameter to change."""

    code = "question_refused"
    status = 400

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message, **{field: [message]})


class PeriodReversed(QuestionRefused):
    code = "period_reversed"

    def __init__(self, *, first_day: date, last_day: date) -> None:
        super().__init__(
            "to",
            _("The period ends on %(last)s, before it begins on %(first)s. Give the earlier day first.")
            % {"first": first_day.isoformat(), "last": last_day.isoformat()},
        )


class PeriodTooLong(QuestionRefused):
    code = "period_too_long"

    def __init__(self, *, first_day: date, last_day: date, most_days: int) -> None:
        super().__init__(
            "from",
            _(
                "%(first)s to %(last)s is longer than the %(days)d days that fit into one table. "
                "Ask for a shorter period, or by month instead of by day."
            )
            % {"first": first_day.isoformat(), "last": last_day.isoformat(), "days": most_days},
        )


class PeriodTooEarly(QuestionRefused):
    code = "period_too_early"

    def __init__(self, *, first_day: date, earliest: date) -> None:
        super().__init__(
            "from",
            _("There are no figures of %(first)s: the oldest boundaries known are those of %(earliest)s.")
            % {"first": first_day.isoformat(), "earliest": earliest.isoformat()},
        )


class DayUnreadable(QuestionRefused):
    code = "day_unreadable"

    def __init__(self, *, field: str, value: str) -> None:
        super().__init__(field, _("“%(value)s” is not a day. Write it like 2025-07-01.") % {"value": value})


class BoundariesUnknown(QuestionRefused):
    code = "boundaries_unknown"

    def __init__(self, *, found: str, known: Collection[str]) -> None:
        super().__init__(
            "boundaries",
            _(
                "There are no boundaries “%(found)s”. Known are %(known)s: the 45 communes since "
                "2025-07-01, and the 129 units before."
            )
            % {"found": found, "known": ", ".join(known)},
        )


class BreakdownUnknown(QuestionRefused):
    code = "breakdown_unknown"

    def __init__(self, *, found: str, known: Collection[str], most: int) -> None:
        super().__init__(
            "by",
            _(
                "Sales cannot be broken down by “%(found)s”. Give one to %(most)d different ones of "
                "%(known)s, with commas between them."
            )
            % {"found": found, "known": ", ".join(known), "most": most},
        )


class KindUnknown(QuestionRefused):
    code = "kind_unknown"

    def __init__(self, *, found: str, known: Collection[str]) -> None:
        super().__init__(
            "kind",
            _("Nothing of the kind “%(found)s” is sold. Known are %(known)s.")
            % {"found": found, "known": ", ".join(known)},
        )


class UnitUnknown(QuestionRefused):
    code = "commune_unknown"

    def __init__(self, *, found: str, boundaries: str) -> None:
        super().__init__(
            "commune",
            _(
                "No commune has the code “%(found)s” on the boundaries of %(boundaries)s. Codes have five "
                "digits, and many of before 2025-07-01 are no longer used: choose the boundaries "
                "they belong to."
            )
            % {"found": found, "boundaries": boundaries},
        )

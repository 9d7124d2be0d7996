from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.errors import Invalid, ShopError


class MonthUnreadable(Invalid):
    def __init__(self, *, found: str) -> None:
        super().__init__(
            "month", _("“%(found)s” is not a month. Write it as 2026-10.") % {"found": found[:20]}
        )


class MonthOutside(Invalid):
    def __init__(self, *, month: date, first: date, last: date) -> None:
        super().__init__(
            "month",
            _("There are no figures of %(month)s. Choose a month from %(first)s to %(last)s.")
            % {"month": f"{month:%m/%Y}", "first": f"{first:%m/%Y}", "last": f"{last:%m/%Y}"},
        )


class TargetTaken(Invalid):
    def __init__(self, *, valid_from: date) -> None:
        super().__init__(
            "valid_from",
            _("A target from %(day)s or a later day is there already. Choose a day after it.")
            % {"day": date_format(valid_from, "d/m/Y")},
        )


class FactTaken(Invalid):
    def __init__(self, *, valid_from: date) -> None:
        super().__init__(
            "valid_from",
            _("This figure is there already from %(day)s or a later day. Choose a day after it.")
            % {"day": date_format(valid_from, "d/m/Y")},
        )


class PilotFirst(ShopError):
    code = "pilot_first"

    def __init__(self, *, commune: str) -> None:
        super().__init__(
            _("%(commune)s cannot begin yet: no pilot commune is live. Finish the pilot's list first.")
            % {"commune": commune}
        )


class StepsOpen(ShopError):
    code = "steps_open"

    def __init__(self, *, commune: str, steps: list[str]) -> None:
        super().__init__(
            _("%(commune)s cannot go live yet. Still open: %(steps)s.")
            % {"commune": commune, "steps": "; ".join(steps)}
        )


class NotBegun(ShopError):
    code = "not_begun"

    def __init__(self, *, commune: str) -> None:
        super().__init__(
            _("%(commune)s has not begun yet. Begin its preparation first.") % {"commune": commune}
        )


class BegunAlready(ShopError):
    code = "begun_already"

    def __init__(self, *, commune: str) -> None:
        super().__init__(
            _("%(commune)s has begun already, so its wave stays as it is.") % {"commune": commune}
        )


class StepUnknown(ShopError):
    code = "step_unknown"
    status = 404

    def __init__(self, *, step: str) -> None:
        super().__init__(_("The list has no step “%(step)s” today.") % {"step": step[:20]})

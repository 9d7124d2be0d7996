"""What can go wrong with releases, in words."""

from datetime import date

from marketplace.statistics.errors import StatisticsError


class ReleaseRefused(StatisticsError):
    """This month cannot be released now; the message says what to do first."""

    code = "release_refused"


class MonthNotOver(ReleaseRefused):
    code = "month_not_over"

    def __init__(self, *, month: date, today: date) -> None:
        super().__init__(
            f"{month:%Y-%m} is not over on {today}: a release is of a whole month. Release it from the first "
            f"day of the month after."
        )


class MonthLeftOut(ReleaseRefused):
    code = "month_left_out"

    def __init__(self, *, month: date, expected: date) -> None:
        super().__init__(
            f"{month:%Y-%m} cannot be released yet: the next month to release is {expected:%Y-%m}, because "
            f"the year to date adds up all months. Run `manage.py make_release {expected:%Y-%m}` first."
        )


class MonthReleased(ReleaseRefused):
    code = "month_released"

    def __init__(self, *, month: date, number: int) -> None:
        super().__init__(
            f"{month:%Y-%m} was released as number {number}. To publish it again say what changed: "
            f"`manage.py make_release {month:%Y-%m} --revise --changelog '...'`."
        )


class RevisionTooLate(ReleaseRefused):
    code = "revision_too_late"

    def __init__(self, *, month: date, newest: date) -> None:
        super().__init__(
            f"{month:%Y-%m} can no longer be revised: {newest:%Y-%m} was released after it and counts on its "
            f"figures. Only the newest month is revised; book the correction in the month it is made in."
        )


class PublicationRuleMissing(ReleaseRefused):
    code = "publication_rule_missing"

    def __init__(self, *, on: date) -> None:
        super().__init__(
            f"No publication rule is valid on {on}, so it is not known how closely a figure may be "
            f"estimated. Add one that is valid on {on}."
        )


class StillExposed(ReleaseRefused):
    code = "still_exposed"

    def __init__(self, *, month: date, exposed: int) -> None:
        super().__init__(
            f"{month:%Y-%m} was not released: the attacker can still bound {exposed} protected figures. This "
            f"is a mistake in the program; keep the figures as they are and report it."
        )


class ReleaseBroken(StatisticsError):
    """A release is not what was signed."""

    code = "release_broken"

    def __init__(self, *, number: int, what: str) -> None:
        self.number = number
        super().__init__(f"Release {number} is not what was signed: {what}")

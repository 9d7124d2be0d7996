"""The twenty ways in which payments are known to go wrong, and which tests show what we do about each."""

import re
from collections.abc import Iterator

FAILURES = {
    1: "a callback is lost for good",
    2: "a callback comes twice, or late, also at the same moment",
    3: "what happened is told in another order",
    4: "the callback comes before the answer is stored",
    5: "the request times out, before the debit or after it",
    6: "the provider answers 500 after it has done what it was asked",
    7: "we die between commit and call, or between call and commit",
    8: "refunds race for the last đồng, or want more than was paid",
    9: "a part is captured and the rest released; a release comes after the capture",
    10: "what was authorised has expired when it is captured; money comes after the hold",
    11: "a callback is forged, replayed or stale, or right but for the amount, the currency or the payment",
    12: "the return address is forged, or never visited",
    13: "the same key comes again, with the same or another body",
    14: "two payments at once cross the month's limit",
    15: "a payout goes to a dead wallet; half of a batch is rejected",
    16: "the provider is down, or its clock is wrong",
    17: "the statement has lines too many, too few, of another amount or day",
    18: "the order is cancelled while its buyer pays",
    19: "two payments claim the same transaction of the provider's",
    20: "many use the same account of the books at once",
}
_SAID = re.compile(r"Failures? (\d+(?:(?:, | and )\d+)*)[:.]")


def shown_by(suite: type) -> Iterator[tuple[int, str]]:
    """Return which failures the tests of ``suite`` say they are about, with the test's name."""
    for name in dir(suite):
        said = _SAID.match(getattr(suite, name).__doc__ or "") if name.startswith("test_") else None
        for number in re.findall(r"\d+", said[1]) if said else ():
            yield int(number), name

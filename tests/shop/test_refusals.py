"""Whatever a provider says, the buyer is told in words why nothing was paid."""

import pytest

from marketplace.shop.checkout.refusals import ANOTHER_WAY, REASONS, in_words
from tests.payments.conformance.base import provider_classes

OUR_OWN = {"never_arrived", "not_in_statement"}


def test_every_code_a_payment_can_end_with_has_words():
    codes = set().union(*(one.refusals for one in provider_classes()))

    assert len(codes) > 80
    assert (codes | OUR_OWN) - REASONS.keys() == set()


def test_no_words_are_left_that_no_provider_leads_to():
    codes = set().union(*(one.refusals for one in provider_classes()))

    assert REASONS.keys() - codes - OUR_OWN == set()


@pytest.mark.parametrize("code", ["vnpay_99", "", "something new"])
def test_a_code_nobody_knew_is_still_a_sentence(code):
    assert in_words(code) == str(ANOTHER_WAY)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("insufficientFunds", "There is not enough money in this wallet."),
        ("expired", "The time to pay was over."),
        ("stolen_card", "The bank refused the card."),
        ("bank_under_maintenance", "The bank is working on its systems."),
    ],
)
def test_the_words_say_what_to_do_now(code, words):
    assert in_words(code).startswith(words)

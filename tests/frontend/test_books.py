import pytest
from django.utils import translation

from frontend.templatetags.books import outcome_words, purpose_words


@pytest.mark.parametrize(
    ("purpose", "words"),
    [("capture", "taken from the payer"), ("payout-by-hand", "paid in another way"), ("fee", "fee")],
)
def test_the_purpose_of_a_transfer_is_said_plainly_where_it_is_known(purpose, words):
    assert purpose_words(purpose) == words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("pending", "accepted by the provider"),
        ("failed", "refused"),
        ("", ""),
    ],
)
def test_what_a_provider_said_is_put_in_the_words_of_operations(outcome, words):
    assert outcome_words(outcome) == words


def test_the_words_follow_the_readers_language():
    with translation.override("vi"):
        assert (purpose_words("release"), outcome_words("failed")) == ("giải ngân", "bị từ chối")

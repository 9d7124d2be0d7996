import pytest

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import masked, to_e164, to_national


@pytest.mark.parametrize(
    "text", ["0399 000 001", "0399000001", "+84 399 000 001", "0399.000.001", " 84399000001"]
)
def test_one_number_has_one_spelling_inside(text):
    assert to_e164(text) == "+84399000001"


def test_a_foreign_number_keeps_its_country():
    assert to_e164("+33 6 12 34 56 78") == "+33612345678"
    assert to_national("+33612345678") == "+33 6 12 34 56 78"


@pytest.mark.parametrize(
    "text", ["", "12", "0399 000 001 x", "0399000777x5", "0399 OOO 001", "none", "+999 1"]
)
def test_what_is_no_number_is_refused_with_an_example(text):
    with pytest.raises(InvalidPhone, match="Write it like 0399 000 001"):
        to_e164(text)


def test_people_read_numbers_in_groups_and_strangers_read_them_masked():
    assert to_national("+84399000001") == "0399 000 001"
    assert masked("+84399000001") == "0399 *** 001"

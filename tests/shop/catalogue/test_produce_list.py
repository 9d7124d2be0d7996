"""The produce list keeps its state in its address, and answers nonsense with a sentence."""

import pytest
from django.utils import timezone

from tests.factories import ProduceFactory, commune_named, load_province

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(db) -> None:
    load_province()


def names(response) -> list[str]:
    return [card.name for card in response.context["found"].cards]


def test_the_address_narrows_the_list_by_words_commune_kind_and_season(visitor, province):
    here = commune_named("Mường Phăng")
    ProduceFactory(title="Mật ong rừng", category="honey", season_months=[4], commune=here)
    ProduceFactory(title="Mật ong vườn", category="honey", season_months=[4])
    ProduceFactory(title="Mật mía", category="processed", season_months=[4], commune=here)
    ProduceFactory(title="Mật ong đông", category="honey", season_months=[12], commune=here)

    response = visitor.get(f"/produce/?q=mat+ong&commune={here.code}&category=honey&season=4")

    assert names(response) == ["Mật ong rừng"]
    assert response.context["complaints"] == []


def test_in_season_now_is_this_month(visitor, province):
    month = timezone.localdate().month
    ProduceFactory(title="Đang mùa", season_months=[month])
    ProduceFactory(title="Trái mùa", season_months=[month % 12 + 1])

    response = visitor.get("/produce/?season=now")

    assert names(response) == ["Đang mùa"]


@pytest.mark.parametrize("name", ["Mường Thanh", "phuong muong thanh", "Noong Bua", "noong bua"])
def test_a_commune_may_be_given_by_its_name_or_by_one_it_swallowed(visitor, province, name):
    ProduceFactory(title="Rau cải mèo", commune=commune_named("Mường Thanh"))
    ProduceFactory(title="Rau cải ngọt", commune=commune_named("Mường Phăng"))

    response = visitor.get("/produce/", {"commune": name})

    assert names(response) == ["Rau cải mèo"]


def test_searching_for_a_place_offers_everything_from_there(visitor, province):
    response = visitor.get("/produce/?q=noong+bua")

    assert [commune.full_name for commune in response.context["found"].called_so] == ["Phường Mường Thanh"]
    assert "Everything from Phường Mường Thanh" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("commune=99999", "There is no commune “99999”."),
        ("commune=%27%3B--", "There is no commune “&#x27;;--”."),
        ("category=gold", "There is no kind of produce “gold”."),
        ("season=13", "“13” is no month."),
        ("sort=taste", "There is no order “taste”."),
        ("page=abc", "“abc” is no page number."),
        ("page=-1", "“-1” is no page number."),
        ("page=0", "“0” is no page number."),
        pytest.param("page=" + "9" * 5000, "is no page number.", id="a page of 5000 digits"),
        ("page=999", "There is no page 999: the list has 1 page, and this is it."),
        pytest.param("q=" + "a" * 101, "Search for fewer words: at most 100 letters.", id="a long search"),
        ("q=%00", "Null characters are not allowed."),
    ],
)
def test_a_wish_that_makes_no_sense_is_named_and_left_out(visitor, province, address, sentence):
    ProduceFactory(title="Khẩu rang")

    response = visitor.get(f"/produce/?{address}")

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert names(response) == ["Khẩu rang"]


def test_pages_hold_24_and_leafing_keeps_the_filters(visitor, province):
    for number in range(25):
        ProduceFactory(title=f"Gạo {number}", price_vnd=10_000 + number)

    first, second = (visitor.get(f"/produce/?q=gao&sort=price&page={page}") for page in (1, 2))

    assert len(names(first)) == 24
    assert names(second) == ["Gạo 24"]
    assert 'href="?q=gao&amp;sort=price&amp;page=2"' in first.content.decode()


def test_a_commune_that_lacks_something_names_its_neighbours_that_have_it(visitor, province):
    here, neighbour, far = (commune_named(name) for name in ("Mường Phăng", "Nà Tấu", "Sín Thầu"))
    for commune in (neighbour, far):
        ProduceFactory(title="Mật ong", category="honey", commune=commune)

    response = visitor.get(f"/produce/?commune={here.code}&category=honey")

    nearby = response.context["found"].nearby
    assert [(near.commune.full_name, near.number) for near in nearby] == [("Xã Nà Tấu", 1)]
    page = response.content.decode()
    assert f'href="?commune={neighbour.code}&amp;category=honey"' in page
    assert "Look everywhere" in page


def test_a_card_has_price_unit_price_seller_and_commune(visitor, province):
    here = commune_named("Mường Phăng")
    produce = ProduceFactory(
        title="Gạo Séng Cù", price_vnd=175_000, weight_g=5_000, unit="bag", unit_size="5 kg", commune=here
    )

    response = visitor.get("/produce/")

    card = response.context["found"].cards[0]
    assert (card.price_vnd, card.unit_price_vnd, card.place) == (175_000, 35_000, "Xã Mường Phăng")
    page = response.content.decode()
    assert "175.000\u00a0₫" in page
    assert "35.000\u00a0₫/kg" in page
    assert produce.product.origin.seller.name in page


def test_oscars_own_lists_lead_to_the_produce_list(visitor):
    everything = visitor.get("/catalogue/?q=gao")
    shelf = visitor.get("/catalogue/category/honey_7/")
    unknown = visitor.get("/catalogue/category/gold_7/")

    assert (everything.status_code, everything.url) == (301, "/produce/?q=gao")
    assert (shelf.status_code, shelf.url) == (301, "/produce/?category=honey")
    assert unknown.status_code == 404


def test_words_typed_wrong_are_answered_with_those_that_were_meant(visitor, province):
    ProduceFactory(title="Gạo Séng Cù", name_en="")
    ProduceFactory(title="Mật ong", name_en="")

    slipped, right = visitor.get("/produce/?q=gao+xeng+ku"), visitor.get("/produce/?q=gao+seng")

    assert names(slipped) == ["Gạo Séng Cù"]
    assert slipped.context["found"].read_as == "Gạo Séng Cù"
    assert "Nothing is called “gao xeng ku”" in slipped.content.decode()
    assert (names(right), right.context["found"].read_as) == (["Gạo Séng Cù"], "")

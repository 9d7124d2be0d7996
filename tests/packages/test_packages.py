"""A package puts a tour, the nights beside it and produce into the basket, or says what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from marketplace.errors import LinesUnavailable
from marketplace.packages import selectors, services
from marketplace.packages.models import Package, PackageGoods
from marketplace.packages.services import Party
from marketplace.shop.basket import selectors as baskets
from marketplace.shop.basket.services import reckon
from tests.factories import ProduceFactory, RoomTypeFactory, TourFactory
from tests.shop.conftest import in_days, new_basket
from tests.shop.test_seats import departure_in
from tourism.tours.models import Departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tour_options", "stay_options")]


def package_of(**goods: Any) -> tuple[Package, Departure]:
    tour = TourFactory(title="Leo đỉnh Pú Huốt", adult_vnd=600_000, child_vnd=420_000, capacity=10)
    room = RoomTypeFactory(sleeps=2, rooms=3, price_vnd=300_000, open_from=in_days(0))
    rice = ProduceFactory(title="Gạo tám", price_vnd=175_000, **({"stock": 10} | goods))
    package = Package.objects.create(
        slug="pu-huot", title="Cuối tuần Pú Huốt", tour=tour, room_type=room, nights=2, nights_before=1
    )
    PackageGoods.objects.create(package=package, product=rice.product, quantity=2)
    found = selectors.package("pu-huot")
    assert found is not None
    return found, departure_in(10, tour=tour)


def put(package: Package, departure: Departure, adults: int = 3) -> Any:
    basket = new_basket()
    services.put_into_basket(
        basket, package, departure_id=departure.pk, party=Party(adults, 0), now=timezone.now()
    )
    return baskets.summary(reckon(basket))


def test_everything_goes_into_the_basket_for_the_party():
    package, departure = package_of()

    tour, stay, rice = put(package, departure, adults=3).lines

    assert (tour.departure, tour.adults, tour.total_vnd) == (departure, 3, 1_800_000)
    assert (stay.first_night, stay.nights, stay.rooms) == (in_days(9), 2, 2)
    assert stay.total_vnd == 2 * 2 * 300_000
    assert (rice.quantity, rice.total_vnd) == (2, 350_000)


def test_what_it_costs_on_its_page_is_what_it_costs_in_the_basket():
    package, departure = package_of()

    parts = services.parts_of(package, departure=departure, party=Party(3, 0), now=timezone.now())

    assert [part.total_vnd for part in parts] == [line.total_vnd for line in put(package, departure).lines]


def test_if_something_is_missing_nothing_is_put_in_and_every_part_says_why():
    package, departure = package_of(stock=1)
    Departure.objects.filter(pk=departure.pk).update(taken=9)
    package.room_type.nights.filter(night_on=in_days(10)).update(taken=3)
    basket = new_basket()

    with pytest.raises(LinesUnavailable) as refused:
        services.put_into_basket(
            basket, package, departure_id=departure.pk, party=Party(2, 0), now=timezone.now()
        )

    assert len(refused.value.errors) == 3
    assert "There are not enough seats on this departure." in str(refused.value)
    assert "Some of these nights are no longer free." in str(refused.value)
    assert "Not enough of it is left." in str(refused.value)
    assert not basket.lines.exists()


def test_the_pages_lead_into_the_basket(visitor):
    package, departure = package_of()
    assert package.title in visitor.get("/packages/").content.decode()
    page = visitor.get(f"/packages/pu-huot/?departure={departure.pk}&adults=3&children=0").content.decode()
    assert "3.350.000" in page

    answer = visitor.post(
        "/packages/pu-huot/", {"departure": departure.pk, "adults": "3", "children": "0"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == "/basket/"
    assert "3.350.000" in answer.content.decode()


def test_a_departure_of_another_tour_is_refused(visitor):
    package_of()

    answer = visitor.post("/packages/pu-huot/", {"departure": departure_in().pk, "adults": "2"}, follow=True)

    assert "Choose one of the departures shown." in answer.content.decode()


def test_a_package_whose_tour_does_not_go_says_so(visitor):
    _package, departure = package_of()
    departure.delete()

    assert "does not go in the next three months" in visitor.get("/packages/pu-huot/").content.decode()
    assert visitor.get("/packages/unknown/").status_code == 404


def test_the_list_costs_the_same_queries_however_many_packages(django_assert_num_queries):
    package, _departure = package_of()
    with django_assert_num_queries(4):
        selectors.packages()

    for number in range(3):
        Package.objects.create(
            slug=f"{number}", title=f"{number}", tour=package.tour, room_type=package.room_type
        )
    with django_assert_num_queries(4):
        assert len(selectors.packages()) == 4

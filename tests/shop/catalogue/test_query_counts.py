"""A hundred or ten thousand things for sale: pages run the same number of queries, and write nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.places.models import MERGER_ON
from marketplace.places.selectors import communes_at
from marketplace.sellers.models import Origin
from tests.factories import load_province
from tests.shop.catalogue import crowd

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [100, 10_000])
def test_every_page_runs_its_pinned_number_of_queries(size, visitor, soon):
    load_province()
    communes = list(communes_at(MERGER_ON)[:30])
    crowd.fill(produce=size * 9 // 10, stays=size // 10, communes=communes, nights_from=soon, nights=3)
    rice = Origin.objects.filter(kind="goods").first().product
    house = Origin.objects.filter(kind="nights").first().product
    dates = f"from={soon}&to={soon + timedelta(days=2)}&guests=3"
    chosen = f"first_night={soon}&leaves_on={soon + timedelta(days=2)}&guests=3"
    pinned = {
        "/": 11,  # of them the last release
        "/produce/": 3,
        "/produce/?page=3&sort=price": 3,
        "/produce/?sort=name": 3,
        f"/produce/?commune={communes[0].code}": 3,
        "/produce/?q=gao": 6,  # the vocabulary and the hits
        "/produce/?q=silk": 4,
        f"/produce/?q=silk&commune={communes[0].code}": 6,
        "/stays/": 7,
        f"/stays/?{dates}": 8,
        f"/stays/?{dates}&commune={communes[0].code}": 8,
        rice.get_absolute_url(): 9,  # of them the badges, the harvest and the day it arrives
        house.get_absolute_url(): 12,
        f"{house.get_absolute_url()}?{chosen}": 12,
    }
    for once in ("/", "/produce/?q=gao"):  # what a process looks up once
        visitor.get(once)

    counted = {}
    ran = {}
    written = []
    for address in pinned:
        with CaptureQueriesContext(connection) as queries:
            response = visitor.get(address)
        assert response.status_code == 200, address
        counted[address] = len(queries)
        ran[address] = [each["sql"] for each in queries]
        written += [sql for sql in ran[address] if not sql.lstrip().startswith("SELECT")]

    others = {address: ran[address] for address in pinned if counted[address] != pinned[address]}
    assert counted == pinned, others
    assert written == []

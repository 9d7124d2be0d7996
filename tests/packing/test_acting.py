"""What phones say while they pack: once, however often, however late, in whatever order."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from agriculture.harvests.models import Lot, PackedLine
from marketplace.fulfilment.models import CatchWeight, Weighing
from marketplace.packing import services as packing
from marketplace.packing.errors import ActConflict, ActTooOld, NotByWeight, NotOfThisOrder, NotWeighed
from marketplace.packing.models import PackingAct, Preparation, Tick
from marketplace.sellers.models import Act as NotedAct
from tests.factories import ProduceFactory
from tests.settlement.conftest import pay, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def line_of(part):
    return part.order.lines.get(partner=part.seller.partner)


def said(kind, *, line=None, at=None, **facts):
    happened_at = at or timezone.now()
    return packing.Act(id=uuid.uuid4(), kind=kind, happened_at=happened_at, line_id=line and line.pk, **facts)


def note(act, part, by, *, now=None):
    return packing.note(act, part=part, by=by, now=now or timezone.now())


def test_an_act_sent_twice_is_noted_once(paid, packer):
    act = said("pack", line=line_of(paid.goods))

    assert not note(act, paid.goods, packer).is_repeated
    assert note(act, paid.goods, packer).is_repeated

    assert PackingAct.objects.count() == 1


def test_the_later_of_two_acts_counts_in_whatever_order_they_arrive(paid, packer):
    line, moment = line_of(paid.goods), timezone.now()
    first = said("pack", line=line, at=moment - timedelta(hours=2))
    then = said("unpack", line=line, at=moment - timedelta(hours=1))

    note(then, paid.goods, packer)
    note(first, paid.goods, packer)

    tick = Tick.objects.get(line=line)
    assert (tick.is_packed, tick.changed_at) == (False, then.happened_at)


def test_an_id_that_was_used_for_something_else_is_refused(paid, packer):
    act = said("pack", line=line_of(paid.goods))
    note(act, paid.goods, packer)
    other = packing.Act(id=act.id, kind="ready", happened_at=act.happened_at)

    with pytest.raises(ActConflict, match="already noted for something else"):
        note(other, paid.goods, packer)

    assert Preparation.objects.get(part=paid.goods).ready_at is None


def test_what_waited_for_more_than_a_week_is_refused(paid, packer):
    act = said("accept", at=timezone.now() - timedelta(days=8))

    with pytest.raises(ActTooOld, match="seven days"):
        note(act, paid.goods, packer)

    assert not PackingAct.objects.exists()


def test_a_phone_whose_clock_is_ahead_speaks_of_now(paid, packer):
    now = timezone.now()
    noted = note(said("accept", at=now + timedelta(days=300)), paid.goods, packer, now=now)

    assert noted.act.happened_at == now


def test_a_line_of_another_order_is_not_ticked(paid, packer):
    other = place((paid.rice, 1))
    pay(other)

    with pytest.raises(NotOfThisOrder, match="Load the page again"):
        note(said("pack", line=other.lines.get()), paid.goods, packer)

    assert not Tick.objects.exists()


def test_what_has_a_fixed_price_is_not_weighed(paid, packer):
    with pytest.raises(NotByWeight, match="fixed price"):
        note(said("weigh", line=line_of(paid.goods), weight_g=9_800), paid.goods, packer)

    assert not PackingAct.objects.exists()


def test_ticking_is_in_the_trail_but_only_answers_are_told_to_the_farmer(paid, packer):
    note(said("pack", line=line_of(paid.goods)), paid.goods, packer)
    note(said("ready"), paid.goods, packer)

    assert list(NotedAct.objects.order_by("at", "pk").values_list("what", flat=True)) == [
        "Accepted an order", "Packed an order",
    ]  # fmt: skip


def test_fifty_acts_over_a_line_that_breaks_at_random_are_each_noted_once(paid, packer, visitor):
    """A queue as the page keeps it: what got no answer is sent again, whether or not it had arrived."""
    visitor.force_login(packer)
    line, dice = line_of(paid.goods), random.Random(50)
    moment = timezone.now() - timedelta(hours=1)
    queue = [
        {
            "id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            "kind": "unpack" if number % 2 else "pack",
            "line": str(line.pk),
            "happened_at": (moment + timedelta(seconds=number)).isoformat(),
        }
        for number in range(50)
    ]
    waiting, sent = list(queue), 0
    while waiting:
        fate = dice.choice(["lost on the way", "answer lost", "answered"])
        if fate == "lost on the way":
            continue
        answer = visitor.post(
            f"/sell/orders/{paid.goods.number}/acts/", waiting[0], content_type="application/json"
        )
        sent += 1
        assert answer.json()["noted"] is True
        if fate == "answered":
            waiting.pop(0)

    assert sent > 50
    assert sorted(str(pk) for pk in PackingAct.objects.values_list("pk", flat=True)) == sorted(
        act["id"] for act in queue
    )
    assert Tick.objects.get(line=line).is_packed is False  # the fiftieth took it out again


def test_two_phones_with_the_same_act_at_once_note_it_once(paid, packer):
    act, barrier, noted = said("ready"), Barrier(4), []

    def phone():
        barrier.wait()
        try:
            noted.append(note(act, paid.goods, packer).is_repeated)
        finally:
            connection.close()

    threads = [Thread(target=phone) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(noted) == [False, True, True, True]
    assert PackingAct.objects.count() == 1
    assert NotedAct.objects.filter(what="Packed an order").count() == 1


@pytest.fixture
def ducks(household):
    """Two ducks of about 2,5 kg at 100.000 ₫ a kilogram, ordered and paid."""
    duck = ProduceFactory(
        title="Vịt bầu", category="livestock", unit="head", weight_g=2_500, price_vnd=250_000,
        stock=10, is_weighed=True, seller=household,
    )  # fmt: skip
    order = place((duck, 2))
    pay(order)
    return order.suborders.get()


def test_a_parcel_is_not_closed_before_its_ducks_are_weighed(ducks, packer):
    line = line_of(ducks)

    for act in (said("pack", line=line), said("ready")):
        with pytest.raises(NotWeighed, match="Weigh it first: Vịt bầu"):
            note(act, ducks, packer)

    assert not PackingAct.objects.exists()


def test_weighing_from_a_phone_brings_the_price_to_the_weight_once(ducks, packer):
    line = line_of(ducks)
    weighing = said("weigh", line=line, weight_g=4_800)

    note(weighing, ducks, packer)
    note(weighing, ducks, packer)
    note(said("ready"), ducks, packer)

    weight = CatchWeight.objects.get(line=line)
    assert (weight.weight_g, weight.price_vnd) == (4_800, 480_000)
    assert Weighing.objects.count() == 1
    assert Tick.objects.get(line=line).is_packed
    assert Preparation.objects.get(part=ducks).state == "ready"


def test_the_sellers_pages_say_the_weighed_price_beside_the_most_it_could_be(ducks, packer, visitor):
    visitor.force_login(packer)
    addresses = f"/sell/orders/{ducks.number}/", "/sell/"

    before = [visitor.get(address).content.decode() for address in addresses]
    note(said("weigh", line=line_of(ducks), weight_g=4_800), ducks, packer)
    after = [visitor.get(address).content.decode() for address in addresses]

    for page in before:
        assert "About 500.000 ₫, at most 550.000 ₫." in page.replace("\xa0", " ")
    for page in after:
        assert "So it costs 480.000 ₫. At most it would be 550.000 ₫." in page.replace("\xa0", " ")


def test_the_page_takes_kilograms_with_a_comma_and_says_what_it_cannot_read(ducks, packer, visitor):
    visitor.force_login(packer)
    address, line = f"/sell/orders/{ducks.number}/acts/", line_of(ducks)
    form = {"id": str(uuid.uuid4()), "kind": "weigh", "line": line.pk}

    for wrong in ("", "much", "-3", "4,8,1", "1000", "0"):
        page = visitor.post(address, form | {"weight": wrong})
        assert page.status_code == 422
        assert "kilogram" in page.content.decode()
    assert visitor.post(address, form | {"weight": "4,8 kg"}).status_code == 302

    assert CatchWeight.objects.get(line=line).weight_g == 4_800


def test_a_line_is_packed_from_a_lot_by_the_weight_of_its_packs(paid, packer):
    today = timezone.localdate()
    lot = Lot.objects.create(
        code="HTTK2M7Q", seller=paid.seller, product=paid.rice.product, harvested_on=today,
        quantity_g=50_000, storage="dry", created_at=timezone.now(),
    )  # fmt: skip

    note(said("pack", line=line_of(paid.goods), lot_id=lot.pk), paid.goods, packer)

    packed = PackedLine.objects.get()
    assert (packed.lot, packed.line, packed.weight_g, packed.by) == (lot, line_of(paid.goods), 10_000, packer)

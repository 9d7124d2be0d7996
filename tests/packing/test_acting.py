"""What phones say while they pack: once, however often, however late, in whatever order."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from marketplace.packing import services as packing
from marketplace.packing.errors import ActConflict, ActTooOld, NotByWeight, NotOfThisOrder
from marketplace.packing.models import PackingAct, Preparation, Tick
from marketplace.sellers.models import Act as NotedAct
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

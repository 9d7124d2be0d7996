"""The roll-out: the pilot first, a list that must be done, and words the next commune can copy."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.services import grant_role
from marketplace.delivery.models import PostOffice, Route, RouteStop
from marketplace.indicators import plan, services
from marketplace.indicators.errors import PilotFirst
from marketplace.indicators.models import Fact, RollOut, Step, StepMark, Target
from marketplace.joining.models import Consent
from marketplace.places.models import Commune
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import PartClock
from tests.factories import ProduceFactory, SellerFactory, UserFactory, commune_named
from tests.statistics.orders import order_of

pytestmark = pytest.mark.django_db

PILOT, NEXT = "03127", "03325"  # Phường Điện Biên Phủ and Xã Mường Phăng, neighbours
BY_HAND = ["meeting", "photos", "packing"]


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def make_ready(commune: Commune) -> None:
    """Give a commune all that the market counts by itself."""
    office = PostOffice.objects.create(code=f"3{commune.code}", name="Bưu cục", commune=commune, address="-")
    route = Route.objects.create(code=f"R{commune.code}", name="Đường thư", office=office, weekdays=[0])
    RouteStop.objects.create(route=route, office=office, place=1)
    agent = UserFactory()
    grant_role(user=agent, role="agent", post_office=office.code)
    sellers = [SellerFactory(commune=commune) for _ in range(10)]
    deliver(sellers[0])
    for key, value in (("covered-percent", 95), ("wallet-points", 2)):
        Fact.objects.create(
            key=key, commune_code=commune.code, value=value, valid_from=timezone.localdate(), source="BC 2"
        )


def deliver(seller: Any, *, times: int = 1) -> None:
    """List something of a seller, and deliver ``times`` paid orders of it."""
    rice = ProduceFactory(seller=seller, commune=seller.unit)
    now = timezone.now()
    for _ in range(times):
        order = order_of((rice, 1, 50_000))
        part = SubOrder.objects.create(
            order=order, seller=seller, number=order.number, lines_vnd=50_000, due_now_vnd=50_000,
            status="paid", placed_at=now, paid_at=now,
        )  # fmt: skip
        PartClock.objects.create(part=part, delivered_at=now, release_at=now + timedelta(days=2))


def planned(code: str, wave: int, **facts: Any) -> RollOut:
    commune = Commune.objects.get(code=code, valid_to=None)
    return RollOut.objects.create(
        commune=commune, wave=wave, planned_on=timezone.localdate(), planned_by=UserFactory(), **facts
    )


def mark(client: Any, code: str, step: str, how: str = "", **facts: str) -> Any:
    body = {"mark_id": str(uuid.uuid4()), "step": step, "is_done": "1", "words": how} | facts
    return client.post(f"/board/rollout/{code}/steps/", body)


def test_a_commune_goes_the_whole_way_from_the_plan_to_live(official):
    make_ready(commune_named("Điện Biên Phủ"))
    path = f"/board/rollout/{PILOT}"

    official.post(f"{path}/plan/", {"wave": "1", "planned_on": "2026-12-01"})
    too_early = mark(official, PILOT, "meeting")
    official.post(f"{path}/begin/")
    for step in BY_HAND[:2]:
        mark(official, PILOT, step)
    too_soon = official.post(f"{path}/live/")
    mark(official, PILOT, "packing", "Bọc hai lớp.")
    done = official.post(f"{path}/live/", follow=True)

    assert too_early.status_code == 409
    assert "has not begun yet" in words(too_early)
    assert too_soon.status_code == 409
    assert "cannot go live yet. Still open: A parcel was packed and sent as a trial." in words(too_soon)
    assert "The list: 10 of 10 done" in words(done)
    assert "Phường Điện Biên Phủ is live." in words(done)
    roll_out = RollOut.objects.get()
    assert roll_out.begun_at < roll_out.live_at


def test_no_commune_begins_before_a_pilot_is_live(official):
    pilot, later = planned(PILOT, 1), planned(NEXT, 2)

    refused = official.post(f"/board/rollout/{NEXT}/begin/")
    assert refused.status_code == 409
    assert "Xã Mường Phăng cannot begin yet: no pilot commune is live." in words(refused)
    services.begin(roll_out_id=pilot.pk, now=timezone.now())
    with pytest.raises(PilotFirst):
        services.begin(roll_out_id=later.pk, now=timezone.now())
    RollOut.objects.filter(pk=pilot.pk).update(live_at=timezone.now())

    begun = services.begin(roll_out_id=later.pk, now=timezone.now())
    again = services.begin(roll_out_id=later.pk, now=timezone.now() + timedelta(days=1))

    assert begun.begun_at == again.begun_at


def test_a_commune_that_has_begun_keeps_its_wave(official):
    planned(PILOT, 1, begun_at=timezone.now())

    moved = official.post(f"/board/rollout/{PILOT}/plan/", {"wave": "3", "planned_on": "2026-12-01"})
    wrong = official.post(f"/board/rollout/{NEXT}/plan/", {"wave": "21", "planned_on": "soon"})

    assert (moved.status_code, wrong.status_code) == (409, 422)
    assert "has begun already" in words(moved)
    assert "There are at most 20 waves. " in words(wrong)
    assert RollOut.objects.get().wave == 1


def test_what_the_pilot_did_stands_at_the_same_step_of_the_next(official, of_phang):
    now = timezone.now()
    planned(PILOT, 1, begun_at=now - timedelta(days=9), live_at=now)
    planned(NEXT, 2, begun_at=now)
    mark(official, PILOT, "meeting", "Họp ở từng bản.")
    mark(official, PILOT, "meeting", "Họp ở từng bản, buổi tối.")

    page = of_phang.get(f"/board/rollout/{NEXT}/")

    assert "Điện Biên Phủ : “Họp ở từng bản, buổi tối.”" in words(page)
    assert "“Họp ở từng bản.”" not in words(page)
    assert page.context["neighbours"] == ["Điện Biên Phủ"]


def test_a_mark_sent_twice_is_one_and_the_last_mark_counts(of_phang):
    roll_out = planned(NEXT, 1, begun_at=timezone.now())
    body = {"mark_id": str(uuid.uuid4()), "step": "meeting", "is_done": "1", "words": "Xong."}

    first = of_phang.post(f"/board/rollout/{NEXT}/steps/", body)
    second = of_phang.post(f"/board/rollout/{NEXT}/steps/", body)
    unknown = mark(of_phang, NEXT, "dance")
    mark(of_phang, NEXT, "meeting", is_done="0")

    assert (first.status_code, second.status_code, unknown.status_code) == (302, 302, 404)
    assert StepMark.objects.count() == 2
    (row,) = plan.rows_of([roll_out], today=timezone.localdate())
    meeting = next(line for line in row.lines if line.step.code == "meeting")
    assert not meeting.is_done


def test_a_commune_official_sees_and_marks_the_own_commune_and_decides_nothing(of_phang):
    planned(PILOT, 1, begun_at=timezone.now())
    planned(NEXT, 1)

    assert of_phang.get(f"/board/rollout/{PILOT}/").status_code == 404
    assert mark(of_phang, PILOT, "meeting").status_code == 404
    acts = [of_phang.post(f"/board/rollout/{NEXT}/{act}/").status_code for act in ("plan", "begin", "live")]
    assert acts == [403, 403, 403]
    plan_page = of_phang.get("/board/rollout/")
    assert [row.commune.code for row in plan_page.context["planned"]] == [NEXT]
    assert not StepMark.objects.exists()


def test_the_funnel_counts_each_seller_as_far_as_it_came_against_the_commune_s_target(official):
    phang = commune_named("Mường Phăng")
    SellerFactory(commune=phang)
    ProduceFactory(seller=SellerFactory(commune=phang), commune=phang)
    deliver(SellerFactory(commune=phang))
    deliver(SellerFactory(commune=phang), times=2)
    asked = {"agent": UserFactory(), "phone": "+84399222333", "scopes": ["listing"], "name": "Lò Văn An"}
    moments = {"sent_at": timezone.now(), "expires_at": timezone.now() + timedelta(hours=1)}
    for _ in range(2):
        Consent.objects.create(**asked, **moments, kind="household", unit=phang, digest="0" * 64)
    Target.objects.create(
        code="RO-03", commune_code=NEXT, value=2, valid_from=timezone.localdate(), source="KH 1"
    )
    planned(NEXT, 1)

    (row,) = plan.rows_of(list(RollOut.objects.all()), today=timezone.localdate())
    with_target = words(official.get(f"/board/rollout/{NEXT}/"))

    assert [(stage.reading.value, stage.percent) for stage in row.funnel] == [
        (5, None),
        (4, 80),
        (3, 75),
        (2, 66),
        (2, 100),
        (1, 50),
    ]
    assert "Have listed something 3 75 % of the step before · target 2" in with_target


def test_the_readiest_neighbours_of_a_live_commune_are_suggested_first(official):
    planned(PILOT, 1, begun_at=timezone.now(), live_at=timezone.now())
    make_ready(commune_named("Tuần Giáo"))

    suggested = official.get("/board/rollout/").context["suggestions"]

    assert suggested[0].row.commune.name == "Tuần Giáo"
    assert suggested[0].neighbours == []
    assert all(suggestion.neighbours == ["Điện Biên Phủ"] for suggestion in suggested[1:])


def test_the_plan_takes_as_many_queries_for_one_commune_as_for_all(official, django_assert_num_queries):
    today = timezone.localdate()
    communes = list(Commune.objects.valid_on(today))
    one = planned(PILOT, 1)

    # Steps, cards, communes, units, facts, targets, marks; sellers' ways and post points.
    with django_assert_num_queries(9):
        plan.rows(communes[:1], {one.commune_id: one}, today=today)
    with django_assert_num_queries(9):
        plan.rows(communes, {one.commune_id: one}, today=today)


def test_the_list_has_ten_steps_each_counted_or_marked(province):
    steps = Step.objects.valid_on(timezone.localdate())

    assert steps.count() == 10
    assert [step.code for step in steps.filter(counted="").order_by("place")] == BY_HAND

"""The whole story on phones of 360 pixels: a farmer joins, lists, weighs, hands over and is paid."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from agriculture.models import Produce
from marketplace.delivery.models import PostOffice, Province, Rate
from marketplace.delivery.services import HOME_PROVINCE
from marketplace.listing.models import Look, Photo
from marketplace.packing.models import Preparation
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.selectors import money_of
from marketplace.settlement.services.booking import payee_of
from payments.ledger import selectors as books
from payments.models import Payout, PayoutBatch
from tests.counter.conftest import agent_of
from tests.e2e.handset import KeyPhone
from tests.e2e.market import Market
from tests.e2e.test_counter import enter, look
from tests.e2e.test_joining import code_on
from tests.factories import UserFactory, commune_named, load_province
from tests.listing.conftest import jpeg
from tests.wallet_operator import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NewPhone = Callable[[], Any]

LATER = timedelta(days=4)  # the buyer's days to complain are over
COUNT_TAPS = (
    "taps = 0; addEventListener('pointerdown', (event) => { taps += event.isTrusted ? 1 : 0; }, true);"
)


@pytest.fixture
def new_phone(browser: Any, market: Market) -> Iterator[NewPhone]:
    """Make phones, each with a browser of its own; a script that fails on any of them fails the test."""
    contexts: list[Any] = []
    problems: list[str] = []

    def make() -> Any:
        context = browser.new_context(
            service_workers="block",
            base_url=market.base_url,
            viewport={"width": 360, "height": 740},
            locale="vi-VN",
            has_touch=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def office(transactional_db: None) -> PostOffice:
    """The post office of Sín Chải, where the farmer brings the parcel and the buyer collects it."""
    load_province()
    Province.objects.get_or_create(code=HOME_PROVINCE, defaults={"name": "Điện Biên", "zone": ""})
    for zone in ("Z1", "Z2", "Z3"):
        Rate.objects.get_or_create(
            zone=zone,
            valid_from=date(2025, 1, 1),
            defaults={"first_g": 500, "first_vnd": 15_000, "step_g": 500, "step_vnd": 2_000, "days": 1},
        )
    return PostOffice.objects.create(
        code="381290", name="Sín Chải", commune=commune_named("Sín Chải"), address="Bản Sín Chải"
    )


@pytest.fixture
def farmers(market: Market, office: PostOffice) -> KeyPhone:
    """The farmer's number, with an empty wallet at Viettel Money."""
    number = f"+8439747{secrets.randbelow(10_000):04d}"
    market.wallet.open_wallet(number, name="Vàng Thị Dợ")
    return KeyPhone(market.wallet, number)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg((1600, 1200)))
    return path


def test_a_farmer_joins_lists_weighs_hands_over_and_is_paid(
    market: Market, new_phone: NewPhone, office: PostOffice, farmers: KeyPhone, payer: str, photo: Path
) -> None:
    farmer, buyer, agent, staff = new_phone(), new_phone(), new_phone(), new_phone()

    join(farmer, farmers, market)
    list_rice(farmer, photo)
    be_paid_by_weight(farmer)
    let_it_be_shown(staff)
    paid_vnd = buy_five(buyer, payer, market)
    part = SubOrder.objects.select_related("seller").get()
    wait_until(lambda: told(farmers), "the farmer is told", timeout_s=40, told_by=market.log)
    code = prepare(farmer, part)
    back_vnd = 5_000_000 - paid_vnd + 3_600
    wait_until(lambda: market.wallet.balance_vnd(payer) == back_vnd, "0.2 kg are paid back", timeout_s=30)
    take_in(agent, office, part, code)
    hand_out(agent, buyer, part)

    part.refresh_from_db()
    assert part.clock.delivered_at is not None
    assert market.wallet.balance_vnd(payer) == back_vnd
    share_vnd = money_of(part.seller, now=timezone.now()).held_vnd
    assert shown(farmer)[:3] == [share_vnd, share_vnd, 0]
    settlement.release_due(now=part.clock.delivered_at + LATER)
    account = f"payable:{payee_of(part.seller_id)}"
    assert books.balances_vnd([account]) == {account: share_vnd}
    assert shown(farmer)[:3] == [share_vnd, 0, share_vnd]
    be_paid(market)

    assert shown(farmer) == [share_vnd, 0, 0, 0, share_vnd]
    assert books.balances_vnd([account]).get(account, 0) == 0
    assert market.wallet.balance_vnd(farmers.number) == share_vnd
    assert Payout.objects.get().amount_vnd == share_vnd
    # 4.8 kg at 18,000 ₫ are 86,400 ₫, less 5 % for the market, 1 % VAT and 0.5 % income tax.
    assert share_vnd == 86_400 - 4_320 - 864 - 432
    assert market.wallet.books_are_right()


def join(page: Any, handset: KeyPhone, market: Market) -> None:
    page.goto("/join/")
    look(page)
    page.fill("main input[name=phone]", handset.number)
    page.locator("main form button").first.click()
    page.wait_for_url("**/join/code/")
    page.fill("main input[name=code]", code_on(handset, market))
    look(page)
    page.locator("main button[value=verify]").click()
    for step, typed, answer in (
        ("what", "", "main button[value=produce]"),
        ("name", "Vàng Thị Dợ", "main form button"),
        ("commune", "", "main button:has-text('Sín Chải')"),
        ("hamlet", "Bản Sín Chải", "main form.panel button"),
        ("kind", "", "main button[value=household]"),
        ("wallet", "", "main button[value=viettel]"),
    ):
        page.wait_for_url(f"**/join/{step}/")
        look(page)
        if typed:
            page.fill(f"main input[name={step}]", typed)
        page.locator(answer).first.click()
    page.wait_for_url("**/join/done/")
    look(page)
    page.locator("main a.joining__go").click()
    page.wait_for_url("**/sell/new/")


def list_rice(page: Any, photo: Path) -> None:
    """50 kg at 18,000 ₫, in at most five taps after the photo. What the keyboard writes is no tap."""
    page.set_input_files("#photo", photo)
    page.locator("button[name=crop][value=gao]").wait_for()
    look(page)
    page.evaluate(COUNT_TAPS)
    page.locator("button[name=crop][value=gao]").click()
    look(page)
    page.locator("button[name=quantity][value='50']").click()
    look(page)
    page.locator("button[name=unit][value=kg]:visible").click()
    page.locator("[data-step=price]").wait_for()
    look(page)
    page.keyboard.type("18k")
    page.locator("[data-step=price] .btn--primary").click()
    page.locator("[data-step=check] .btn--pay").wait_for()
    look(page)
    with page.expect_request("**/sell/new/send/"):
        page.locator("[data-step=check] .btn--pay").click()
        assert page.evaluate("taps") <= 5
    page.wait_for_url("**/done/")
    look(page)
    wait_until(lambda: Photo.objects.get().state == "ready", "the pictures are made", timeout_s=30)
    page.goto("/sell/products/")
    look(page)


def be_paid_by_weight(page: Any) -> None:
    page.goto("/sell/harvests/goods/")
    page.locator("main a[href*='/goods/']").last.click()
    page.wait_for_url(re.compile(r"/goods/\d+/$"))
    page.check("input[name=is_weighed][value=yes]")
    look(page)
    page.locator("main form .btn--primary").click()
    page.wait_for_url("**/goods/")
    assert Produce.objects.get().is_weighed


def let_it_be_shown(page: Any) -> None:
    """Somebody of the market looks at the first goods of a new seller, and at the seller."""
    person = UserFactory(name="Cà Thị Ly", is_staff=True, is_superuser=True)
    enter(page, person, to="/staff/moderation/")
    for waiting in Look.objects.filter(verdict=Look.Verdict.OPEN):
        page.goto("/staff/moderation/")
        page.locator(f"#look-{waiting.pk} button[value=pass]").click()
        page.wait_for_load_state("networkidle")
    assert not Look.objects.filter(verdict=Look.Verdict.OPEN).exists()


def buy_five(page: Any, payer: str, market: Market) -> int:
    """Find the rice, order five kilograms and pay on the handset; return what was paid, VND."""
    product = Produce.objects.select_related("product").get().product
    page.goto("/produce/?q=gao")
    page.locator(f"main a[href='{product.get_absolute_url()}']").first.click()
    form = page.locator(f"form[action='/basket/add/{product.pk}/']")
    form.locator("input[name=quantity]").fill("5")
    form.locator("button:not([type=button])").click()
    page.wait_for_url("**/basket/")
    look(page)
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Lò Thị Mai")
    page.fill("input[name=phone]", payer)
    page.check("input[name=method][value=post-office]")
    page.select_option("select[name=post_office]", "381290")
    look(page)
    page.locator("form .btn--primary").last.click()
    page.wait_for_url("**/checkout/preview/")
    page.check("input[name=provider][value=viettel]")
    page.fill("input[name=msisdn]", payer)
    look(page)
    page.locator("button.btn--pay").click()
    page.wait_for_url(re.compile("/payments/"))
    handset = page.context.new_page()
    handset.goto(f"{market.wallet.base_url}/phone/{payer}/")
    handset.get_by_label(re.compile("PIN", re.I)).first.fill("135790")
    handset.get_by_role("button", name=re.compile("Xác nhận|Đồng ý|Thanh toán")).first.click()
    page.locator("#payment[data-state=succeeded]").wait_for()
    look(page)
    return 5_000_000 - market.wallet.balance_vnd(payer)


def told(handset: KeyPhone) -> bool:
    """Whether an SMS has come that says how to accept the order."""
    return any("NHAN 1" in text for text in handset.received())


def prepare(page: Any, part: SubOrder) -> str:
    """Say yes, weigh 4.8 kg of the 5 that were ordered, close the parcel; return what to say at the post."""
    page.goto("/sell/")
    look(page)
    page.goto("/sell/orders/")
    look(page)
    page.locator("form[data-act]:has(input[value=accept]) button").click()
    wait_until(
        lambda: Preparation.objects.filter(part=part, accepted_at__isnull=False).exists(), "it is accepted"
    )
    page.goto(f"/sell/orders/{part.number}/")
    look(page)
    page.fill("input[name=weight]", "4,8")
    page.locator("button[value=weigh]").click()
    page.locator("[data-packed=yes]").wait_for()
    look(page)
    page.locator("form[data-act]:has(input[value=ready]) button").click()
    page.locator(".code").wait_for()
    look(page)
    code: str = page.locator(".code").inner_text()
    return code


def take_in(page: Any, office: PostOffice, part: SubOrder, code: str) -> None:
    enter(page, agent_of(office), to="/post/parcels/")
    page.fill("input[name=number]", part.number)
    page.fill("input[name=code]", code)
    look(page)
    page.locator(".parcels__take button").click()
    page.locator(".counter__order", has_text=part.number).wait_for()
    look(page)


def hand_out(agent: Any, buyer: Any, part: SubOrder) -> None:
    """The buyer says the four digits of the order's page, and has the parcel."""
    buyer.goto(f"/orders/{part.order.number}/")
    look(buyer)
    code = buyer.locator(".parcels__code strong").inner_text()
    agent.locator(".counter__order", has_text=part.number).click()
    agent.fill("input[name=code]", code)
    look(agent)
    handing = agent.locator("form[data-act]:has(input[value=to-buyer])")
    handing.locator("button").click()
    handing.wait_for(state="detached")
    look(agent)
    buyer.reload()
    look(buyer)


def shown(page: Any) -> list[int]:
    """Return what the page of the farmer's money says: earned, held, next, on the way, paid. VND."""
    page.goto("/sell/money/")
    figures = page.locator(".figure__value").all_inner_texts()
    return [int(re.sub(r"\D", "", figure)) for figure in figures]


def be_paid(market: Market) -> None:
    """Start a run as the scheduler does, and wait until the operator has paid."""
    # A run of its own: the operator outlives the test, and knows the runs of those before it.
    settlement.pay_out(run_id=uuid4(), now=timezone.now(), by="schedule")
    wait_until(
        lambda: Payout.objects.get().state == Payout.State.SUCCEEDED,
        "the farmer is paid",
        timeout_s=60,
        told_by=lambda: f"{Payout.objects.values()}\n{PayoutBatch.objects.values()}\n{market.log()}",
    )

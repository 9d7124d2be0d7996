"""The small scripts in a real Chromium. Nothing is served: the browser's requests are answered here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, sync_playwright

from tests.e2e.browser import CHROMIUM, FLAGS

SCRIPTS = Path(settings.BASE_DIR) / "frontend" / "static" / "js"
ORIGIN = "http://shop.test"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        CHROMIUM is None, reason="No Chromium on the PATH: the scripts were not tried in one."
    ),
]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    context = browser.new_context(timezone_id="Asia/Ho_Chi_Minh")
    context.set_default_timeout(5_000)
    page = context.new_page()
    page.route(f"{ORIGIN}/js/*", serve_script)
    yield page
    context.close()


def serve_script(route: Route) -> None:
    name = route.request.url.rsplit("/", 1)[1]
    route.fulfill(path=SCRIPTS / name, content_type="text/javascript")


def show(page: Page, body: str, *scripts: str) -> None:
    """Open a page with ``body`` and with ``scripts``, at a fixed moment."""
    tags = "".join(f'<script type="module" src="/js/{name}.js"></script>' for name in scripts)
    html = f"<!doctype html><title>Test</title><body>{body}{tags}"
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(f"{ORIGIN}/", wait_until="load")


STEPPER = """
  <form class="stepper"><button type="button" data-step="-1" hidden>-</button>
  <input type="number" value="1" min="1" max="3"><button type="button" data-step="1" hidden>+</button></form>
"""


def test_the_stepper_stays_between_its_ends_and_tells_the_form(page):
    show(page, STEPPER, "stepper")
    fewer, more = page.get_by_role("button", name="-"), page.get_by_role("button", name="+")
    page.evaluate("document.changes = 0; addEventListener('change', () => document.changes += 1)")

    assert fewer.is_disabled()
    more.click()
    more.click()

    assert page.get_by_role("spinbutton").input_value() == "3"
    assert more.is_disabled()
    assert page.evaluate("document.changes") == 2


def test_the_countdown_counts_and_says_when_it_has_ended(page):
    page.clock.install(time="2026-11-23T14:00:00+07:00")
    page.clock.pause_at("2026-11-23T14:00:01+07:00")
    show(page, '<time data-until="2026-11-23T14:15:00+07:00">14:15</time>', "countdown")
    page.evaluate("addEventListener('countdown:end', () => { document.title = 'ended'; })")

    assert page.locator("time").inner_text() == "14:59"
    page.clock.run_for(60_000)
    assert page.locator("time").inner_text() == "13:59"
    page.clock.run_for(15 * 60_000)

    assert page.locator("time").inner_text() == "00:00"
    assert page.title() == "ended"


@pytest.mark.parametrize(
    ("arrival", "departure", "becomes"),
    [
        ("2026-12-12", "", "2026-12-13"),
        ("2026-12-31", "2026-12-30", "2027-01-01"),
        ("2026-12-12", "2026-12-20", "2026-12-20"),
    ],
)
def test_leaving_is_after_arriving(page, arrival, departure, becomes):
    dates = f'<input type="date" data-arrival><input type="date" data-departure value="{departure}">'
    show(page, f"<form>{dates}</form>", "dates")

    page.locator("[data-arrival]").fill(arrival)

    assert page.locator("[data-departure]").input_value() == becomes


def test_a_form_that_orders_is_sent_once(page):
    show(page, '<form data-once action="/order"><button type="submit">Order</button></form>', "app")
    page.evaluate("""() => {
        document.sent = 0;
        addEventListener("submit", (event) => {
            if (!event.defaultPrevented) document.sent += 1;
            event.preventDefault();
        });
    }""")
    button = page.get_by_role("button")

    button.click()
    button.dispatch_event("click")

    assert button.get_attribute("aria-disabled") == "true"
    assert page.evaluate("document.sent") == 1


def status(state: str) -> str:
    return f'<section data-socket="/ws/7/" data-fragment="/status/" data-state="{state}">{state}</section>'


class Shop:
    """Answers for a payment: what the fragment says, and how often it was asked."""

    def __init__(self, page: Page) -> None:
        self.state, self.asked = "pending", 0
        page.route(f"{ORIGIN}/status/", self.answer)

    def answer(self, route: Route) -> None:
        self.asked += 1
        route.fulfill(body=status(self.state), content_type="text/html")


def test_a_message_makes_the_page_look_and_reload_when_the_payment_is_final(page):
    shop, sockets = Shop(page), []
    page.route_web_socket("ws://shop.test/ws/7/", lambda socket: sockets.append(socket))
    show(page, status("pending"), "payment-status")
    page.wait_for_function("performance.getEntriesByName('http://shop.test/js/payment-status.js').length > 0")

    shop.state = "succeeded"
    with page.expect_navigation():
        sockets[0].send('{"state": "succeeded"}')

    assert shop.asked == 1


def test_without_a_socket_the_page_asks_every_few_seconds(page):
    page.clock.install()
    shop = Shop(page)
    page.route_web_socket("ws://shop.test/ws/7/", lambda socket: socket.close())
    show(page, status("pending"), "payment-status")

    shop.state = "failed"
    with page.expect_navigation():
        page.clock.run_for(5_000)

    assert shop.asked == 1


def test_a_payment_that_is_over_is_not_asked_about(page):
    page.clock.install()
    shop, sockets = Shop(page), []
    page.route_web_socket("ws://shop.test/ws/7/", lambda socket: sockets.append(socket))
    show(page, status("succeeded"), "payment-status")

    page.clock.run_for(60_000)

    assert (shop.asked, sockets) == (0, [])


SPEAKER = '<button type="button" data-speak="ba mươi nghìn đồng" hidden>Read</button>'
# Chromium without a screen has no voices: what would be said is written down instead.
MUTE = """() => {
  document.documentElement.lang = "vi";
  document.said = [];
  speechSynthesis.speak = (words) => document.said.push([words.text, words.lang]);
  speechSynthesis.cancel = () => document.said.push("silence");
}"""


def test_a_button_says_its_words_and_another_tap_stops_them(page):
    show(page, SPEAKER, "speak")
    page.evaluate(MUTE)
    button = page.get_by_role("button", name="Read")

    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    button.click()

    assert button.get_attribute("aria-pressed") == "false"
    assert page.evaluate("document.said") == ["silence", ["ba mươi nghìn đồng", "vi-VN"], "silence"]


def test_where_a_phone_cannot_speak_there_is_no_button(page):
    page.add_init_script("delete window.SpeechSynthesisUtterance")
    show(page, SPEAKER, "speak")

    assert page.get_by_role("button", name="Read").count() == 0

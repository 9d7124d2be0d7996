"""Officials' figures as files and by e-mail."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from openpyxl import load_workbook

from marketplace.accounts.models import RoleAssignment
from marketplace.departments import reports
from marketplace.departments.models import Report, Subscription
from tests.departments.conftest import DAY, NOW, official_of, signed_in
from tests.factories import UserFactory, commune_named

PERIOD = f"?from={DAY}&to={DAY}"
EMAIL = "xuan@dienbien.gov.example"


def read(answer) -> list[dict[str, str]]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.DictReader(io.StringIO(body.decode())))


def subscribed(official, *, every: str = "month") -> Subscription:
    """A report that was confirmed in October."""
    reports.subscribe(official=official, every=every, email=EMAIL, now=NOW)
    Report.objects.all().delete()
    Subscription.objects.update(confirmed_at=datetime(2026, 10, 20, tzinfo=UTC))
    return Subscription.objects.get()


class TestFiles:
    def test_the_province_takes_every_commune_and_a_commune_its_product_groups(self, sold):
        province = signed_in(official_of(None)).get(f"/board/reports/figures.csv{PERIOD}")
        commune = signed_in(official_of(commune_named("Sín Chải"))).get(f"/board/reports/figures.csv{PERIOD}")

        assert [row["net_vnd"] for row in read(province)][:3] == ["400000", "70000", "0"]
        assert [(row["code"], row["net_vnd"]) for row in read(commune)] == [("rice", "70000")]

    def test_what_a_commune_official_may_not_see_is_withheld(self, sold):
        client = signed_in(official_of(commune_named("Nà Tấu")))

        rows = read(client.get(f"/board/reports/figures.csv{PERIOD}&by=commune"))

        shown = {row["name"]: (row["net_vnd"], row["suppressed"]) for row in rows}
        assert shown["Sín Chải"] == ("", "true")
        assert shown["Nà Tấu"] == ("0", "false")
        assert read(client.get(f"/board/reports/daily.csv{PERIOD}")) == []

    def test_every_form_of_the_files(self, sold):
        client = signed_in(official_of(None))

        assert client.get(f"/board/reports/figures.pdf{PERIOD}").content.startswith(b"%PDF-")
        book = load_workbook(io.BytesIO(client.get(f"/board/reports/figures.xlsx{PERIOD}").content))
        assert book["Sales"]["C2"].value == 400_000
        assert client.get(f"/board/reports/figures.json{PERIOD}").json()["total"]["net_vnd"] == 470_000
        daily = b"".join(client.get(f"/board/reports/daily.json{PERIOD}").streaming_content)
        assert daily.count(b"unit_code") == 2
        marked = b"".join(client.get(f"/board/reports/daily.csv{PERIOD}&bom=1").streaming_content)
        assert marked.startswith(b"\xef\xbb\xbfday,unit_code")
        rows = load_workbook(io.BytesIO(b"".join(client.get(f"/board/reports/daily.xlsx{PERIOD}"))))["Sales"]
        assert rows.max_row == 3

    @pytest.mark.parametrize(
        ("question", "words"),
        [
            ("?from=2026-11-03&to=2026-11-02", "ends on 2026-11-02, before it begins"),
            ("?from=2026-11-03&by=seller", "cannot be broken down by “seller”"),
            ("?commune=03317", "No commune has the code “03317”"),
            ("?boundaries=1999", "There are no boundaries “1999”"),
        ],
    )
    def test_a_wrong_question_is_answered_with_what_is_wrong(self, province, question, words):
        answer = signed_in(official_of(None)).get(f"/board/reports/figures.csv{question}")

        assert answer.status_code == 400
        assert words in answer.content.decode()

    @pytest.mark.parametrize("path", ["", f"figures.csv{PERIOD}", f"daily.csv{PERIOD}"])
    def test_nobody_else_gets_a_file(self, province, path):
        assert Client().get(f"/board/reports/{path}").status_code == 302
        assert signed_in(UserFactory()).get(f"/board/reports/{path}").status_code == 403


class TestMail:
    def test_a_report_begins_only_after_the_letter_was_opened(self, sold):
        official = official_of(commune_named("Sín Chải"))
        client = signed_in(official)
        client.post("/board/reports/", {"every": "month", "email": EMAIL})
        client.post("/board/reports/", {"every": "month", "email": EMAIL})
        [asked] = Report.objects.all()

        assert reports.deliver(report_id=asked.pk, now=asked.queued_at) is True

        [letter] = mail.outbox
        assert letter.to == [EMAIL]
        path = re.search(r"http://[^/]+(/board/reports/confirm/\S+/)", letter.body)[1]
        assert Subscription.objects.get().confirmed_at is None
        assert client.get(path).status_code == 200
        client.post(path)
        assert Subscription.objects.get().confirmed_at is not None

    def test_a_letter_opens_nothing_for_somebody_else(self, sold):
        subscription = reports.subscribe(official=official_of(None), every="month", email=EMAIL, now=NOW)
        path = f"/board/reports/confirm/{reports.token_of(subscription)}/"

        assert signed_in(official_of(None)).post(path).status_code == 404
        assert signed_in(subscription.official).post("/board/reports/confirm/forged/").status_code == 404
        assert Subscription.objects.get().confirmed_at is None

    def test_the_first_of_a_month_brings_the_report_of_the_month_before_once(self, sold):
        subscribed(official_of(commune_named("Sín Chải")))

        assert (reports.write_due(now=NOW), reports.write_due(now=NOW)) == (1, 0)
        report = Report.objects.get()
        reports.deliver(report_id=report.pk, now=NOW)

        assert (report.first_day, report.last_day) == (date(2026, 11, 1), date(2026, 11, 30))
        [letter] = mail.outbox
        assert "70.000\u00a0₫" in letter.body
        assert [attachment[0] for attachment in letter.attachments] == [
            "muongthen-2026-11-01-2026-11-30.pdf",
            "muongthen-2026-11-01-2026-11-30.xlsx",
        ]

    def test_before_seven_in_the_morning_nothing_is_written(self, sold):
        subscribed(official_of(None))

        assert reports.write_due(now=datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == 0

    def test_a_week_is_monday_to_sunday(self):
        assert reports.last_period("week", today=date(2026, 12, 1)) == reports.Period(
            date(2026, 11, 23), date(2026, 11, 29)
        )

    def test_who_is_no_official_any_more_gets_nothing(self, sold):
        official = official_of(commune_named("Sín Chải"))
        subscribed(official)
        reports.write_due(now=NOW)
        RoleAssignment.objects.filter(user=official).delete()

        assert reports.deliver(report_id=Report.objects.get().pk, now=NOW) is False

        assert mail.outbox == []
        assert Report.objects.get().state == "failed"
        assert Subscription.objects.get().ended_at == NOW

    def test_a_mail_server_that_is_down_is_asked_again(self, sold, settings):
        subscribed(official_of(None))
        reports.write_due(now=NOW)
        report = Report.objects.get()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

        assert reports.deliver(report_id=report.pk, now=NOW) is False

        report.refresh_from_db()
        assert (report.state, report.next_try_at) == ("queued", NOW + timedelta(minutes=1))
        assert report.error.startswith("ConnectionRefusedError")

    def test_another_address_ends_the_one_before_and_must_be_confirmed_itself(self, sold):
        official = official_of(None)
        first = subscribed(official)

        second = reports.subscribe(official=official, every="month", email="other@gov.example", now=NOW)

        first.refresh_from_db()
        assert first.ended_at == NOW
        assert second.confirmed_at is None

    def test_a_report_is_ended_by_its_official_only(self, sold):
        subscription = subscribed(official_of(None))
        path = f"/board/reports/{subscription.pk}/stop/"

        assert signed_in(official_of(None)).post(path).status_code == 404
        assert signed_in(subscription.official).post(path).status_code == 302

        subscription.refresh_from_db()
        assert subscription.ended_at is not None

    def test_a_market_that_sends_no_mail_says_so(self, province, settings):
        settings.EMAIL_BACKEND = reports.NO_MAIL
        client = signed_in(official_of(None))

        assert "sends no e-mail yet" in client.get("/board/reports/").content.decode()
        assert client.post("/board/reports/", {"every": "week", "email": EMAIL}).status_code == 422
        assert not Subscription.objects.exists()

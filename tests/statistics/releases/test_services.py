import json
import random
import re
import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from marketplace.sellers.models import Member
from marketplace.statistics.models import SaleLine
from marketplace.statistics.releases import attacking, errors, services, verification
from marketplace.statistics.releases.counting import Key
from marketplace.statistics.releases.models import Release, ReleaseTable, Waiver
from marketplace.statistics.services import write_refund
from tests.factories import SellerFactory, UserFactory, commune_named
from tests.statistics.orders import at, rice_of, room_in, sell, sell_from

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
OLD_DAY = date(2025, 6, 30)

pytestmark = pytest.mark.usefixtures("province")


def release(month: date, **options) -> Release:
    """Release ``month`` on the fifth of the month after."""
    last = services.last_day_of(month)
    now = datetime(last.year + last.month // 12, last.month % 12 + 1, 5, 9, tzinfo=HANOI)
    SaleLine.objects.update(recorded_at=datetime(2026, 1, 1, tzinfo=HANOI))
    return services.make_release(month=month, now=now, **options)


def rows(found: Release, table: str) -> dict[tuple[str, str], dict]:
    document = json.loads(found.tables.get(name=table).document)
    return {(row["area"], row["what"]): row for row in document["rows"]}


def code_of(name: str) -> str:
    return f"2025/{commune_named(name).code}"


def sell_a_month(month: date) -> None:
    """Three busy communes, five of one or two households, on both boundaries, goods and nights."""
    chance = random.Random(month.month)
    for name, sellers in (
        ("Mường Phăng", 6),
        ("Nà Tấu", 4),
        ("Búng Lao", 3),
        ("Sín Chải", 2),
        ("Na Sang", 1),
    ):
        for _ in range(sellers):
            sell((rice_of(commune_named(name)), 1, chance.randrange(100_000, 900_000)), on=month)
    for name in ("Leng Su Sìn", "Sen Thượng", "Pu Nhi"):
        sell_from(commune_named(name, OLD_DAY), chance.randrange(100_000, 900_000), on=month, sellers=2)
    for name in ("Mường Phăng", "Nà Tấu"):
        sell((room_in(commune_named(name)), 2, chance.randrange(100_000, 900_000)), on=month)


class TestMaking:
    def test_what_three_sold_is_shown_and_what_two_sold_is_withheld_with_what_gives_it_away(self):
        for name, sellers in (("Mường Phăng", 3), ("Nà Tấu", 4), ("Sín Chải", 2)):
            sell_from(commune_named(name), 100_000, on=JANUARY, sellers=sellers)

        found = rows(release(JANUARY), "communes")

        assert found["", ""] == {
            "area": "", "what": "", "name": "Total", "suppressed": False,
            "net_vnd": 900_000, "sold_vnd": 900_000, "refunded_vnd": 0,
            "orders": 9, "sellers": 9, "quantity": 9,
        }  # fmt: skip
        hidden = {row["name"] for (area, what), row in found.items() if row["suppressed"] and not what}
        assert hidden == {"Xã Sín Chải", "Xã Mường Phăng"}
        assert found[code_of("Nà Tấu"), ""]["net_vnd"] == 400_000
        assert found[code_of("Mường Phăng"), ""]["net_vnd"] is None

    def test_both_boundaries_add_up_to_the_same(self):
        for name in ("Pá Khoang", "Leng Su Sìn"):
            sell_from(commune_named(name, OLD_DAY), 100_000, on=JANUARY, sellers=4)
        sell_from(commune_named("Nà Tấu"), 70_000, on=JANUARY, sellers=4)

        found = release(JANUARY)

        for table in ("communes", "units"):
            each = [row["net_vnd"] for (area, what), row in rows(found, table).items() if area and not what]
            assert sum(each) == 1_080_000
        assert rows(found, "units")["2024/unknown", ""]["net_vnd"] == 280_000

    def test_sellers_of_one_household_count_as_one(self):
        household = UserFactory()
        for _ in range(3):
            seller = SellerFactory(commune=commune_named("Nà Tấu"))
            Member.objects.create(seller=seller, user=household)
            sell((rice_of(commune_named("Nà Tấu"), seller=seller), 1, 100_000), on=JANUARY)
        sell_from(commune_named("Búng Lao"), 100_000, on=JANUARY, sellers=5)

        found = rows(release(JANUARY), "communes")

        assert found[code_of("Nà Tấu"), ""]["suppressed"]
        assert found["", ""]["net_vnd"] == 800_000

    def test_a_co_operative_that_consented_is_shown_alone(self):
        seller = SellerFactory(commune=commune_named("Nà Tấu"))
        Waiver.objects.create(
            seller=seller, by=UserFactory(), consented_at=datetime(2026, 1, 1, tzinfo=HANOI)
        )
        sell((rice_of(commune_named("Nà Tấu"), seller=seller), 1, 100_000), on=JANUARY)

        assert rows(release(JANUARY), "communes")[code_of("Nà Tấu"), ""]["net_vnd"] == 100_000

    def test_the_attacker_learns_nothing_from_three_months_and_their_sums(self):
        for month in (JANUARY, FEBRUARY, MARCH):
            sell_a_month(month)
            release(month)

        attacks = attacking.attack_releases()

        assert [one for one in attacks if one.exposed] == []
        assert {(one.year, one.subject, one.measure) for one in attacks} >= {
            (2026, "sales", "net_vnd"), (2026, "sales", "orders"), (2026, "sales", "quantity"),
            (2026, "refunds", "refunded_vnd"),
        }  # fmt: skip
        assert next(one for one in attacks if one.measure == "net_vnd").protected > 30

    def test_one_household_s_refunds_are_withheld_where_what_all_sold_is_shown(self):
        sell_from(commune_named("Nà Tấu"), 100_000, on=JANUARY, sellers=5)
        [sale] = sell((rice_of(commune_named("Nà Tấu")), 1, 400_000), on=JANUARY)
        sell_from(commune_named("Búng Lao"), 100_000, on=JANUARY, sellers=5)
        write_refund(
            order_id=sale.order_id, amounts_vnd={sale.order_line_id: 300_000},
            refund_id=uuid.UUID(int=1), refunded_at=at(JANUARY, hour=15),
        )  # fmt: skip

        found = rows(release(JANUARY), "communes")

        shown = {name: found[code_of("Nà Tấu"), ""][name] for name in ("net_vnd", "sold_vnd", "refunded_vnd")}
        assert shown == {"net_vnd": 600_000, "sold_vnd": None, "refunded_vnd": None}
        assert found[code_of("Búng Lao"), ""]["sold_vnd"] == 500_000
        assert found["", ""]["refunded_vnd"] is None
        assert not found["", ""]["suppressed"]

    def test_the_attacker_succeeds_when_only_what_tells_too_much_is_withheld(self):
        sell_a_month(JANUARY)
        found = release(JANUARY)
        assert [one for one in attacking.attack_releases() if one.exposed] == []

        withheld = {
            Key("2026-01", *key)
            for table in ("communes", "units", "groups")
            for key, row in rows(found, table).items()
            if row["suppressed"]
        }
        secondary = withheld - attacking.protected_keys(found)
        weak = attacking.attack_releases(showing=frozenset(secondary))

        assert secondary
        assert {one.measure for one in weak if one.exposed} == {"net_vnd", "orders", "quantity"}

    def test_months_are_released_in_order_and_once_and_when_they_are_over(self):
        sell_from(commune_named("Nà Tấu"), 100_000, on=JANUARY, sellers=3)
        release(JANUARY)

        with pytest.raises(errors.MonthReleased, match=r"released as number 1.*--revise"):
            release(JANUARY)
        with pytest.raises(errors.MonthLeftOut, match="make_release 2026-02"):
            release(MARCH)
        with pytest.raises(errors.MonthNotOver, match="2026-02 is not over on 2026-02-28"):
            services.make_release(month=FEBRUARY, now=datetime(2026, 2, 28, 23, tzinfo=HANOI))
        assert Release.objects.count() == 1

    def test_a_revision_is_a_number_of_its_own_and_shows_nothing_that_was_withheld(self):
        sell_from(commune_named("Nà Tấu"), 100_000, on=JANUARY, sellers=5)
        sell_from(commune_named("Búng Lao"), 100_000, on=JANUARY, sellers=2)
        sell_from(commune_named("Mường Phăng"), 100_000, on=JANUARY, sellers=3)
        first = release(JANUARY)
        sell_from(commune_named("Búng Lao"), 100_000, on=JANUARY, sellers=2)

        second = release(JANUARY, revise=True, changelog="Two orders of 1 January came in late.")

        assert (second.number, second.revision, second.previous) == (2, 1, first)
        communes = rows(second, "communes")
        assert communes["", ""]["net_vnd"] == 1_200_000
        assert {key for key, row in rows(first, "communes").items() if row["suppressed"]} <= {
            key for key, row in communes.items() if row["suppressed"]
        }

    def test_the_first_release_of_a_year_may_be_a_later_month_and_tells_nothing_of_those_before(self):
        sell_from(commune_named("Nà Tấu"), 100_000, on=JANUARY, sellers=1)
        sell_from(commune_named("Nà Tấu"), 100_000, on=FEBRUARY, sellers=5)
        sell_from(commune_named("Búng Lao"), 100_000, on=FEBRUARY, sellers=5)

        found = release(FEBRUARY)

        month, year = rows(found, "communes"), rows(found, "communes-to-date")
        # The month and the year to date together would say what one household sold in January.
        assert month[code_of("Nà Tấu"), ""]["suppressed"] or year[code_of("Nà Tấu"), ""]["suppressed"]
        assert [one for one in attacking.attack_releases() if one.exposed] == []


class TestVerifying:
    def test_releases_stay_what_was_signed_and_counting_again_gives_the_same_digits(self, capsys):
        for month in (JANUARY, FEBRUARY):
            sell_a_month(month)
            release(month)
        # What came later does not count: it was recorded after the moment of the release.
        sell_from(commune_named("Nà Tấu"), 5_000_000, on=JANUARY)

        call_command("verify_release", verbosity=0)

        assert "2 releases are as they were signed" in capsys.readouterr().out

    def test_an_edited_figure_is_found(self):
        sell_a_month(JANUARY)
        table = release(JANUARY).tables.get(name="communes")
        edited = re.sub(r'"sellers":(\d)', r'"sellers":1\1', table.document, count=1)
        ReleaseTable.objects.filter(pk=table.pk).update(document=edited)

        with pytest.raises(CommandError, match=r"Release 1 .* the table “communes” was changed"):
            call_command("verify_release", verbosity=0)

    def test_a_release_left_out_is_found(self):
        for month in (JANUARY, FEBRUARY, MARCH):
            release(month)
        first, second, third = Release.objects.order_by("number")
        for left_out in (third, second):
            left_out.tables.all().delete()
            left_out.delete()
        third.previous = first
        third.save(force_insert=True)

        with pytest.raises(errors.ReleaseBroken, match=r"Release 3 .*one was changed, left out or put in"):
            verification.verify_chain()

    def test_a_signature_of_somebody_else_is_found_and_a_former_key_is_trusted_when_it_is_listed(self):
        key = release(JANUARY).public_key

        with override_settings(RELEASE_SIGNING_KEY="11" * 32):
            with pytest.raises(errors.ReleaseBroken, match="RELEASE_FORMER_KEYS"):
                verification.verify_chain()
            with override_settings(RELEASE_FORMER_KEYS=[key]):
                assert verification.verify_chain() == 1

    def test_lines_that_were_changed_are_found(self):
        sell_a_month(JANUARY)
        made = release(JANUARY)
        line = SaleLine.objects.filter(commune__name="Mường Phăng", kind="goods").first()
        SaleLine.objects.filter(pk=line.pk).update(amount_vnd=line.amount_vnd + 1)

        with pytest.raises(errors.ReleaseBroken, match=r"net_vnd is .* and the lines of then give"):
            verification.verify_figures(made)

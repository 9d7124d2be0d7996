import json

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.statistics.releases import tasks
from marketplace.statistics.releases.models import Release, ReleaseTable
from tests.factories import commune_named
from tests.statistics.orders import sell_from
from tests.statistics.releases.test_services import JANUARY, release

pytestmark = pytest.mark.usefixtures("province")


def test_a_month_is_released_once_on_its_fifth_day_or_later():
    is_due = timezone.localdate().day >= tasks.RELEASE_DAY

    first, second = tasks.release_last_month(), tasks.release_last_month()

    assert (first, second) == (1 if is_due else None, None)
    assert Release.objects.count() == int(is_due)


def test_a_figure_that_should_have_been_withheld_is_reported(caplog, capsys):
    for name, sellers in (("Mường Phăng", 3), ("Nà Tấu", 5), ("Sín Chải", 1)):
        sell_from(commune_named(name), 100_000, on=JANUARY, sellers=sellers)
    found = release(JANUARY)
    call_command("attack_releases")
    assert tasks.attack_releases() == 0

    # As if the commune that hides the household had been published.
    table = ReleaseTable.objects.get(release=found, name="communes")
    document = json.loads(table.document)
    for row in document["rows"]:
        if row["name"].startswith("Xã Mường Phăng"):
            row |= {"suppressed": False, "net_vnd": 300_000, "orders": 3, "sellers": 3, "quantity": 3}
    ReleaseTable.objects.filter(pk=table.pk).update(document=json.dumps(document))

    assert tasks.attack_releases() > 0
    assert "can be calculated from the releases" in caplog.text
    assert " 0 bounded" in capsys.readouterr().out

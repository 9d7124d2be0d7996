import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from marketplace.local import prepare
from marketplace.local.errors import DatabaseTooNew


@pytest.mark.django_db
def test_a_database_written_by_a_newer_version_is_refused_by_the_name_of_its_migration():
    MigrationRecorder(connection).record_applied("places", "9999_from_the_future")

    with pytest.raises(
        DatabaseTooNew, match=r"newer version of .* migration places\.9999_from_the_future, unk"
    ):
        prepare.migrate()


@pytest.mark.django_db
def test_a_database_of_this_version_has_nothing_to_migrate():
    applied = prepare.migrate()

    assert applied == 0


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device"), True),
        (psycopg.errors.DiskFull("could not extend file"), True),
        (OSError(13, "Permission denied"), False),
    ],
)
def test_a_full_disk_is_recognised_behind_other_errors(error, told):
    outer = RuntimeError("migration failed")
    outer.__cause__ = error

    found = prepare.disk_full(outer)

    assert (found is not None) == told

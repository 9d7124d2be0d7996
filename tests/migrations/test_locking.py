from types import SimpleNamespace

import pytest

from tests.migrations import locking


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ('CREATE INDEX "by_day" ON "sale" ("day");', "CREATE_INDEX"),
        ('ALTER TABLE "sale" ADD COLUMN "kind" varchar(9) NOT NULL;', "NOT_NULL"),
        ('ALTER TABLE "sale" DROP COLUMN "kind" CASCADE;', "DROP_COLUMN"),
        ('ALTER TABLE "sale" RENAME COLUMN "kind" TO "sort";', "RENAME_COLUMN"),
        ('DROP TABLE "sale" CASCADE;', "DROP_TABLE"),
        ('ALTER TABLE "sale" ALTER COLUMN "kind" TYPE text;', "ALTER_COLUMN"),
        ('ALTER TABLE "sale" ADD CONSTRAINT "one" UNIQUE ("kind");', "ADD_UNIQUE"),
        ('ALTER TABLE "sale" ADD CONSTRAINT "positive" CHECK ("amount_vnd" > 0);', "ADD_CONSTRAINT"),
        (
            'ALTER TABLE "sale" ADD CONSTRAINT "of_part" FOREIGN KEY ("part") REFERENCES "p" ("id");',
            "ADD_CONSTRAINT",
        ),
    ],
)
def test_what_stops_a_running_market_is_refused(statement, code):
    [problem] = locking.problems(["BEGIN;", statement, "COMMIT;"])

    assert problem.startswith(f"{code}: ")


@pytest.mark.parametrize(
    "statements",
    [
        ['CREATE INDEX CONCURRENTLY "by_day" ON "sale" ("day");'],
        ['ALTER TABLE "sale" ADD COLUMN "kind" varchar(9) DEFAULT \'x\' NOT NULL;'],
        ['ALTER TABLE "sale" ADD COLUMN "kind" varchar(9) NULL;'],
        ['ALTER TABLE "sale" ADD CONSTRAINT "positive" CHECK ("amount_vnd" > 0) NOT VALID;'],
        ['ALTER TABLE "sale" VALIDATE CONSTRAINT "positive";'],
        [
            'CREATE TABLE "new" ("id" bigint NOT NULL PRIMARY KEY);',
            'ALTER TABLE "new" ADD CONSTRAINT "positive" CHECK ("id" > 0);',
            'CREATE INDEX "by_id" ON "new" ("id");',
        ],
    ],
)
def test_what_lets_people_go_on_buying_is_taken(statements):
    assert locking.problems(statements) == []


@pytest.mark.django_db
def test_a_migration_that_says_why_is_taken(monkeypatch):
    key = ("payments", "0004_captures")  # renames and makes columns obligatory
    graph = SimpleNamespace(nodes={key: SimpleNamespace(may_lock="Nobody had paid yet.")})
    assert locking.judge(key) != []

    monkeypatch.setattr(locking, "_loader", lambda: SimpleNamespace(graph=graph))
    assert locking.judge(key) == []


def test_what_installations_have_is_there_and_only_ours():
    deployed = locking.deployed()

    assert deployed["payments"] >= "0008"
    assert not deployed.keys() & {"auth", "order", "axes", "pghistory"}
